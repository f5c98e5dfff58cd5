/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two networks are disjoint, or one lies in the other: so a list without the inner ones
 * has no overlap, which is what sets of nft need. */
#include "lan-networks.h"

#include "routes.h"

static gboolean
is_for_clients (CsCidr network)
{
  static const CsCidr link_local = { 0xa9fe0000, 16 };
  static const CsCidr multicast = { 0xe0000000, 3 }; /* and what is reserved */

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

/* The address that @lan has from @before, and loses with it. */
static CsCidr
own_address (const CsInterface *lan, const CsSharePlan *before)
{
  if (!before || before->lan_ifindex != lan->ifindex || before->found_address)
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

  cs_routes_add_main (routes, lan->ifindex, is_for_clients, snapshot);
  for (guint i = routes->len; own.prefix && i-- > 0;)
    if (g_array_index (routes, CsRoute, i).source == own.address)
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
      const CsAddress *address = &g_array_index (lan->addresses, CsAddress, i);

      if (!cs_cidr_equal (address->local, own))
        add_network (networks, cs_address_network (address));
    }
  cs_lan_routes (lan, before, snapshot, routes);
  for (guint i = 0; i < routes->len; i++)
    add_network (networks, g_array_index (routes, CsRoute, i).destination);
}
