/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share plan changes, in the words of ip(8), sysctl(8), nft(8) and the programs of
 * other packet filters, for Preview. */
#include "opening.h"

#include <string.h>

static void
take (GPtrArray *lines, char *line)
{
  g_ptr_array_add (lines, line);
}

static char **
finish (GPtrArray *lines)
{
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_free (lines, FALSE);
}

static char *
describe_route (const CsSharePlan *plan, const CsRoute *route)
{
  const char *device = route->ifindex == plan->lan_ifindex ? plan->lan : plan->uplink;
  GString *line = g_string_new (NULL);
  g_autofree char *destination = cs_cidr_to_string (route->destination);
  g_autofree char *gateway = cs_ipv4_to_string (route->gateway);
  g_autofree char *source = cs_ipv4_to_string (route->source);

  g_string_append (line, route->destination.prefix ? destination : "default");
  if (route->gateway)
    g_string_append_printf (line, " via %s", gateway);
  g_string_append_printf (line, " dev %s", device);
  if (route->source)
    g_string_append_printf (line, " src %s", source);
  if (route->onlink)
    g_string_append (line, " onlink");
  g_string_append_printf (line, " table %u", plan->table);
  return g_string_free (line, FALSE);
}

static char *
describe_rule (const CsSharePlan *plan, const CsPolicyRule *rule)
{
  g_autofree char *source = cs_ipv4_to_string (rule->source);

  return g_strdup_printf ("%s %s %s %u priority %u",
                          rule->iif   ? "iif"
                          : rule->oif ? "oif"
                                      : "from",
                          rule->iif   ? rule->iif
                          : rule->oif ? rule->oif
                                      : source,
                          rule->skip_to ? "goto" : "lookup",
                          rule->skip_to ? rule->skip_to : plan->table, rule->priority);
}

char **
cs_share_plan_describe_routes (const CsSharePlan *plan)
{
  GPtrArray *lines = g_ptr_array_new ();
  g_autoptr (GArray) rules = cs_share_plan_list_rules (plan);

  for (guint i = 0; i < rules->len; i++)
    take (lines, describe_rule (plan, &g_array_index (rules, CsPolicyRule, i)));
  for (guint i = 0; i < plan->routes->len; i++)
    take (lines, describe_route (plan, &g_array_index (plan->routes, CsRoute, i)));
  take (lines, g_strdup_printf ("unreachable default metric %u table %u",
                                CS_UNREACHABLE_METRIC, plan->table));
  take (lines, g_strdup_printf ("-6 iif %s unreachable priority %d", plan->lan,
                                CS_RULE_PRIORITY));
  return finish (lines);
}

/* sysctl(8) has '/' for a dot in a name. */
static char *
describe_sysctl (const char *interface, const char *key, const char *value)
{
  g_autofree char *name = g_strdelimit (g_strdup (interface), ".", '/');

  return g_strdup_printf ("net.ipv4.conf.%s.%s = %s", name, key, value);
}

char **
cs_share_plan_describe_sysctls (const CsSharePlan *plan)
{
  GPtrArray *lines = g_ptr_array_new ();

  if (plan->lan_ifindex)
    take (lines, describe_sysctl (plan->lan, "forwarding", "1"));
  if (plan->uplink)
    take (lines, describe_sysctl (plan->uplink, "forwarding", "1"));
  if (plan->found_uplink_rp_filter)
    take (lines, describe_sysctl (plan->uplink, "rp_filter", "2"));
  return finish (lines);
}

char **
cs_share_plan_describe_openings (const CsSharePlan *plan)
{
  GPtrArray *lines = g_ptr_array_new ();
  g_auto (GStrv) legacy = cs_opening_legacy_rules (plan);

  for (char **place = plan->open; place && *place; place++)
    {
      g_autofree char *chain = cs_opening_chain (*place);
      g_auto (GStrv) rules = cs_opening_rules (plan, *place);

      for (char **rule = rules; *rule; rule++)
        take (lines, g_strdup_printf ("nft insert rule " CS_OPENING_TABLE " %s %s", chain,
                                      *rule));
    }
  for (char **rule = legacy; *rule; rule++)
    take (lines, g_strdup_printf ("iptables-legacy -I %s", *rule + strlen ("-A ")));
  if (plan->zone)
    take (lines, g_strdup_printf ("firewall-cmd --zone=%s --change-interface=%s",
                                  plan->zone, plan->lan));
  return finish (lines);
}
