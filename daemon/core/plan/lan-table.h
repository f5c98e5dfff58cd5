/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One routing table for the networks of all LANs, consulted before every other
 * program's tables: what is addressed to a LAN's network leaves by that LAN or is
 * dropped. So replies reach clients even if a VPN claims all destinations, and do not
 * follow the default route when the LAN is gone. */
#pragma once

#include "rules.h"

/* What @plan has in the table of @family, of CsRoute, .table CS_TABLE_LANS (transfer
 * full): the routes to the LAN's networks, a blackhole for each network behind them, and
 * holes for what is elsewhere. Empty while the share does not guard its LAN. */
GArray *cs_lan_table_routes (const CsSharePlan *plan, int family);
/* The rules, of CsPolicyRule, that lead there if @plan, which is nullable then, has these
 * @routes in the table (transfer full), at their place. One leads packets to published
 * ports past the LANs' own rules, to go on as they would without a share. */
GArray *cs_lan_table_rules (const CsSharePlan *plan, int family, const GArray *routes);
