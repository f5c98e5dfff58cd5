/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One check for each part of the host, in the order of the steps. Missing devices are
 * not drift: they lead to another plan anyway. */
#include "drift.h"

#include "drift-ipv6.h"

#include "core/plan/ipv6.h"
#include "core/plan/lan-table.h"
#include "core/plan/opening.h"
#include "core/value/routes.h"
#include "core/plan/rules.h"

/* While one connection replaces another nothing is lost yet. What the user does to the
 * LAN leads to another plan, which has no address. */
static char *
find_lan_drift (const CsSharePlan *plan, const CsInterface *lan)
{
  g_autofree char *address = NULL;

  if (!cs_share_plan_serves (plan)
      || (plan->lan_method == CS_LAN_METHOD_PROFILE && lan->changing))
    return NULL;
  if (!lan->up)
    return g_strdup_printf ("%s is switched off", lan->name);
  if (cs_interface_has_address (lan, plan->address))
    return cs_lan_ipv6_drift (plan, lan);
  address = cs_cidr_to_string (plan->address);
  return g_strdup_printf ("%s has lost the address %s", lan->name, address);
}

/* Whether all of @rules (of CsPolicyRule) into @table are there. */
static gboolean
has_rules (const GArray *rules, guint32 table, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < rules->len; i++)
    {
      const CsPolicyRule *wanted = &g_array_index (rules, CsPolicyRule, i);
      gboolean found = FALSE;

      for (guint k = 0; !found && k < snapshot->rules->len; k++)
        found = cs_policy_rule_is (wanted, &g_array_index (snapshot->rules, CsRule, k),
                                   table);
      if (!found)
        return FALSE;
    }
  return TRUE;
}

/* A kernel without IPv6 has no rules for it at all; otherwise there is at least
 * "local". */
static gboolean
knows_ipv6 (const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->rules->len; i++)
    if (g_array_index (snapshot->rules, CsRule, i).ipv6)
      return TRUE;
  return FALSE;
}

static gboolean
refuses_ipv6 (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->rules->len; i++)
    {
      const CsRule *rule = &g_array_index (snapshot->rules, CsRule, i);

      if (cs_rule_blocks_ipv6 (rule) && g_str_equal (rule->iif, plan->lan))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_route (guint table, const CsRoute *wanted, const CsSnapshot *snapshot)
{
  gboolean ipv6 = wanted->destination.address.family == AF_INET6;
  const GArray *routes = ipv6 ? snapshot->routes6 : snapshot->routes;

  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);

      if (route->table == table && cs_route_equal (route, wanted))
        return TRUE;
    }
  return FALSE;
}

static gboolean
has_address6_in (const CsInterface *lan, CsCidr network)
{
  for (guint i = 0; i < lan->addresses6->len; i++)
    if (cs_cidr_contains (
            network, g_array_index (lan->addresses6, CsIpv6Address, i).local.address))
      return TRUE;
  return FALSE;
}

/* The kernel has no routes to a LAN that is switched off or has lost its address;
 * find_lan_drift () decides whether that is drift. */
static gboolean
may_have_way (const CsSharePlan *plan, const CsInterface *lan, const CsRoute *way)
{
  if (!lan || !lan->up)
    return FALSE;
  if (way->destination.address.family == AF_INET6)
    return has_address6_in (lan, way->destination);
  return plan->address.prefix == 0 || cs_interface_has_address (lan, plan->address);
}

/* The routes to the LAN's networks (@ways), or what is behind them. */
static char *
find_lan_table_drift (const CsSharePlan *plan,
                      int family,
                      const CsSnapshot *snapshot,
                      gboolean ways)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, plan->lan_ifindex);
  g_autoptr (GArray) routes = cs_lan_table_routes (plan, family);
  g_autoptr (GArray) rules = cs_lan_table_rules (plan, family, routes);

  if (!ways && !has_rules (rules, CS_TABLE_LANS, snapshot))
    return g_strdup_printf ("the policy rule of table %u is gone", CS_TABLE_LANS);
  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);

      if (route->unicast != ways || (ways && !may_have_way (plan, lan, route))
          || has_route (CS_TABLE_LANS, route, snapshot))
        continue;
      return g_strdup_printf ("a route of table %u is gone", CS_TABLE_LANS);
    }
  return NULL;
}

