/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A walk over the list of networks, with one test for each. */
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
address_overlaps (CsCidr wanted, const CsAddress *address)
{
  return cs_cidr_contains (wanted, address->local.address)
         || cs_cidr_overlaps (wanted, cs_address_network (address));
}

static char *
address_conflict (CsCidr wanted, const CsInterface *interface, gboolean is_lan)
{
  for (guint i = 0; i < interface->addresses->len; i++)
    {
      const CsAddress *address = &g_array_index (interface->addresses, CsAddress, i);
      g_autofree char *text = NULL;

      if (!address_overlaps (wanted, address)
          || (is_lan && cs_cidr_equal (address->local, wanted)))
        continue;
      text = cs_cidr_to_string (address->local);
      return g_strdup_printf ("%s of %s", text, interface->name);
    }
  return NULL;
}

/* A wide route that leads nowhere (all private networks, say) stands behind a narrow one
 * to the LAN; a narrow one would be in front of it, or beside. */
static gboolean
route_counts (const CsRoute *route, CsCidr wanted)
{
  if (route->destination.prefix < 8 || cs_table_is_ours (route->table))
    return FALSE;
  return route->unicast || route->destination.prefix >= wanted.prefix;
}

static char *
route_conflict (CsCidr wanted,
                const CsRoute *route,
                const CsInterface *lan,
                gboolean count_lan,
                const CsSnapshot *snapshot)
{
  const CsInterface *interface;
  g_autofree char *text = NULL;

  if (!route_counts (route, wanted) || !cs_cidr_overlaps (wanted, route->destination))
    return NULL;
  interface = cs_snapshot_find_index (snapshot, route->ifindex);
  if (interface && interface == lan
      && (!count_lan || cs_cidr_equal (route->destination, cs_cidr_network (wanted))))
    return NULL;
  text = cs_cidr_to_string (route->destination);
  if (!route->unicast)
    return g_strdup_printf ("a route that blocks %s", text);
  return g_strdup_printf ("a route to %s via %s", text,
                          interface ? interface->name : "another interface");
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
  return conflict;
}

gboolean
cs_subnet_choose (const char *lan,
                  gboolean count_lan,
                  const CsSnapshot *snapshot,
                  const GArray *taken,
                  CsCidr *gateway,
                  GError **error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (candidates); i++)
    for (guint32 a = candidates[i].first; a <= candidates[i].last; a += 0x100)
      {
        CsCidr wanted = { a, 24 };
        g_autofree char *conflict
            = cs_subnet_conflict (wanted, lan, count_lan, snapshot, taken);

        if (!conflict)
          {
            *gateway = wanted;
            return TRUE;
          }
      }
  g_set_error (
      error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT,
      "No free network is left for %s: all of 192.168.137.0/24 and the others of "
      "the list are in use; choose one with the option \"address\"",
      lan);
  return FALSE;
}
