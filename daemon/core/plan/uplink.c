/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From an interface to the routes that lead out through it, and to its name servers.
 * choice.c finds the interface that a WAN spec means. */
#include "uplink.h"

#include "ipv6.h"

#include "core/value/ifname.h"
#include "core/value/routes.h"

static gboolean
is_no_default (CsCidr destination)
{
  return destination.prefix != 0;
}

static gboolean
is_on_link (CsAddress gateway, const GArray *routes)
{
  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);

      if (!cs_route_has_gateway (route) && cs_cidr_contains (route->destination, gateway))
        return TRUE;
    }
  return FALSE;
}

/* The peer of @interface, unset if none is known. */
static CsAddress
find_peer (const CsInterface *interface)
{
  for (guint i = 0; i < interface->addresses->len; i++)
    {
      CsAddress peer = g_array_index (interface->addresses, CsInterfaceAddress, i).peer;

      if (cs_address_is_set (peer))
        return peer;
    }
  return (CsAddress){ 0 };
}

/* Main's comes first: other tables are only for packets of some kind. */
static gboolean
is_better (const CsRoute *route, const CsRoute *best)
{
  if ((route->table == CS_TABLE_MAIN) != (best->table == CS_TABLE_MAIN))
    return route->table == CS_TABLE_MAIN;
  return route->metric < best->metric;
}

static const CsRoute *
find_own_default (const CsInterface *interface, const CsSnapshot *snapshot)
{
  const CsRoute *best = NULL;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (cs_route_is_default (route) && route->ifindex == interface->ifindex
          && !cs_table_is_ours (route->table) && (!best || is_better (route, best)))
        best = route;
    }
  return best;
}

/* FALSE: there is no way out. If there is a peer, it is the gateway, so that this also
 * works on an interface that uses ARP; a point-to-point interface needs none. */
static gboolean
make_default (const CsInterface *interface,
              const CsSnapshot *snapshot,
              const GArray *others,
              CsRoute *route)
{
  const CsRoute *own = find_own_default (interface, snapshot);

  *route = own ? *own
               : (CsRoute){ .destination = CS_ALL_IPV4,
                            .ifindex = interface->ifindex,
                            .unicast = TRUE };
  if (!own)
    {
      route->gateway = cs_address_is_set (interface->gateway) ? interface->gateway
                                                              : find_peer (interface);
      if (!cs_route_has_gateway (route) && !interface->point_to_point
          && !cs_routes_have_halves (others))
        return FALSE;
    }
  route->metric = 0;
  route->table = 0;
  if (route->gateway.family == AF_INET && !is_on_link (route->gateway, others))
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

  cs_routes_add_main (routes, interface->ifindex, is_no_default, snapshot->routes);
  if (make_default (interface, snapshot, routes, &way_out))
    g_array_append_val (routes, way_out);
  else
    g_array_set_size (routes, 0);
  return routes;
}

const char *
cs_uplink_flaw (const CsInterface *interface, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) routes = NULL;

  if (!cs_ifname_check (interface->name, "WAN", NULL))
    return "has a name that cannot be used; rename it";
  if (!interface->up)
    return "is switched off";
  if (!interface->carrier)
    return "has no link";
  if (interface->addresses->len == 0)
    return cs_uplink_is_seized (interface)
               ? "has no IPv4 address, because NetworkManager has taken it over from "
                 "pppd; \"sharectl doctor\" says how to stop that"
               : "has no IPv4 address";
  routes = cs_uplink_routes (interface, snapshot);
  if (routes->len == 0)
    return "has no default route and no gateway";
  return NULL;
}

gboolean
cs_uplink_has_ipv6 (const CsInterface *interface, const CsSnapshot *snapshot)
{
  return cs_ifname_check (interface->name, "WAN", NULL) && interface->up
         && interface->carrier && !interface->changing
         && cs_ipv6_leads_out (interface, snapshot)
         && (cs_ipv6_has_address (interface) || interface->delegated->len > 0);
}

void
cs_uplink_add_dns (const CsInterface *interface, const CsSnapshot *snapshot, GArray *dns)
{
  const GArray *servers = interface->dns->len > 0 ? interface->dns : snapshot->resolv_dns;

  g_array_append_vals (dns, servers->data, servers->len);
}
