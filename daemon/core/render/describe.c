/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share's plan changes, in the words of ip(8), sysctl(8), nft(8) and the
 * programs of other packet filters, for Preview. */
#include "describe.h"

#include "core/plan/ipv6.h"
#include "core/plan/lan-table.h"
#include "core/plan/opening.h"
#include "core/value/routes.h"
#include "core/plan/rules.h"

static void
take (GPtrArray *lines, char *line)
{
  g_ptr_array_add (lines, line);
}

static char **
end_lines (GPtrArray *lines)
{
  g_ptr_array_add (lines, NULL);
  return (char **)g_ptr_array_free (lines, FALSE);
}

/* The option of ip(8) that IPv6 needs where no address tells. */
static const char *
words_for (int family)
{
  return family == AF_INET6 ? "-6 " : "";
}

static char *
describe_route (const CsSharePlan *plan, const CsRoute *route)
{
  const char *device = route->ifindex == plan->lan_ifindex ? plan->lan : plan->uplink;
  g_autofree char *words = cs_route_to_string (route, device, route->table);

  return g_strconcat (words_for (route->destination.address.family), words, NULL);
}

static char *
describe_rule (guint table, const CsPolicyRule *rule)
{
  g_autofree char *source = cs_address_to_string (rule->source);
  g_autofree char *mark = g_strdup_printf ("0x%x/0x%x", rule->mark, rule->mark);

  const char *family = words_for (rule->ipv6 ? AF_INET6 : AF_INET);

  if (rule->ends)
    return g_strdup_printf ("%siif %s blackhole priority %u", family, rule->iif,
                            rule->priority);
  return g_strdup_printf ("%s%s %s %s %u priority %u", family,
                          rule->iif    ? "iif"
                          : rule->oif  ? "oif"
                          : rule->mark ? "fwmark"
                                       : "from",
                          rule->iif    ? rule->iif
                          : rule->oif  ? rule->oif
                          : rule->mark ? mark
                          : source[0]  ? source
                                       : "all",
                          rule->skip_to ? "goto" : "lookup",
                          rule->skip_to ? rule->skip_to : table, rule->priority);
}

static void
describe_table (GPtrArray *lines,
                const CsSharePlan *plan,
                guint table,
                const GArray *rules,
                const GArray *routes)
{
  for (guint i = 0; i < rules->len; i++)
    take (lines, describe_rule (table, &g_array_index (rules, CsPolicyRule, i)));
  for (guint i = 0; i < routes->len; i++)
    take (lines, describe_route (plan, &g_array_index (routes, CsRoute, i)));
}

static void
describe_family (GPtrArray *lines, const CsSharePlan *plan, int family)
{
  g_autoptr (GArray) rules = cs_share_plan_list_rules (plan, family);
  g_autoptr (GArray) routes = cs_share_plan_list_routes (plan, family);
  g_autoptr (GArray) lan_routes = cs_lan_table_routes (plan, family);
  g_autoptr (GArray) lan_rules = cs_lan_table_rules (plan, family, lan_routes);

  describe_table (lines, plan, plan->table, rules, routes);
  describe_table (lines, plan, CS_TABLE_LANS, lan_rules, lan_routes);
}

char **
cs_share_plan_describe_routes (const CsSharePlan *plan)
{
  GPtrArray *lines = g_ptr_array_new ();

  describe_family (lines, plan, AF_INET);
  if (cs_share_plan_has_ipv6 (plan))
    describe_family (lines, plan, AF_INET6);
  else
    take (lines, g_strdup_printf ("-6 iif %s blackhole priority %d", plan->lan,
                                  CS_RULE_PRIORITY));
  return end_lines (lines);
}

/* sysctl(8) writes a dot in a name as '/'. */
static char *
describe_sysctl (const char *family, const char *interface, const char *key, int value)
{
  g_autofree char *name = g_strdelimit (g_strdup (interface), ".", '/');

  return g_strdup_printf ("net.%s.conf.%s.%s = %d", family, name, key, value);
}

/* In the order in which they are made. */
static void
describe_sysctls6 (GPtrArray *lines, const CsSharePlan *plan)
{
  const CsIpv6Plan *ipv6 = &plan->ipv6;
  const struct
  {
    const char *found; /* (nullable) */
    const char *interface;
    const char *key;
    int value;
  } settings[] = {
    { ipv6->found_lan_disabled, plan->lan, "disable_ipv6", 0 },
    { ipv6->found_lan_accept_ra, plan->lan, "accept_ra", 0 },
    { ipv6->found_lan_forced, plan->lan, "force_forwarding", 1 },
    { ipv6->found_lan_forwarding, plan->lan, "forwarding", 1 },
    { ipv6->found_uplink_forced, plan->uplink, "force_forwarding", 1 },
    { ipv6->found_uplink_forwarding, plan->uplink, "forwarding", 1 },
    { ipv6->found_uplink_proxy_ndp, plan->uplink, "proxy_ndp", 1 },
    { ipv6->found_all_forwarding, "all", "forwarding", 1 },
  };

  for (char **name = ipv6->raised; name && *name; name++)
    if (cs_share_plan_keeps_raised (plan, *name))
      take (lines, describe_sysctl ("ipv6", *name, "accept_ra", 2));
  for (gsize i = 0; i < G_N_ELEMENTS (settings); i++)
    if (settings[i].found)
      take (lines, describe_sysctl ("ipv6", settings[i].interface, settings[i].key,
                                    settings[i].value));
}

char **
cs_share_plan_describe_sysctls (const CsSharePlan *plan)
{
  GPtrArray *lines = g_ptr_array_new ();

  if (plan->lan_ifindex)
    take (lines, describe_sysctl ("ipv4", plan->lan, "forwarding", 1));
  if (cs_share_plan_forwards (plan))
    take (lines, describe_sysctl ("ipv4", plan->uplink, "forwarding", 1));
  if (plan->found_uplink_rp_filter)
    take (lines, describe_sysctl ("ipv4", plan->uplink, "rp_filter", 2));
  if (plan->found_src_valid_mark)
    take (lines, describe_sysctl ("ipv4", "all", "src_valid_mark", 1));
  describe_sysctls6 (lines, plan);
  return end_lines (lines);
}

static void
describe_accepts (GPtrArray *lines, const CsSharePlan *plan, const char *table)
{
  g_autoptr (GArray) accepts = cs_opening_list (plan, table);

  for (guint i = 0; i < accepts->len; i++)
    {
      const CsAccept *accept = &g_array_index (accepts, CsAccept, i);
      g_autofree char *conditions = cs_accept_to_nft (accept);

      take (lines, g_strdup_printf ("nft insert rule %s %s %s accept", table,
                                    accept->chain, conditions));
    }
}

char **
cs_share_plan_describe_openings (const CsSharePlan *plan)
{
  GPtrArray *lines = g_ptr_array_new ();
  g_autoptr (GArray) legacy = cs_opening_list (plan, CS_LEGACY_TABLE);

  describe_accepts (lines, plan, CS_OPENING_TABLE);
  describe_accepts (lines, plan, CS_OPENING_TABLE6);
  for (guint i = 0; i < legacy->len; i++)
    {
      g_autofree char *rule = cs_opening_to_legacy (&g_array_index (legacy, CsAccept, i));

      take (lines, g_strconcat ("iptables-legacy -I ", rule, NULL));
    }
  if (plan->zone)
    take (lines, g_strdup_printf ("firewall-cmd --zone=%s --change-interface=%s",
                                  plan->zone, plan->lan));
  return end_lines (lines);
}
