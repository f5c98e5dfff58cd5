/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an interface to the routes that lead out through it, and to its name servers.
 * Which interface a WAN spec means is choice.c's. */
#include "uplink.h"

#include "routes.h"

static gboolean
is_default (const CsRoute *route)
{
  return route->unicast && route->destination.prefix == 0;
}

static gboolean
is_no_default (CsCidr destination)
{
  return destination.prefix != 0;
}

/* A VPN of OpenVPN's kind covers everything by two halves and has no default route. */
static gboolean
has_both_halves (const GArray *routes)
{
  gboolean half[2] = { FALSE, FALSE };

  for (guint i = 0; i < routes->len; i++)
    {
      CsCidr destination = g_array_index (routes, CsRoute, i).destination;

      if (destination.prefix == 1)
        half[destination.address >> 31] = TRUE;
    }
  return half[0] && half[1];
}

static gboolean
is_on_link (guint32 gateway, const GArray *routes)
{
  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);

      if (route->gateway == 0 && cs_cidr_contains (route->destination, gateway))
        return TRUE;
    }
  return FALSE;
}

/* The peer of @interface, 0: none has been told. */
static guint32
find_peer (const CsInterface *interface)
{
  for (guint i = 0; i < interface->addresses->len; i++)
    {
      guint32 peer = g_array_index (interface->addresses, CsAddress, i).peer;

      if (peer != 0)
        return peer;
    }
  return 0;
}

static const CsRoute *
find_own_default (const CsInterface *interface, const CsSnapshot *snapshot)
{
  const CsRoute *best = NULL;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (is_default (route) && route->ifindex == interface->ifindex
          && !cs_table_is_ours (route->table) && (!best || route->metric < best->metric))
        best = route;
    }
  return best;
}

/* FALSE: there is no way out. A peer is named as gateway where there is one, so that it
 * also works on an interface that asks ARP; a point-to-point interface needs none. */
static gboolean
make_default (const CsInterface *interface,
              const CsSnapshot *snapshot,
              const GArray *others,
              CsRoute *route)
{
  const CsRoute *own = find_own_default (interface, snapshot);

  *route = own ? *own : (CsRoute){ .ifindex = interface->ifindex, .unicast = TRUE };
  if (!own)
    {
      route->gateway = interface->gateway ? interface->gateway : find_peer (interface);
      if (route->gateway == 0 && !interface->point_to_point && !has_both_halves (others))
        return FALSE;
    }
  route->metric = 0;
  route->table = 0;
  if (route->gateway != 0 && !is_on_link (route->gateway, others))
    route->onlink = TRUE;
  return TRUE;
}

gboolean
cs_uplink_is_seized (const CsInterface *interface)
{
  return interface->kind == CS_KIND_PPP && interface->managed == CS_MANAGED_YES
         && !interface->connection_uuid && !interface->changing;
}

GArray *
cs_uplink_routes (const CsInterface *interface, const CsSnapshot *snapshot)
{
  GArray *routes = g_array_new (FALSE, TRUE, sizeof (CsRoute));
  CsRoute way_out;

  cs_routes_add_main (routes, interface->ifindex, is_no_default, snapshot);
  if (make_default (interface, snapshot, routes, &way_out))
    g_array_append_val (routes, way_out);
  else
    g_array_set_size (routes, 0);
  return routes;
}

char **
cs_uplink_dns (const CsInterface *interface, const CsSnapshot *snapshot)
{
  if (interface->dns && interface->dns[0])
    return g_strdupv (interface->dns);
  if (snapshot->resolv_dns && snapshot->resolv_dns[0])
    return g_strdupv (snapshot->resolv_dns);
  return NULL;
}
