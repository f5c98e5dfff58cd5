/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What follows from a share's plan about IPv6: which networks the LAN has, what of them
 * may leave, and how. */
#pragma once

#include "share-plan.h"

/* Whether the LAN has networks of IPv6 that the share is about. */
gboolean cs_share_plan_has_ipv6 (const CsSharePlan *plan);
/* Whether they are ours: the gateway has addresses there, and announces itself. */
gboolean cs_share_plan_serves_ipv6 (const CsSharePlan *plan);
/* Whether what clients send may leave by the uplink. */
gboolean cs_share_plan_forwards_ipv6 (const CsSharePlan *plan);
/* Whether only shares forward what comes in by the uplink. */
gboolean cs_share_plan_guards_uplink6 (const CsSharePlan *plan);
/* Whether accept_ra of one of .raised stays so during the share. */
gboolean cs_share_plan_keeps_raised (const CsSharePlan *plan, const char *interface);
/* The LAN's networks, from which its clients have their addresses, those of earlier
 * prefixes included: of CsCidr (transfer full), all of /64. */
GArray *cs_share_plan_networks6 (const CsSharePlan *plan);
/* Whether @network, one of these, is on an uplink's link, too. */
gboolean cs_share_plan_extends (const CsSharePlan *plan, CsCidr network);
/* Whether what comes in by the uplink is only for LANs, as the host forwards IPv6 for
 * shares alone. */
gboolean cs_share_plan_seals_ipv6 (const CsSharePlan *plan);
/* Those of them whose packets leave by the uplink as they are, because they belong to it,
 * and those that are masqueraded, in any mode: so flows outlive a change of the mode.
 * What is in neither does not leave (RFC 7084, 4.3, L-14). Both (transfer full) of
 * CsCidr. */
GArray *cs_share_plan_own_sources6 (const CsSharePlan *plan);
GArray *cs_share_plan_masqueraded6 (const CsSharePlan *plan);
/* The link-local address by which the gateway is the LAN's router, with its prefix
 * length: made of the unique local network, so that it is the same each time, whatever
 * else the LAN has, and another one on each LAN. Unset without addresses. */
CsCidr cs_share_plan_router6 (const CsSharePlan *plan);
