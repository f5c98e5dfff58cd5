/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which interface a WAN spec means right now, whether it can carry traffic, and its way
 * out. An uplink is ready when it is switched on, has a link and an IPv4 address, and a
 * way out: a default route of its own in any table but the shares', or a gateway that
 * NetworkManager knows, or a peer (point-to-point). */
#pragma once

#include "snapshot.h"

typedef struct
{
  const CsInterface *interface; /* (nullable) unowned: none right now */
  const char *reason;           /* static: "none", "uplink-missing", "uplink-down",
                                   "no-primary"; see StateReason in the D-Bus XML */
  char *message;                /* (owned) (nullable) the same in a sentence */
} CsUplink;

void cs_uplink_clear (CsUplink *uplink);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsUplink, cs_uplink_clear)

/* "auto" is NetworkManager's primary connection or, while it knows none or does not run,
 * the interface of main's default route. A device that has no way out itself but carries
 * a connection (PPPoE) means that. @lan is never its own uplink. */
CsUplink cs_uplink_resolve (const char *wan, const char *lan, const CsSnapshot *snapshot);

/* What the share's own table holds while @interface is the uplink: a copy of its routes
 * in main (so that its neighbours stay on link), and one default route: its own of
 * lowest metric, else by NetworkManager's gateway, else to the peer. Of CsRoute with
 * .table and .metric 0, in an order in which the kernel takes them. Empty when there is
 * no way out. */
GArray *cs_uplink_routes (const CsInterface *interface, const CsSnapshot *snapshot);

/* The name servers to ask through @interface: NetworkManager's for it, else those of
 * resolv.conf. (nullable) strv, owned. */
char **cs_uplink_dns (const CsInterface *interface, const CsSnapshot *snapshot);
