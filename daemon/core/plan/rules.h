/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The policy rules of a share. */
#pragma once

#include "share-plan.h"

/* A policy rule: one of .mark, .iif, .oif and .source selects; none of them: all
 * packets. */
typedef struct
{
  gboolean ipv6;
  guint32 priority;
  guint32 mark;     /* one bit, or 0: any */
  guint32 skip_to;  /* priority of the rule to go on with; 0: into the share's table */
  gboolean ends;    /* packets are dropped */
  const char *iif;  /* unowned (nullable) */
  const char *oif;  /* unowned (nullable) */
  CsAddress source; /* may be unset */
} CsPolicyRule;

/* Those of @family into @plan's table, of CsPolicyRule, whose names are those of @plan. A
 * LAN without IPv6 has one for it that leads into no table (ipv6-block.h). */
GArray *cs_share_plan_list_rules (const CsSharePlan *plan, int family);
/* What is to be in that table, of CsRoute (transfer full): the routes of @family, and
 * what is unreachable behind them; nothing of IPv6 for a LAN without it. */
GArray *cs_share_plan_list_routes (const CsSharePlan *plan, int family);
/* How far those of @plan are moved, see cs_policy_rules_find_place (). */
guint cs_share_plan_displaced (const CsSharePlan *plan, int family);
/* Whether the kernel's @rule is this one, of ours and into @table. */
gboolean
cs_policy_rule_is (const CsPolicyRule *wanted, const CsRule *rule, guint32 table);
/* Whether it is like the one that drops the IPv6 of a LAN (ipv6-block.h): others of ours
 * with that action name their table. */
gboolean cs_rule_blocks_ipv6 (const CsRule *rule);
/* Whether it is of any share, that one included. */
gboolean cs_rule_is_ours (const CsRule *rule);
/* How far our rules of @family have to be moved to stand before others', or in the
 * foremost gap between them that is wide enough. The kernel puts a rule that comes
 * without a priority, as wg-quick(8)'s do, before all others, including ours. */
guint cs_policy_rules_find_place (const CsSnapshot *snapshot, int family);
/* Moves @rules (of CsPolicyRule) that far, except for those that stand behind all
 * others. */
void cs_policy_rules_displace (GArray *rules, guint by);
