/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who uses a share's table: clients; sockets that are bound to the uplink, as the name
 * server's are; and, if no other table has a route, whatever has the uplink's address.
 * The last is for the kernel's reverse path filter, which drops a reply that comes in by
 * the uplink while there is no route back to its sender, and looks for that route as if
 * from the address that the reply went to (fib_validate_source () in fib_frontend.c):
 * without it, a line without a default route of its own would bring no DNS replies.
 *
 * The kernel checks every packet against one rule after another, so sockets have one rule
 * for each uplink, whichever share's table it leads to, and what comes in by the uplink
 * skips all rules for LANs. If only shares forward, what comes in by it and is not for a
 * LAN ends there, even while the packet filter is gone.
 *
 * They have to come before other programs' rules: otherwise another program's way out is
 * taken for clients, too. */
#include "rules.h"

#include "share-ipv6.h"

static void
add (GArray *rules, CsPolicyRule rule)
{
  g_array_append_val (rules, rule);
}

gboolean
cs_policy_rule_is (const CsPolicyRule *wanted, const CsRule *rule, guint32 table)
{
  return rule->ipv6 == wanted->ipv6 && rule->protocol == CS_ROUTE_PROTOCOL
         && rule->table == table && rule->priority == wanted->priority
         && rule->skip_to == wanted->skip_to && rule->mark == wanted->mark
         && rule->ends == wanted->ends
         && cs_cidr_equal (rule->source, cs_cidr_of_address (wanted->source))
         && g_str_equal (rule->iif, wanted->iif ? wanted->iif : "")
         && g_str_equal (rule->oif, wanted->oif ? wanted->oif : "");
}

gboolean
cs_rule_blocks_ipv6 (const CsRule *rule)
{
  return rule->ipv6 && rule->ends && rule->table == 0;
}

gboolean
cs_rule_is_ours (const CsRule *rule)
{
  return rule->protocol == CS_ROUTE_PROTOCOL
         && (cs_table_is_ours (rule->table) || cs_rule_blocks_ipv6 (rule));
}

/* "local", which the kernel has at priority 0, stays before all others. */
static gboolean
is_in_the_way (const CsRule *rule, gboolean ipv6)
{
  return rule->ipv6 == ipv6 && rule->priority != 0 && !cs_rule_is_ours (rule);
}

/* The priority of the first of others' rules after @last; 0: there is none. */
static guint32
find_next (const CsSnapshot *snapshot, gboolean ipv6, guint32 last)
{
  guint32 next = 0;

  for (guint i = 0; i < snapshot->rules->len; i++)
    {
      const CsRule *rule = &g_array_index (snapshot->rules, CsRule, i);

      if (is_in_the_way (rule, ipv6) && rule->priority > last
          && (next == 0 || rule->priority < next))
        next = rule->priority;
    }
  return next;
}

guint
cs_policy_rules_find_place (const CsSnapshot *snapshot, int family)
{
  const gboolean ipv6 = family == AF_INET6;
  const guint32 size = CS_SEAL_RULE_PRIORITY - CS_SKIP_RULE_PRIORITY + 1;
  guint32 last = 0, next = find_next (snapshot, ipv6, 0);

  while (next != 0 && next <= CS_SEAL_RULE_PRIORITY && next - last <= size)
    {
      last = next;
      next = find_next (snapshot, ipv6, last);
    }
  return next != 0 && next <= CS_SEAL_RULE_PRIORITY ? CS_SEAL_RULE_PRIORITY + 1 - next
                                                    : 0;
}

guint
cs_share_plan_displaced (const CsSharePlan *plan, int family)
{
  return family == AF_INET6 ? plan->ipv6.displaced : plan->displaced;
}

void
cs_policy_rules_displace (GArray *rules, guint by)
{
  for (guint i = 0; i < rules->len; i++)
    {
      CsPolicyRule *rule = &g_array_index (rules, CsPolicyRule, i);

      if (rule->priority == CS_LAST_RULE_PRIORITY)
        continue;
      rule->priority -= by;
      if (rule->skip_to != 0)
        rule->skip_to -= by;
    }
}

static void
add_ipv4 (GArray *rules, const CsSharePlan *plan)
{
  add (rules, (CsPolicyRule){ .priority = CS_RULE_PRIORITY, .iif = plan->lan });
  if (plan->uplink && !plan->uplink_rules_shared)
    {
      add (rules,
           (CsPolicyRule){ .priority = CS_UPLINK_RULE_PRIORITY, .oif = plan->uplink });
      add (rules, (CsPolicyRule){ .priority = CS_SKIP_RULE_PRIORITY,
                                  .iif = plan->uplink,
                                  .skip_to = CS_UPLINK_RULE_PRIORITY });
      if (plan->uplink_sealed)
        add (rules, (CsPolicyRule){ .priority = CS_SEAL_RULE_PRIORITY,
                                    .iif = plan->uplink,
                                    .ends = TRUE });
    }
  for (guint i = 0; i < plan->uplink_addresses->len; i++)
    {
      const CsCidr *address = &g_array_index (plan->uplink_addresses, CsCidr, i);

      if (address->address.family == AF_INET)
        add (rules, (CsPolicyRule){ .priority = CS_LAST_RULE_PRIORITY,
                                    .source = address->address });
    }
}

/* An older share with the same uplink may have no IPv6, so each has all of them. What
 * comes in by the uplink goes on at the rule of the LANs' table, which exists: there is
 * none for sockets, as name servers are asked by this computer's own way, and no reverse
 * path filter. */
static void
add_ipv6 (GArray *rules, const CsSharePlan *plan)
{
  if (!cs_share_plan_has_ipv6 (plan))
    return;
  add (rules,
       (CsPolicyRule){ .ipv6 = TRUE, .priority = CS_RULE_PRIORITY, .iif = plan->lan });
  if (!cs_share_plan_forwards_ipv6 (plan))
    return;
  add (rules, (CsPolicyRule){ .ipv6 = TRUE,
                              .priority = CS_SKIP_RULE_PRIORITY,
                              .iif = plan->uplink,
                              .skip_to = CS_LANS_RULE_PRIORITY });
  if (cs_share_plan_seals_ipv6 (plan))
    add (rules, (CsPolicyRule){ .ipv6 = TRUE,
                                .priority = CS_SEAL_RULE_PRIORITY,
                                .iif = plan->uplink,
                                .ends = TRUE });
}

GArray *
cs_share_plan_list_rules (const CsSharePlan *plan, int family)
{
  GArray *rules = g_array_new (FALSE, FALSE, sizeof (CsPolicyRule));

  if (!cs_share_plan_guards (plan))
    return rules;
  if (family == AF_INET6)
    add_ipv6 (rules, plan);
  else
    add_ipv4 (rules, plan);
  cs_policy_rules_displace (rules, cs_share_plan_displaced (plan, family));
  return rules;
}

GArray *
cs_share_plan_list_routes (const CsSharePlan *plan, int family)
{
  GArray *routes = g_array_new (FALSE, TRUE, sizeof (CsRoute));
  const CsRoute unreachable
      = { .destination = { .address = { .family = (guint8)family } },
          .metric = CS_UNREACHABLE_METRIC,
          .table = plan->table };

  if (family == AF_INET6 && !cs_share_plan_has_ipv6 (plan))
    return routes;
  for (guint i = 0; i < plan->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (plan->routes, CsRoute, i);

      if (route->destination.address.family == family)
        g_array_append_val (routes, *route);
    }
  g_array_append_val (routes, unreachable);
  return routes;
}