/* What clients' packets of one family meet when nothing else matches. */
static char *
find_end_drift (const CsSharePlan *plan, int family, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) rules = cs_share_plan_list_rules (plan, family);
  g_autoptr (GArray) routes = cs_share_plan_list_routes (plan, family);

  if (!has_rules (rules, plan->table, snapshot))
    return g_strdup_printf ("a policy rule of table %u is gone", plan->table);
  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);

      if (!route->unicast && !has_route (plan->table, route, snapshot))
        return g_strdup_printf ("the unreachable route of table %u is gone", plan->table);
    }
  return find_lan_table_drift (plan, family, snapshot, FALSE);
}

/* Refused as a whole, or with an end as IPv4's. */
static char *
find_ipv6_guard_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  gboolean refuses = refuses_ipv6 (plan, snapshot);

  if (!knows_ipv6 (snapshot) || !cs_share_plan_guards (plan))
    return NULL;
  if (!cs_share_plan_has_ipv6 (plan))
    return refuses ? NULL
                   : g_strdup_printf ("the policy rule that refuses IPv6 from %s is gone",
                                      plan->lan);
  if (refuses)
    return g_strdup_printf ("a policy rule refuses IPv6 from %s", plan->lan);
  return find_end_drift (plan, AF_INET6, snapshot);
}

static char *
find_guard_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  char *drift = find_end_drift (plan, AF_INET, snapshot);

  return drift ? drift : find_ipv6_guard_drift (plan, snapshot);
}

static char *
find_route_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  char *drift;

  for (guint i = 0; i < plan->routes->len; i++)
    if (!has_route (plan->table, &g_array_index (plan->routes, CsRoute, i), snapshot))
      return g_strdup_printf ("a route of table %u is gone", plan->table);
  drift = find_lan_table_drift (plan, AF_INET, snapshot, TRUE);
  return drift ? drift : find_lan_table_drift (plan, AF_INET6, snapshot, TRUE);
}

static char *
find_table_drift (const CsSnapshot *snapshot)
{
  if (!snapshot->filter_changed)
    return NULL;
  return g_strdup_printf ("the program \"%s\" changed the packet filter",
                          snapshot->filter_changed);
}

char *
cs_share_plan_guard_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  char *drift = find_table_drift (snapshot);

  return drift ? drift : find_guard_drift (plan, snapshot);
}

char *
cs_share_plan_filter_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  g_autofree char *missing = NULL;

  if (snapshot->filter_changed)
    return find_table_drift (snapshot);
  if (cs_opening_zone_is_lost (plan, snapshot))
    return g_strdup_printf ("firewalld has taken %s out of the zone %s", plan->lan,
                            plan->zone);
  missing = cs_opening_missing (plan, snapshot->firewall, CS_OPENING_TABLE);
  if (!missing)
    missing = cs_opening_missing (plan, snapshot->firewall, CS_OPENING_TABLE6);
  if (!missing && snapshot->legacy_tool)
    missing = cs_opening_missing (plan, snapshot->legacy_filter, CS_LEGACY_TABLE);
  return missing ? g_strdup_printf ("an accept is gone (%s)", missing) : NULL;
}

static char *
find_sysctl_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, plan->lan_ifindex);
  const CsInterface *uplink = cs_snapshot_find_index (snapshot, plan->uplink_ifindex);

  if (lan && lan->forwarding == 0 && plan->lan_method != CS_LAN_METHOD_ABSENT)
    return g_strdup_printf ("forwarding on %s is off", lan->name);
  if (uplink && uplink->forwarding == 0 && cs_share_plan_forwards (plan))
    return g_strdup_printf ("forwarding on %s is off", uplink->name);
  if (uplink && uplink->rp_filter == 1 && plan->found_uplink_rp_filter)
    return g_strdup_printf ("rp_filter on %s is strict", uplink->name);
  if (!snapshot->valid_marks && plan->found_src_valid_mark)
    return g_strdup ("net.ipv4.conf.all.src_valid_mark is off");
  return cs_ipv6_sysctl_drift (plan, snapshot);
}

char *
cs_share_plan_sure_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  char *drift = cs_share_plan_filter_drift (plan, snapshot);

  return drift ? drift : find_sysctl_drift (plan, snapshot);
}

char *
cs_share_plan_drift (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, plan->lan_ifindex);
  char *drift = lan ? find_lan_drift (plan, lan) : NULL;

  if (!drift)
    drift = find_guard_drift (plan, snapshot);
  if (!drift)
    drift = find_route_drift (plan, snapshot);
  return drift ? drift : find_sysctl_drift (plan, snapshot);
}
