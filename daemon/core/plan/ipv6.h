/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a share provides IPv6. */
#pragma once

#include "share-plan.h"

/* Whether the LAN has addresses of ours. */
gboolean cs_share_plan_has_ipv6 (const CsSharePlan *plan);
/* Whether what clients send may leave by the uplink. */
gboolean cs_share_plan_forwards_ipv6 (const CsSharePlan *plan);
/* The LAN's networks, from which its clients have their addresses, those of earlier
 * prefixes included: of CsCidr (transfer full), all of /64. */
GArray *cs_share_plan_networks6 (const CsSharePlan *plan);
