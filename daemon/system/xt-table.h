/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The filter table of the older iptables, from the kernel itself: its program would have
 * to be started for each look, and brings tables into being by looking. */
#pragma once

#include "core/firewall.h"

/* Its chains, as of the table CS_LEGACY_TABLE. To be called only when the kernel has the
 * table, or it makes it. NULL: it cannot be read, or is very long. */
CsFirewall *cs_xt_table_read (void);
