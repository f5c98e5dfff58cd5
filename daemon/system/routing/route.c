/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two tables (route-table.h). The share's own holds the uplink's routes and, behind them,
 * an unreachable default: when the uplink goes, the kernel drops its routes by itself,
 * and from that moment on everything ends at that default. The table of all LANs
 * (core/plan/lan-table.h) says where their networks are; a share adds and deletes its own
 * routes there, and the last one to go removes the rule. Both are there for IPv6 as well
 * if the share has any, under the same numbers; otherwise one rule drops it. */
#include "route.h"

#include "ipv6-block.h"
#include "route-table.h"

#include "core/plan/ipv6.h"
#include "core/plan/lan-table.h"
#include "core/value/routes.h"

/* The routes of @family that @from has and no share of @plan wants (transfer full). */
static GArray *
list_doomed (const CsPlan *plan, const CsSharePlan *from, int family)
{
  GArray *doomed = from != NULL ? cs_lan_table_routes (from, family)
                                : g_array_new (FALSE, FALSE, sizeof (CsRoute));

  for (guint i = 0; doomed->len > 0 && i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);
      g_autoptr (GArray) wanted
          = share != NULL ? cs_lan_table_routes (share, family) : NULL;

      for (guint k = doomed->len; wanted != NULL && k-- > 0;)
        if (cs_routes_contain (wanted, &g_array_index (doomed, CsRoute, k)))
          g_array_remove_index (doomed, k);
    }
  return doomed;
}

/* The networks of which @from has single clients in the table, and @to has not (transfer
 * full). */
static GArray *
list_doomed_networks (const CsSharePlan *from, const CsSharePlan *to)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  for (guint i = 0; from != NULL && i < from->ipv6.extended->len; i++)
    {
      CsCidr network = g_array_index (from->ipv6.extended, CsCidr, i);

      if (to == NULL || !cs_share_plan_extends (to, network))
        g_array_append_val (networks, network);
    }
  return networks;
}

/* Checks the table before the rule goes: another share may just be adding to it. */
static gboolean
bring_lans (CsNetlink *netlink,
            int family,
            const CsPlan *plan,
            const CsSharePlan *from,
            const CsSharePlan *to,
            GError **error)
{
  g_autoptr (GArray) routes = to != NULL ? cs_lan_table_routes (to, family)
                                         : g_array_new (FALSE, FALSE, sizeof (CsRoute));
  g_autoptr (GArray) rules = cs_lan_table_rules (to, family, routes);
  g_autoptr (GArray) doomed = list_doomed (plan, from, family);
  g_autoptr (GArray) doomed_networks = list_doomed_networks (from, to);
  const CsRouteTable table = { .number = CS_TABLE_LANS,
                               .family = family,
                               .routes = routes,
                               .rules = rules,
                               .doomed = doomed,
                               .doomed_networks = doomed_networks };
  gboolean empty;

  if (!cs_route_table_bring (netlink, &table, to != NULL ? to : from, error))
    return FALSE;
  if (routes->len > 0)
    return TRUE;
  return cs_route_table_is_empty (netlink, CS_TABLE_LANS, family, &empty, error)
         && (!empty || cs_route_table_clear (netlink, CS_TABLE_LANS, family, error));
}

static gboolean
bring_share (CsNetlink *netlink, int family, const CsSharePlan *to, GError **error)
{
  g_autoptr (GArray) routes = cs_share_plan_list_routes (to, family);
  g_autoptr (GArray) rules = cs_share_plan_list_rules (to, family);
  const CsRouteTable table = { .number = to->table,
                               .family = family,
                               .routes = routes,
                               .rules = rules,
                               .spared = to->ipv6.extended };

  return cs_route_table_bring (netlink, &table, to, error);
}

static gboolean
has_ipv6 (const CsSharePlan *share)
{
  return share != NULL && cs_share_plan_has_ipv6 (share);
}

/* The rule that drops IPv6 holds until the table does, and before it does not. */
static gboolean
bring_ipv6 (CsNetlink *netlink,
            const CsPlan *plan,
            const CsSharePlan *from,
            const CsSharePlan *to,
            GError **error)
{
  const char *lan = to != NULL ? to->lan : from->lan;
  gboolean refused = to != NULL && cs_share_plan_guards (to) && !has_ipv6 (to);

  if (refused && !cs_ipv6_block (netlink, lan, TRUE, error))
    return FALSE;
  if ((has_ipv6 (from) || has_ipv6 (to))
      && (!bring_lans (netlink, AF_INET6, plan, from, to, error)
          || (to != NULL && !bring_share (netlink, AF_INET6, to, error))))
    return FALSE;
  return refused || cs_ipv6_block (netlink, lan, FALSE, error);
}

static gboolean
clear_share (CsNetlink *netlink, const CsSharePlan *from, GError **error)
{
  return (!has_ipv6 (from)
          || cs_route_table_clear (netlink, from->table, AF_INET6, error))
         && cs_route_table_clear (netlink, from->table, AF_INET, error);
}

static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, error);
  const CsSharePlan *from = cs_share_plan_applied (call->from);
  const CsSharePlan *to = cs_share_plan_applied (call->to);

  if (netlink == NULL || !bring_lans (netlink, AF_INET, call->plan, from, to, error)
      || !bring_ipv6 (netlink, call->plan, from, to, error)
      || (to != NULL && !bring_share (netlink, AF_INET, to, error)))
    return FALSE;
  if (from != NULL && (to == NULL || to->table != from->table))
    return clear_share (netlink, from, error);
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
