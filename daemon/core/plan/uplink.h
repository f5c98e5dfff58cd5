/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an interface can carry traffic, and its way out. An uplink is ready when it is
 * switched on, has a link and an IPv4 address, and a way out: a default route of its own
 * in any table but the shares', or a gateway that NetworkManager knows, or a peer
 * (point-to-point). One that only has IPv6 is better than none,
 * unless clients get no IPv6. */
#pragma once

#include "core/value/reason.h"
#include "core/value/request.h"
#include "core/value/damping.h"
#include "core/value/snapshot.h"

/* The question. Everything is unowned. */
typedef struct
{
  const CsSnapshot *snapshot;
  const GPtrArray *choices; /* of CsWanChoice */
  const char *lan;          /* never its own uplink */
  const GPtrArray
      *requests; /* (nullable) of CsRequest: a type does not mean their LANs */
  const GPtrArray
      *older_lans; /* (nullable) of char *: LANs that cannot be uplinks at all */
  gboolean ipv6;   /* one without IPv4 will do, if it has IPv6 and all others are worse */
  gboolean dial;   /* profiles that are down may be brought up */
  gboolean is_new; /* the user has just requested it: what was before no longer counts */
  const char *current; /* (nullable) the uplink in force */
  const char *better;  /* (nullable) the preferred one that is ready again ... */
  gint64 better_since; /* ... since then, as CsSnapshot.now */
  CsDamping damping;   /* how restless it is */
} CsUplinkQuestion;

/* Whether NetworkManager has taken over the line of a plain pppd: it manages a device
 * on which it has nothing active, and so may remove the address that pppd gave it, as
 * version 1.42 does when it sees the device before the address. */
gboolean cs_uplink_is_seized (const CsInterface *interface);

/* What the share's own table holds while @interface is the uplink: a copy of its routes
 * in main (so that its neighbours stay on link), and one default route: its own of
 * lowest metric, else by NetworkManager's gateway, else to the peer. Of CsRoute with
 * .table and .metric 0, in an order in which the kernel takes them. Empty when there is
 * no way out. */
GArray *cs_uplink_routes (const CsInterface *interface, const CsSnapshot *snapshot);

/* What keeps @interface from being an uplink, to follow its name; or NULL. */
const char *cs_uplink_flaw (const CsInterface *interface, const CsSnapshot *snapshot);

/* Whether IPv6 leads out through @interface, whatever it has of IPv4. One that is still
 * being connected may get that, too. */
gboolean cs_uplink_has_ipv6 (const CsInterface *interface, const CsSnapshot *snapshot);

/* Appends to @dns (of CsAddress) the name servers to use through @interface:
 * NetworkManager's for it, otherwise those of resolv.conf. */
void
cs_uplink_add_dns (const CsInterface *interface, const CsSnapshot *snapshot, GArray *dns);
