/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Routes as values, and copies of main's routes for the table of a share. */
#pragma once

#include "snapshot.h"

/* Whether @route goes through a gateway, of either family. */
gboolean cs_route_has_gateway (const CsRoute *route);
/* " via 192.0.2.1", " via inet6 fe80::1", "" for none, as ip(8) has it; owned. */
char *cs_route_describe_gateway (const CsRoute *route);
/* "default via 192.0.2.1 dev ppp0 table 13700", likewise; @device is (nullable)
 * for a route that leads nowhere. Owned. */
char *cs_route_to_string (const CsRoute *route, const char *device, guint32 table);
/* Whether both lead the same way; the reason for .onlink does not matter. */
gboolean cs_route_equal (const CsRoute *a, const CsRoute *b);
gboolean cs_routes_contain (const GArray *routes, const CsRoute *route);

/* Whether @route leads everything somewhere. */
gboolean cs_route_is_default (const CsRoute *route);
/* The lowest metric of main's default routes through @ifindex, or through any if it is
 * 0; G_MAXUINT32: there is none. */
guint32 cs_routes_default_metric (const CsSnapshot *snapshot, int ifindex);

/* Whether two of them, of one family, cover everything by halves, as a VPN like OpenVPN's
 * does instead of having a default route. */
gboolean cs_routes_have_halves (const GArray *routes);

/* Appends to @routes (of CsRoute) those of main among @known (likewise, of one family)
 * through @ifindex whose destination is @wanted: those on link first, because the kernel
 * looks up a gateway when its route is added; of two to one destination the one with the
 * lower metric; .table and .metric 0. */
void cs_routes_add_main (GArray *routes,
                         int ifindex,
                         gboolean (*wanted) (CsCidr),
                         const GArray *known);
