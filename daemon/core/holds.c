/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One check a part of the host, in the order of the steps. Devices that are gone are no
 * damage: then the plan is another anyway. */
#include "holds.h"

#include "opening.h"

/* An address that goes with our profile is no damage: whether the user has ended that, or
 * it is to be activated again, is for the plan and the step to find out. */
static char *
find_lan_damage (const CsSharePlan *plan, const CsInterface *lan)
{
  g_autofree char *address = NULL;

  if (plan->lan_method != CS_LAN_PROFILE && plan->lan_method != CS_LAN_ADDRESS)
    return NULL;
  if (cs_interface_has_address (lan, plan->address)
      || (plan->lan_method == CS_LAN_PROFILE && !lan->connection_ours))
    return NULL;
  address = cs_cidr_to_string (plan->address);
  return g_strdup_printf ("%s has lost the address %s", lan->name, address);
}

static guint
count_rules (guint table, const CsSnapshot *snapshot)
{
  guint count = 0;

  for (guint i = 0; i < snapshot->rule_tables->len; i++)
    count += g_array_index (snapshot->rule_tables, guint32, i) == table;
  return count;
}

static gboolean
has_route (const CsSharePlan *plan, const CsRoute *wanted, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (route->table == plan->table && route->unicast == wanted->unicast
          && cs_cidr_equal (route->destination, wanted->destination)
          && route->gateway == wanted->gateway && route->ifindex == wanted->ifindex)
        return TRUE;
    }
  return FALSE;
}

/* What clients' packets meet when there is nothing else for them. */
static char *
find_guard_damage (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  const CsRoute unreachable = { 0 };
  g_autoptr (GArray) rules = cs_share_plan_list_rules (plan);

  if (count_rules (plan->table, snapshot) < rules->len)
    return g_strdup_printf ("a policy rule of table %u is gone", plan->table);
  if (!has_route (plan, &unreachable, snapshot))
    return g_strdup_printf ("the unreachable route of table %u is gone", plan->table);
  return NULL;
}

static char *
find_route_damage (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < plan->routes->len; i++)
    if (!has_route (plan, &g_array_index (plan->routes, CsRoute, i), snapshot))
      return g_strdup_printf ("a route of table %u is gone", plan->table);
  return NULL;
}

char *
cs_share_plan_filter_damage (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  g_autofree char *missing = NULL;

  if (snapshot->filter_changed)
    return g_strdup_printf ("the packet filter was changed by \"%s\"",
                            snapshot->filter_changed);
  if (cs_opening_zone_is_lost (plan, snapshot))
    return g_strdup_printf ("firewalld has taken %s out of the zone %s", plan->lan,
                            plan->zone);
  missing = cs_opening_missing (plan, snapshot->firewall, CS_OPENING_TABLE);
  if (!missing && snapshot->legacy_tool)
    missing = cs_opening_missing (plan, snapshot->legacy_filter, CS_LEGACY_TABLE);
  return missing ? g_strdup_printf ("an accept is gone (%s)", missing) : NULL;
}

static char *
find_sysctl_damage (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, plan->lan_ifindex);
  const CsInterface *uplink = cs_snapshot_find_index (snapshot, plan->uplink_ifindex);

  if (lan && lan->forwarding == 0 && plan->lan_method != CS_LAN_ABSENT)
    return g_strdup_printf ("forwarding on %s is off", lan->name);
  if (uplink && uplink->forwarding == 0)
    return g_strdup_printf ("forwarding on %s is off", uplink->name);
  if (uplink && uplink->rp_filter == 1 && plan->found_uplink_rp_filter)
    return g_strdup_printf ("rp_filter on %s is strict", uplink->name);
  return NULL;
}

char *
cs_share_plan_sure_damage (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  char *damage = cs_share_plan_filter_damage (plan, snapshot);

  if (!damage)
    damage = find_guard_damage (plan, snapshot);
  return damage ? damage : find_sysctl_damage (plan, snapshot);
}

char *
cs_share_plan_damage (const CsSharePlan *plan, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, plan->lan_ifindex);
  char *damage = lan ? find_lan_damage (plan, lan) : NULL;

  if (!damage)
    damage = find_guard_damage (plan, snapshot);
  if (!damage)
    damage = find_route_damage (plan, snapshot);
  return damage ? damage : find_sysctl_damage (plan, snapshot);
}
