/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two walks over the list of networks: for one that nothing routes, and for one that only
 * wider routes lead to. */
#include "subnet.h"

#include "dbus/errors.h"

/* First addresses of the first and last network of each part of the list. */
static const struct
{
  guint32 first;
  guint32 last;
} candidates[] = {
  { 0xc0a88901, 0xc0a8fe01 }, /* 192.168.137.1 to 192.168.254.1 */
  { 0x0a890001, 0x0a89ff01 }, /* 10.137.0.1 to 10.137.255.1 */
  { 0xac1e0001, 0xac1eff01 }, /* 172.30.0.1 to 172.30.255.1 */
};

static char *
taken_conflict (CsCidr wanted, const GArray *taken)
{
  for (guint i = 0; i < taken->len; i++)
    {
      const CsTaken *other = &g_array_index (taken, CsTaken, i);

      if (cs_cidr_overlaps (wanted, other->network))
        return g_strdup_printf ("the share of %s", other->lan);
    }
  return NULL;
}

/* With a peer, both the address itself and the peer's network are in use. */
static gboolean
address_overlaps (CsCidr wanted, const CsInterfaceAddress *address)
{
  return cs_cidr_contains (wanted, address->local.address)
         || cs_cidr_overlaps (wanted, cs_interface_address_network (address));
}

static char *
address_conflict (CsCidr wanted, const CsInterface *interface, gboolean is_lan)
{
  for (guint i = 0; i < interface->addresses->len; i++)
    {
      const CsInterfaceAddress *address
          = &g_array_index (interface->addresses, CsInterfaceAddress, i);
      g_autofree char *text = NULL;

      if (!address_overlaps (wanted, address)
          || (is_lan && cs_cidr_equal (address->local, wanted)))
        continue;
      text = cs_cidr_to_string (address->local);
      return g_strdup_printf ("%s of %s", text, interface->name);
    }
  return NULL;
}

static char *
describe_route (const CsRoute *route, const CsSnapshot *snapshot)
{
  const CsInterface *interface = cs_snapshot_find_index (snapshot, route->ifindex);
  g_autofree char *text = cs_cidr_to_string (route->destination);

  if (!route->unicast)
    return g_strdup_printf ("a route that blocks %s", text);
  return g_strdup_printf ("a route to %s via %s", text,
                          interface ? interface->name : "another interface");
}

/* A wider route comes after that to the LAN; a narrow one would come before it, or
 * compete with it. */
static char *
route_conflict (CsCidr wanted,
                const CsRoute *route,
                const CsInterface *lan,
                gboolean count_lan,
                const CsSnapshot *snapshot)
{
  if (route->destination.prefix < wanted.prefix || cs_table_is_ours (route->table)
      || !cs_cidr_overlaps (wanted, route->destination))
    return NULL;
  if (lan && route->ifindex == lan->ifindex
      && (!count_lan || cs_cidr_equal (route->destination, cs_cidr_network (wanted))))
    return NULL;
  return describe_route (route, snapshot);
}

/* One that leads nowhere says nothing about who is there (all private networks, for
 * example), nor does one shorter than /8. */
static gboolean
covers (const CsRoute *route, CsCidr wanted, const CsInterface *lan)
{
  return route->unicast && route->destination.prefix >= 8
         && route->destination.prefix < wanted.prefix && !cs_table_is_ours (route->table)
         && !(lan && route->ifindex == lan->ifindex)
         && cs_cidr_overlaps (wanted, route->destination);
}

char *
cs_subnet_cover (CsCidr wanted, const char *lan, const CsSnapshot *snapshot)
{
  const CsInterface *lan_interface = cs_snapshot_find (snapshot, lan);
  const CsRoute *narrowest = NULL;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (covers (route, wanted, lan_interface)
          && (!narrowest || route->destination.prefix > narrowest->destination.prefix))
        narrowest = route;
    }
  return narrowest ? describe_route (narrowest, snapshot) : NULL;
}

static char *
server_in (CsCidr wanted, const GArray *servers)
{
  for (guint i = 0; i < servers->len; i++)
    {
      CsAddress server = g_array_index (servers, CsAddress, i);
      g_autofree char *text = NULL;

      if (!cs_cidr_contains (wanted, server))
        continue;
      text = cs_address_to_string (server);
      return g_strdup_printf ("the name server %s", text);
    }
  return NULL;
}

/* A name server of this computer's that a wider route leads to. */
static char *
server_conflict (CsCidr wanted, const char *lan, const CsSnapshot *snapshot)
{
  g_autofree char *server = server_in (wanted, snapshot->resolv_dns);
  g_autofree char *cover = NULL;

  for (guint i = 0; !server && i < snapshot->interfaces->len; i++)
    server
        = server_in (wanted, ((const CsInterface *)snapshot->interfaces->pdata[i])->dns);
  if (server)
    cover = cs_subnet_cover (wanted, lan, snapshot);
  return cover ? g_steal_pointer (&server) : NULL;
}

char *
cs_subnet_conflict (CsCidr wanted,
                    const char *lan,
                    gboolean count_lan,
                    const CsSnapshot *snapshot,
                    const GArray *taken)
{
  const CsInterface *lan_interface = cs_snapshot_find (snapshot, lan);
  char *conflict = taken_conflict (wanted, taken);

  for (guint i = 0; !conflict && i < snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = snapshot->interfaces->pdata[i];

      if (interface != lan_interface || count_lan)
        conflict = address_conflict (wanted, interface, interface == lan_interface);
    }
  for (guint i = 0; !conflict && i < snapshot->routes->len; i++)
    conflict = route_conflict (wanted, &g_array_index (snapshot->routes, CsRoute, i),
                               lan_interface, count_lan, snapshot);
  return conflict ? conflict : server_conflict (wanted, lan, snapshot);
}

/* The first of the list that nothing conflicts with nor, unless @covered, covers. */
static gboolean
find_free (const char *lan,
           gboolean count_lan,
           gboolean covered,
           const CsSnapshot *snapshot,
           const GArray *taken,
           CsCidr *gateway)
{
  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    for (guint32 a = candidates[i].first; a <= candidates[i].last; a += 0x100)
      {
        CsCidr wanted = { cs_address_from_number (a), 24 };
        g_autofree char *cover = covered ? NULL : cs_subnet_cover (wanted, lan, snapshot);
        g_autofree char *conflict
            = cover ? NULL : cs_subnet_conflict (wanted, lan, count_lan, snapshot, taken);

        if (cover || conflict)
          continue;
        *gateway = wanted;
        return TRUE;
      }
  return FALSE;
}

gboolean
cs_subnet_choose (const char *lan,
                  gboolean count_lan,
                  const CsSnapshot *snapshot,
                  const GArray *taken,
                  CsCidr *gateway,
                  GError **error)
{
  if (find_free (lan, count_lan, FALSE, snapshot, taken, gateway)
      || find_free (lan, count_lan, TRUE, snapshot, taken, gateway))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT,
               "no free network is left for %s: 192.168.137.0/24 and all others on the "
               "list are in use; choose one with \"address\"",
               lan);
  return FALSE;
}
