/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reads the packet filters of other programs. */
#pragma once

#include "core/firewall.h"

/* NULL if they cannot be read. @generation is that of what was read. Takes as long as it
 * takes to read the rules of the tables that filter what is forwarded or received: some
 * hundred microseconds for ufw's or Docker's. */
CsFirewall *cs_nft_firewall_read (guint32 *generation);
