/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where the Internet is, according to the kernel. */
#pragma once

#include "system/netlink/rtnetlink.h"

/* Asks the kernel for .ways_out and .way_out6; .interfaces and .routes6 are filled in
 * already. */
gboolean cs_ways_out_fill (CsNetlink *netlink, CsSnapshot *snapshot, GError **error);
