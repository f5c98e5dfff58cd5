/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Neighbour solicitations (RFC 4861, 4.3), in which a computer shows which address it
 * has, or is about to have (RFC 4862, 5.4.2). */
#pragma once

#include "address.h"

#include <glib.h>

/* @packet begins with the IPv6 header. FALSE: it is none, or nothing is to be learnt from
 * it, or it does not come from its own link. */
gboolean cs_solicitation_parse (const guint8 *packet, gsize size, CsAddress *address);
