/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two networks are disjoint, or one contains the other: so a list without inner ones
 * has no overlap, as sets of nft require. */
#include "lan-networks.h"

#include "core/value/routes.h"

static gboolean
is_for_clients (CsCidr network)
{
  static const CsCidr link_local = CS_CIDR4 (169, 254, 0, 0, 16);
  static const CsCidr multicast = CS_CIDR4 (224, 0, 0, 0, 3); /* and what is reserved */

  return network.prefix >= 8 && !cs_cidr_overlaps (network, link_local)
         && !cs_cidr_overlaps (network, multicast);
}

static void
add_network (GArray *networks, CsCidr network)
{
  if (!is_for_clients (network))
    return;
  for (guint i = networks->len; i-- > 0;)
    {
      CsCidr other = g_array_index (networks, CsCidr, i);

      if (!cs_cidr_overlaps (network, other))
        continue;
      if (other.prefix <= network.prefix)
        return;
      g_array_remove_index (networks, i);
    }
  g_array_append_val (networks, network);
}

/* The address that @lan has because of @before, and loses with it. */
static CsCidr
own_address (const CsInterface *lan, const CsSharePlan *before)
{
  if (!before || !cs_share_plan_serves (before) || before->lan_ifindex != lan->ifindex
      || before->found_address)
    return (CsCidr){ 0 };
  return before->address;
}

void
cs_lan_routes (const CsInterface *lan,
               const CsSharePlan *before,
               const CsSnapshot *snapshot,
               GArray *routes)
{
  CsCidr own = own_address (lan, before);

  cs_routes_add_main (routes, lan->ifindex, is_for_clients, snapshot->routes);
  for (guint i = routes->len; own.prefix && i-- > 0;)
    if (cs_address_equal (g_array_index (routes, CsRoute, i).source, own.address))
      g_array_remove_index (routes, i);
}

void
cs_lan_networks (const CsInterface *lan,
                 const CsSharePlan *before,
                 const CsSnapshot *snapshot,
                 GArray *networks)
{
  g_autoptr (GArray) routes = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  CsCidr own = own_address (lan, before);

  for (guint i = 0; i < lan->addresses->len; i++)
    {
      const CsInterfaceAddress *address
          = &g_array_index (lan->addresses, CsInterfaceAddress, i);

      if (!cs_cidr_equal (address->local, own))
        add_network (networks, cs_interface_address_network (address));
    }
  cs_lan_routes (lan, before, snapshot, routes);
  for (guint i = 0; i < routes->len; i++)
    add_network (networks, g_array_index (routes, CsRoute, i).destination);
}

static gboolean
is_within (CsCidr network, const GArray *networks)
{
  for (guint i = 0; i < networks->len; i++)
    {
      CsCidr other = g_array_index (networks, CsCidr, i);

      if (network.prefix > other.prefix && cs_cidr_overlaps (network, other))
        return TRUE;
    }
  return FALSE;
}

void
cs_lan_elsewhere (const CsInterface *lan,
                  const GArray *networks,
                  const CsSnapshot *snapshot,
                  GArray *elsewhere)
{
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (route->table == CS_TABLE_MAIN && route->ifindex != lan->ifindex
          && is_within (route->destination, networks))
        add_network (elsewhere, route->destination);
    }
}

void
cs_lan_way_back (const CsInterface *lan, const GArray *networks, GArray *routes)
{
  for (guint i = 0; i < networks->len; i++)
    {
      const CsRoute route = { .destination = g_array_index (networks, CsCidr, i),
                              .ifindex = lan->ifindex,
                              .unicast = TRUE };

      g_array_append_val (routes, route);
    }
}

/* --- IPv6 ------------------------------------------------------------------------- */

static gboolean
listens_to_routers (const CsInterface *lan)
{
  return lan->ipv6.accept_ra == 2
         || (lan->ipv6.accept_ra == 1 && lan->ipv6.forwarding <= 0);
}

/* Whether another interface has @network, or a part of it. */
static gboolean
is_elsewhere (const CsInterface *lan, CsCidr network, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->routes6->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes6, CsRoute, i);

      if (route->table == CS_TABLE_MAIN && route->unicast
          && route->ifindex != lan->ifindex && route->destination.prefix >= network.prefix
          && cs_cidr_overlaps (route->destination, network))
        return TRUE;
    }
  return FALSE;
}

/* Whether the LAN has it because of @before. */
static gboolean
is_from_us (const CsInterface *lan, CsCidr network, const CsSharePlan *before)
{
  return before && before->lan_ifindex == lan->ifindex
         && (cs_cidr_overlaps_any (network, before->ipv6.addresses)
             || cs_cidr_overlaps_any (network, before->ipv6.deprecated));
}

static gboolean
is_for_clients6 (CsCidr network)
{
  return network.prefix == 64
         && (cs_ipv6_is_global (network.address)
             || cs_ipv6_is_unique_local (network.address));
}

void
cs_lan_networks6 (const CsInterface *lan,
                  const CsSharePlan *before,
                  const GArray *taken,
                  const CsSnapshot *snapshot,
                  GArray *networks)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (CsCidr));
  g_autoptr (GArray) routes = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  gboolean listens = listens_to_routers (lan);

  for (guint i = 0; i < lan->addresses6->len; i++)
    {
      const CsIpv6Address *address = &g_array_index (lan->addresses6, CsIpv6Address, i);
      CsCidr network = cs_cidr_network (address->local);

      if (!address->unusable && (address->permanent || !listens))
        g_array_append_val (all, network);
    }
  if (!listens)
    cs_routes_add_main (routes, lan->ifindex, is_for_clients6, snapshot->routes6);
  for (guint i = 0; i < routes->len; i++)
    g_array_append_val (all, g_array_index (routes, CsRoute, i).destination);
  for (guint i = 0; i < all->len; i++)
    {
      CsCidr network = g_array_index (all, CsCidr, i);

      if (is_for_clients6 (network) && !cs_cidr_overlaps_any (network, networks)
          && !cs_cidr_overlaps_any (network, taken) && !is_from_us (lan, network, before)
          && !is_elsewhere (lan, network, snapshot))
        g_array_append_val (networks, network);
    }
}

void
cs_lan_routes6 (const CsInterface *lan,
                const GArray *networks,
                const CsSnapshot *snapshot,
                GArray *routes)
{
  guint first = routes->len;

  cs_routes_add_main (routes, lan->ifindex, is_for_clients6, snapshot->routes6);
  for (guint i = routes->len; i-- > first;)
    if (!cs_cidr_overlaps_any (g_array_index (routes, CsRoute, i).destination, networks))
      g_array_remove_index (routes, i);
}
