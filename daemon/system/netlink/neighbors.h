/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's list of who has which address on a link (neighbours, ARP). */
#pragma once

#include "netlink.h"

#include "core/value/mac.h"

typedef struct
{
  CsAddress address;
  CsMac mac;
  guint heard_ago;    /* seconds since it last proved to be there */
  gboolean reachable; /* it has just done so, or is being asked */
} CsNeighbor;

/* FALSE for anything else, and for one without a MAC address, or that does not answer. */
gboolean
cs_neighbor_parse (const struct nlmsghdr *message, int ifindex, CsNeighbor *neighbor);
/* Calls @func for each RTM_NEWNEIGH of @ifindex, of @family. Returns 0 or an errno. */
int cs_neighbors_dump (CsNetlink *netlink,
                       int family,
                       int ifindex,
                       CsNetlinkFunc func,
                       gpointer user_data);
/* Has the kernel ask whether it is still there, which takes three seconds at most. */
void cs_neighbor_probe (CsNetlink *netlink, int ifindex, const CsNeighbor *neighbor);
