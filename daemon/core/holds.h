/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether the host still is as a plan in force left it, as far as a snapshot shows. */
#pragma once

#include "plan.h"

/* NULL if it is, else what is not, in a few words and the first only: "lan0 has lost the
 * address 192.168.137.1/24". Owned. What the snapshot does not hold (the name
 * server) watches over itself, and packet filters are not looked at here. */
char *cs_share_plan_damage (const CsSharePlan *plan, const CsSnapshot *snapshot);
/* The same of the packet filters alone. */
char *cs_share_plan_filter_damage (const CsSharePlan *plan, const CsSnapshot *snapshot);
/* The same of what nobody but a program changes, packet filters, policy rules and
 * sysctls: such damage is not the beginning of anything that a user does. */
char *cs_share_plan_sure_damage (const CsSharePlan *plan, const CsSnapshot *snapshot);
