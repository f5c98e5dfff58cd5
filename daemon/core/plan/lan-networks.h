/* SPDX-License-Identifier: GPL-2.0-or-later */
/* With keep-lan: which networks are behind the LAN already. */
#pragma once

#include "share-plan.h"

/* Appends to @networks (of CsCidr) those of the addresses of @lan and of main's routes
 * through it, but no default route nor anything like it (shorter than /8), no link-local
 * and no multicast network. None lies in another. What is there because of @before
 * (nullable), the plan in force, does not count: it goes when the LAN is left alone. */
void cs_lan_networks (const CsInterface *lan,
                      const CsSharePlan *before,
                      const CsSnapshot *snapshot,
                      GArray *networks);

/* Appends to @elsewhere (of CsCidr) those parts of @networks that main routes through
 * another interface than @lan. */
void cs_lan_elsewhere (const CsInterface *lan,
                       const GArray *networks,
                       const CsSnapshot *snapshot,
                       GArray *elsewhere);

/* Appends to @routes (of CsRoute) main's routes to these networks, as
 * cs_routes_add_main (), for the share's own table: what is behind another router of
 * the LAN stays there, and is not sent to the uplink. */
void cs_lan_routes (const CsInterface *lan,
                    const CsSharePlan *before,
                    const CsSnapshot *snapshot,
                    GArray *routes);

/* Likewise of IPv6, for networks of 64 bits alone, each of which is @lan's as a whole:
 * one of which another interface has a part, or which is @taken (of CsCidr), is left out.
 * Where the LAN listens to routers, what any computer there can announce does not count.
 */
void cs_lan_networks6 (const CsInterface *lan,
                       const CsSharePlan *before,
                       const GArray *taken,
                       const CsSnapshot *snapshot,
                       GArray *networks);
/* Appends to @routes (of CsRoute) main's routes to @networks, which are those. */
void cs_lan_routes6 (const CsInterface *lan,
                     const GArray *networks,
                     const CsSnapshot *snapshot,
                     GArray *routes);

/* Appends to @routes those to the LAN's own @networks (of CsCidr), for the share's own
 * table: what a client sends to a port of the uplink's address may be led back there. */
void cs_lan_way_back (const CsInterface *lan, const GArray *networks, GArray *routes);
