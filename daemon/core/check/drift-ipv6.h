/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where IPv6's settings and the LAN's addresses differ from the plan; see drift.h. */
#pragma once

#include "core/plan/share-plan.h"

/* Owned: what is not as planned; NULL: nothing. */
char *cs_lan_ipv6_drift (const CsSharePlan *plan, const CsInterface *lan);
char *cs_ipv6_sysctl_drift (const CsSharePlan *plan, const CsSnapshot *snapshot);
