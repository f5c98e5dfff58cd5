/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether what is addressed to the LANs really gets there: asks the kernel, because only
 * it knows what other programs' policy rules make of our table. */
#pragma once

#include "system/netlink/rtnetlink.h"

/* Fills .astray of @snapshot, whose interfaces and routes are filled in. @uplinks (of
 * char *): the interfaces by which answers to clients come in. */
void
cs_lan_ways_fill (CsNetlink *netlink, const GPtrArray *uplinks, CsSnapshot *snapshot);
