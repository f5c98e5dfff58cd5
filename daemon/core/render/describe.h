/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share changes on the host, in the words of the programs that could do it by
 * hand.
 */
#pragma once

#include "core/plan/share-plan.h"

/* "default via 192.0.2.1 dev ppp0 table 13700" and so on, rules first: strv, owned. */
char **cs_share_plan_describe_routes (const CsSharePlan *plan);
/* "net.ipv4.conf.lan0.forwarding = 1" and so on: strv, owned. */
char **cs_share_plan_describe_sysctls (const CsSharePlan *plan);
/* What is changed in other programs' packet filters, one line each: strv, owned, empty
 * if none needs it. */
char **cs_share_plan_describe_openings (const CsSharePlan *plan);
