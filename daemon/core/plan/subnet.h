/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which network a LAN gets. In this order: 192.168.137.0/24, the one that Windows ICS
 * uses; 192.168.138.0/24 to 192.168.254.0/24; 10.137.0.0/24 to 10.137.255.0/24;
 * 172.30.0.0/24 to 172.30.255.0/24: the first that overlaps no address and no route of
 * the host and no other share. If there is none, as a VPN has routes to all private
 * networks, the first that only routes wider than itself lead to: what is for the LAN
 * still goes there, and only this computer misses what the VPN has under those addresses.
 * Routes shorter than /8 say nothing about who is there (a default route, or the halves
 * of the address space that full-tunnel VPNs set) and do not count; nor does a wider
 * route that leads nowhere (blackhole, unreachable). The gateway is the network's first
 * address. */
#pragma once

#include "core/value/snapshot.h"

/* A network that another share has. */
typedef struct
{
  CsCidr network;
  const char *lan; /* unowned */
} CsTaken;

/* What is in the way of @wanted, in words ("192.168.137.5/24 of eth0", "a route to
 * 192.168.137.128/25 via tun0", "the share of lan1"), or NULL. A wider route is not, but
 * a name server of the host behind it is. @lan's own routes and addresses count only if
 * @count_lan, and never those of @wanted itself; @taken are CsTaken. */
char *cs_subnet_conflict (CsCidr wanted,
                          const char *lan,
                          gboolean count_lan,
                          const CsSnapshot *snapshot,
                          const GArray *taken);

/* The narrowest of the wider routes that lead what is for @wanted's network elsewhere
 * than to @lan, in words ("a route to 10.0.0.0/8 via tun0"), or NULL. */
char *cs_subnet_cover (CsCidr wanted, const char *lan, const CsSnapshot *snapshot);

/* The first free network's gateway address, or CS_ERROR_ADDRESS_CONFLICT. */
gboolean cs_subnet_choose (const char *lan,
                           gboolean count_lan,
                           const CsSnapshot *snapshot,
                           const GArray *taken,
                           CsCidr *gateway,
                           GError **error);
