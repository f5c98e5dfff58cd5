/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two tables (route-table.h). The share's own holds the uplink's routes and, behind them,
 * an unreachable default: when the uplink goes, the kernel drops its routes by itself,
 * and from that moment on everything ends at that default. The table of all LANs
 * (core/plan/lan-table.h) says where their networks are; a share adds and deletes its own
 * routes there, and the last one to go removes the rule. */
#include "route.h"

#include "ipv6-block.h"
#include "route-table.h"

#include "core/plan/lan-table.h"
#include "core/value/routes.h"

/* The routes that @from has and no share of @plan wants (transfer full). */
static GArray *
list_doomed (const CsPlan *plan, const CsSharePlan *from)
{
  GArray *doomed = from != NULL ? cs_lan_table_routes (from)
                                : g_array_new (FALSE, FALSE, sizeof (CsRoute));

  for (guint i = 0; doomed->len > 0 && i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);
      g_autoptr (GArray) wanted = share != NULL ? cs_lan_table_routes (share) : NULL;

      for (guint k = doomed->len; wanted != NULL && k-- > 0;)
        if (cs_routes_contain (wanted, &g_array_index (doomed, CsRoute, k)))
          g_array_remove_index (doomed, k);
    }
  return doomed;
}

/* Checks the table before the rule goes: another share may just be adding to it. */
static gboolean
bring_lans (CsNetlink *netlink,
            const CsPlan *plan,
            const CsSharePlan *from,
            const CsSharePlan *to,
            GError **error)
{
  g_autoptr (GArray) routes = to != NULL ? cs_lan_table_routes (to)
                                         : g_array_new (FALSE, FALSE, sizeof (CsRoute));
  g_autoptr (GArray) rules = cs_lan_table_rules (to, routes);
  g_autoptr (GArray) doomed = list_doomed (plan, from);
  const CsRouteTable table
      = { .number = CS_TABLE_LANS, .routes = routes, .rules = rules, .doomed = doomed };
  gboolean empty;

  cs_policy_rules_displace (rules, to != NULL ? to->displaced : 0);
  if (!cs_route_table_bring (netlink, &table, to != NULL ? to : from, error))
    return FALSE;
  if (routes->len > 0)
    return TRUE;
  return cs_route_table_is_empty (netlink, CS_TABLE_LANS, &empty, error)
         && (!empty || cs_route_table_clear (netlink, CS_TABLE_LANS, error));
}

static gboolean
bring_share (CsNetlink *netlink, const CsSharePlan *to, GError **error)
{
  const CsRoute unreachable
      = { .destination = CS_ALL_IPV4, .metric = CS_UNREACHABLE_METRIC };
  g_autoptr (GArray) routes = g_array_copy (to->routes);
  g_autoptr (GArray) rules = cs_share_plan_list_rules (to);
  const CsRouteTable table = { .number = to->table, .routes = routes, .rules = rules };

  g_array_append_val (routes, unreachable);
  return cs_route_table_bring (netlink, &table, to, error);
}

static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, error);
  const CsSharePlan *from = cs_share_plan_applied (call->from);
  const CsSharePlan *to = cs_share_plan_applied (call->to);

  if (netlink == NULL || !bring_lans (netlink, call->plan, from, to, error))
    return FALSE;
  if (to != NULL
      && !(cs_ipv6_block (netlink, to->lan, cs_share_plan_guards (to), error)
           && bring_share (netlink, to, error)))
    return FALSE;
  if (to == NULL && !cs_ipv6_block (netlink, from->lan, FALSE, error))
    return FALSE;
  if (from != NULL && (to == NULL || to->table != from->table))
    return cs_route_table_clear (netlink, from->table, error);
  return TRUE;
}

static const CsStepType type = {
  .name = "routes",
  .flags = CS_STEP_GUARDS,
  .apply = apply,
};

CsStep *
cs_route_step_new (void)
{
  return cs_step_new (&type, NULL);
}
