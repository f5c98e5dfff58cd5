/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LANs' own rules come before the one that leads here: what a client sends to
 * another LAN's network still goes to its share's table, and is refused. A blackhole
 * rather than an unreachable route, because an ICMP error would go to the sender of
 * the reply, by whatever route the host has. */
#include "lan-table.h"

#include "ipv6.h"

static void
add (GArray *routes, CsRoute route)
{
  route.table = CS_TABLE_LANS;
  g_array_append_val (routes, route);
}

/* With keep-lan, the kernel's own routes say what is behind the LAN. */
static void
add_kept_ways (GArray *routes, const CsSharePlan *plan, guint8 family)
{
  if (plan->lan_method != CS_LAN_METHOD_KEEP)
    return;
  for (guint i = 0; i < plan->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (plan->routes, CsRoute, i);

      if (route->ifindex == plan->lan_ifindex
          && route->destination.address.family == family)
        add (routes, *route);
    }
}

static void
add_ipv4 (GArray *routes, const CsSharePlan *plan)
{
  if (cs_share_plan_serves (plan))
    add (routes, (CsRoute){ .destination = cs_cidr_network (plan->address),
                            .ifindex = plan->lan_ifindex,
                            .unicast = TRUE });
  add_kept_ways (routes, plan, AF_INET);
  for (guint i = 0; i < plan->subnets->len; i++)
    add (routes, (CsRoute){ .destination = g_array_index (plan->subnets, CsCidr, i),
                            .metric = CS_UNREACHABLE_METRIC,
                            .end = CS_END_SILENCE });
  for (guint i = 0; i < plan->elsewhere->len; i++)
    add (routes, (CsRoute){ .destination = g_array_index (plan->elsewhere, CsCidr, i),
                            .metric = CS_UNREACHABLE_METRIC,
                            .end = CS_END_GO_ON });
}

/* A network that is on the uplink's link, too, would be hidden from this computer itself:
 * of such a one only single clients are in the table, each with a blackhole behind it. */
static void
add_ipv6 (GArray *routes, const CsSharePlan *plan)
{
  g_autoptr (GArray) networks = cs_share_plan_networks6 (plan);

  add_kept_ways (routes, plan, AF_INET6);
  for (guint i = 0; i < networks->len; i++)
    {
      CsCidr network = g_array_index (networks, CsCidr, i);

      if (cs_share_plan_extends (plan, network))
        continue;
      if (cs_share_plan_serves (plan))
        add (routes, (CsRoute){ .destination = network,
                                .metric = CS_IPV6_METRIC,
                                .ifindex = plan->lan_ifindex,
                                .unicast = TRUE });
      add (routes, (CsRoute){ .destination = network,
                              .metric = CS_UNREACHABLE_METRIC,
                              .end = CS_END_SILENCE });
    }
}

GArray *
cs_lan_table_routes (const CsSharePlan *plan, int family)
{
  GArray *routes = g_array_new (FALSE, TRUE, sizeof (CsRoute));

  if (!cs_share_plan_guards (plan))
    return routes;
  if (family == AF_INET6)
    add_ipv6 (routes, plan);
  else
    add_ipv4 (routes, plan);
  return routes;
}

GArray *
cs_lan_table_rules (const CsSharePlan *plan, int family, const GArray *routes)
{
  GArray *rules = g_array_new (FALSE, TRUE, sizeof (CsPolicyRule));
  const CsPolicyRule rule
      = { .ipv6 = family == AF_INET6, .priority = CS_LANS_RULE_PRIORITY };
  const CsPolicyRule published = { .priority = CS_SKIP_RULE_PRIORITY,
                                   .mark = CS_PUBLISHED_MARK,
                                   .skip_to = CS_LANS_RULE_PRIORITY };

  if (routes->len == 0)
    return rules;
  g_array_append_val (rules, rule);
  if (family == AF_INET && cs_share_plan_publishes (plan))
    g_array_append_val (rules, published);
  cs_policy_rules_displace (rules, cs_share_plan_displaced (plan, family));
  return rules;
}
