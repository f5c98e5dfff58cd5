/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's routes, kept from one snapshot to the next. */
#pragma once

#include "system/netlink/rtnetlink.h"

/* If there are more, a snapshot has only those that can matter to a share. */
#define CS_ROUTES_MAX 2000

typedef struct _CsKernelRoutes CsKernelRoutes;

/* Of IPv4, with all tables but local; or of IPv6, with main. */
CsKernelRoutes *cs_kernel_routes_new (int family);
void cs_kernel_routes_free (CsKernelRoutes *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsKernelRoutes, cs_kernel_routes_free)

/* What is kept may differ from what the kernel has: the next refresh reads all. */
void cs_kernel_routes_distrust (CsKernelRoutes *self);
/* Of IPv6, also keeps those tables of ours to which @rules (of CsRule) lead. */
void cs_kernel_routes_keep_ours (CsKernelRoutes *self, const GArray *rules);
/* Applies the kernel's announcement of a route. FALSE: it is not for a snapshot. */
gboolean cs_kernel_routes_hear (CsKernelRoutes *self, const struct nlmsghdr *message);
/* A link was switched off: the kernel has removed its routes silently; or on, which may
 * bring back a hop of a route that has several; or it is gone, and with it all hops of
 * such a route. */
void cs_kernel_routes_link_down (CsKernelRoutes *self, int ifindex);
void cs_kernel_routes_link_up (CsKernelRoutes *self);
void cs_kernel_routes_link_gone (CsKernelRoutes *self, int ifindex);
/* Whether a route leads there, or has it as its source. */
gboolean cs_kernel_routes_has_link (const CsKernelRoutes *self, int ifindex);
gboolean cs_kernel_routes_has_source (const CsKernelRoutes *self, CsAddress source);

/* Brings it up to date with the kernel, if necessary. If @netlink says that the reading
 * was interrupted, it stays distrusted. */
gboolean
cs_kernel_routes_refresh (CsKernelRoutes *self, CsNetlink *netlink, GError **error);
/* Whether reading them takes so long that something changes each time. */
gboolean cs_kernel_routes_are_many (const CsKernelRoutes *self);
/* Of CsRoute, one per next hop. The caller's reference; must not
 * be changed. */
GArray *cs_kernel_routes_get_routes (CsKernelRoutes *self);
