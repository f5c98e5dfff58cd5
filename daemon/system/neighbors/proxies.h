/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel has for single clients in a network that the uplink's link has, too: an
 * entry by which it answers for them there ("ip neigh add proxy"), and the routes to
 * them. All carry our number, by which they are found again. */
#pragma once

#include "core/plan/share-plan.h"
#include "system/netlink/netlink.h"

/* The kernel answers for @address on @ifindex from now on, or no more. 0 or an errno; 0
 * also if it is so already. */
int cs_proxy_add (CsNetlink *netlink, int ifindex, CsAddress address);
int cs_proxy_delete (CsNetlink *netlink, int ifindex, CsAddress address);
/* Of CsAddress (transfer full): those that it answers for there, because of us, in one of
 * @networks. */
GArray *cs_proxies_list (CsNetlink *netlink, int ifindex, const GArray *networks);

/* The routes to a client of @share: in the table of all LANs, with a blackhole behind,
 * and in the share's own, by which clients reach each other. */
int
cs_client_routes_add (CsNetlink *netlink, const CsSharePlan *share, CsAddress address);
int
cs_client_routes_delete (CsNetlink *netlink, const CsSharePlan *share, CsAddress address);
/* Of CsAddress (transfer full): those in .extended of @share that have routes. */
GArray *cs_client_routes_list (CsNetlink *netlink, const CsSharePlan *share);

/* Has the kernel ask for @address on @ifindex, also if it knows who has it. */
void cs_neighbor_seek (CsNetlink *netlink, int ifindex, CsAddress address);
