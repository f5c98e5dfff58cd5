/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What computers on a link ask about addresses, by a packet socket. It gets all
 * multicasts: nobody joins the groups of addresses that are not his own. */
#pragma once

#include "core/value/solicitation.h"

/* -1 and errno: there is no such socket. */
int cs_solicitations_open (int ifindex);
/* What the next one tells of its sender; FALSE: there is none for now. */
gboolean cs_solicitations_read (int fd, CsAddress *address);
