/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the packet filters of other programs. */
#pragma once

#include "core/value/firewall.h"

/* NULL if they cannot be read. @generation is the generation read. Takes as long as
 * reading the rules of the tables that filter forwarded or received packets: a few
 * hundred microseconds for ufw's or Docker's. */
CsFirewall *cs_nft_firewall_read (guint32 *generation);
