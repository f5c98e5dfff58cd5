/* SPDX-License-Identifier: GPL-2.0-or-later */
/* For each network that the table of all LANs leads to a LAN, asks the kernel which way a
 * packet to one of its addresses takes: one that this computer sends, and one that comes
 * in by each uplink; and which way a packet from there to the Internet takes, which only
 * a share's own table may decide. No answer, or a failure, does not count: a LAN that is
 * being set up or taken down has no way for a moment. */
#include "lan-ways.h"

#include "core/plan/plan.h"

/* Where answers come from, and clients' packets go, in the query: any Internet address
 * will do. */
static const CsAddress server = CS_IPV4 (192, 0, 2, 8); /* TEST-NET-1, RFC 5737 */

/* An address that a client may have: the last, or the one before, which are not the
 * gateway's unless somebody wants it so. */
static CsAddress
client_address (const CsSnapshot *snapshot, const CsRoute *route)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, route->ifindex);
  guint32 last = cs_address_to_number (cs_cidr_last (route->destination));
  CsAddress address = cs_address_from_number (last - 1);

  if (route->destination.prefix >= 31)
    return route->destination.address;
  for (guint i = 0; lan != NULL && i < lan->addresses->len; i++)
    if (cs_address_equal (
            g_array_index (lan->addresses, CsInterfaceAddress, i).local.address, address))
      return cs_address_from_number (last - 2);
  return address;
}

/* @uplink NULL: what this computer sends itself. */
static void
ask (CsNetlink *netlink,
     CsSnapshot *snapshot,
     const CsRoute *route,
     const CsInterface *uplink)
{
  CsAstray astray = { .lan_ifindex = route->ifindex };
  CsRouteAnswer answer;

  if (!cs_rtnetlink_route_get (netlink, client_address (snapshot, route),
                               uplink != NULL ? uplink->ifindex : 0,
                               uplink != NULL ? server : (CsAddress){ 0 }, &answer, NULL)
      || answer.failure != 0 || answer.ifindex == 0 || answer.type != RTN_UNICAST
      || answer.ifindex == route->ifindex)
    return;
  astray.ifindex = answer.ifindex;
  astray.table = answer.table;
  g_array_append_val (snapshot->astray, astray);
}

/* While the LAN's own rule is gone, that is the problem. */
static gboolean
has_own_rule (const CsSnapshot *snapshot, int lan_ifindex)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, lan_ifindex);

  for (guint i = 0; lan != NULL && i < snapshot->rules->len; i++)
    {
      const CsRule *rule = &g_array_index (snapshot->rules, CsRule, i);

      if (!rule->ipv6 && rule->protocol == CS_ROUTE_PROTOCOL
          && g_str_equal (rule->iif, lan->name))
        return TRUE;
    }
  return FALSE;
}

static void
ask_for_client (CsNetlink *netlink, CsSnapshot *snapshot, const CsRoute *route)
{
  CsAstray astray = { .from_clients = TRUE, .lan_ifindex = route->ifindex };
  CsRouteAnswer answer;

  if (!has_own_rule (snapshot, route->ifindex)
      || !cs_rtnetlink_route_get (netlink, server, route->ifindex,
                                  client_address (snapshot, route), &answer, NULL)
      || answer.failure != 0 || answer.type != RTN_UNICAST
      || cs_table_is_a_shares (answer.table))
    return;
  astray.ifindex = answer.ifindex;
  astray.table = answer.table;
  g_array_append_val (snapshot->astray, astray);
}

void
cs_lan_ways_fill (CsNetlink *netlink, const GPtrArray *uplinks, CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (route->table != CS_TABLE_LANS || !route->unicast)
        continue;
      ask (netlink, snapshot, route, NULL);
      ask_for_client (netlink, snapshot, route);
      for (guint k = 0; k < uplinks->len; k++)
        {
          const CsInterface *uplink = cs_snapshot_find (snapshot, uplinks->pdata[k]);

          if (uplink != NULL && uplink->ifindex != route->ifindex)
            ask (netlink, snapshot, route, uplink);
        }
    }
}
