/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shared by the parts of the kernel view: kernel-reading.c reads, kernel-news.c listens.
 */
#pragma once

#include "kernel-view.h"

#include "system/netlink/rtnetlink.h"
#include "system/routing/kernel-routes.h"

typedef struct
{
  CsLink link;
  CsKind kind;
  GArray *addresses;  /* (owned) of CsInterfaceAddress, in the kernel's order; a snapshot
                         has them too, so they do not change but are replaced */
  gboolean readdress; /* they must be read again */
  GArray *addresses6; /* (owned) of CsIpv6Address, likewise */
  gboolean readdress6;
  CsIpv6Conf conf6; /* read for each snapshot: the kernel tells little of it */
} CsKnownLink;

struct _CsKernelView
{
  CsNetlink *events;       /* (owned) */
  GPtrArray *requests;     /* (owned) (nullable) of CsRequest, see cs_monitor_mind () */
  gboolean news;           /* since the last cs_kernel_view_hear () */
  GHashTable *known;       /* (owned) ifindex -> CsKnownLink (owned) */
  CsKernelRoutes *routes;  /* (owned) */
  CsKernelRoutes *routes6; /* (owned) */
  GArray *rules;           /* (owned) of CsRule; shared with snapshots, never changes */
  gboolean links_distrusted, rules_distrusted; /* must be read again */
  gboolean loses;         /* an address, and its routes may not be gone yet ... */
  gboolean loses_source6; /* ... of IPv6 */
  gboolean forces_ipv6;   /* as CsSnapshot.forces_ipv6 */
};

/* (nullable) */
CsKnownLink *cs_kernel_view_find (CsKernelView *self, int ifindex);
CsKnownLink *cs_kernel_view_remember (CsKernelView *self, const CsLink *link);
/* With more than what every link has of IPv6. */
gboolean cs_kernel_view_has_address (const CsKnownLink *known);
GArray *cs_kernel_view_new_addresses (void);
GArray *cs_kernel_view_new_addresses6 (void);

/* Applies one of the kernel's messages. Returns whether it matters for a snapshot. */
gboolean cs_kernel_view_is_news (CsKernelView *self, const struct nlmsghdr *message);

/* Reads again what must be. */
gboolean cs_kernel_view_read (CsKernelView *self, CsNetlink *netlink, GError **error);
