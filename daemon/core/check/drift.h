/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the host is still as a plan in force left it, as far as a snapshot shows. */
#pragma once

#include "core/plan/share-plan.h"

/* NULL if it is, otherwise the first difference in a few words: "lan0 has lost the
 * address 192.168.137.1/24". Owned. What the snapshot does not hold (the name server)
 * watches itself, and packet filters are not checked here. */
char *cs_share_plan_drift (const CsSharePlan *plan, const CsSnapshot *snapshot);
/* The same for the packet filters alone. */
char *cs_share_plan_filter_drift (const CsSharePlan *plan, const CsSnapshot *snapshot);
/* The same for what keeps packets from going astray: our own table, the policy rules
 * and the unreachable route. */
char *cs_share_plan_guard_drift (const CsSharePlan *plan, const CsSnapshot *snapshot);
/* The same for what only programs change, packet filters, policy rules and sysctls:
 * such drift is not the beginning of something that a user does. */
char *cs_share_plan_sure_drift (const CsSharePlan *plan, const CsSnapshot *snapshot);
