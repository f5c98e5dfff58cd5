/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Main's routes are copied in two walks over the snapshot; metrics are compared while
 * copying and then dropped, so that a change of metrics alone does not change a plan. */
#include "routes.h"

gboolean
cs_route_has_gateway (const CsRoute *route)
{
  return cs_address_is_set (route->gateway);
}

char *
cs_route_describe_gateway (const CsRoute *route)
{
  gboolean foreign = route->gateway.family != route->destination.address.family;
  g_autofree char *gateway = cs_address_to_string (route->gateway);

  if (!cs_route_has_gateway (route))
    return g_strdup ("");
  return g_strdup_printf (" via %s%s", foreign ? "inet6 " : "", gateway);
}

static const char *
end_word (CsRouteEnd end)
{
  static const char *const words[] = { [CS_END_ERROR] = "unreachable",
                                       [CS_END_SILENCE] = "blackhole",
                                       [CS_END_GO_ON] = "throw" };

  return words[end];
}

char *
cs_route_to_string (const CsRoute *route, const char *device, guint32 table)
{
  GString *words = g_string_new (NULL);
  g_autofree char *destination = cs_cidr_to_string (route->destination);
  g_autofree char *gateway = cs_route_describe_gateway (route);
  g_autofree char *source = cs_address_to_string (route->source);

  if (!route->unicast)
    g_string_append_printf (words, "%s ", end_word (route->end));
  g_string_append (words, route->destination.prefix ? destination : "default");
  g_string_append (words, gateway);
  if (route->unicast)
    g_string_append_printf (words, " dev %s", device);
  if (cs_address_is_set (route->source))
    g_string_append_printf (words, " src %s", source);
  if (route->onlink)
    g_string_append (words, " onlink");
  if (!route->unicast)
    g_string_append_printf (words, " metric %u", route->metric);
  g_string_append_printf (words, " table %u", table);
  return g_string_free (words, FALSE);
}

gboolean
cs_route_equal (const CsRoute *a, const CsRoute *b)
{
  return cs_cidr_equal (a->destination, b->destination)
         && cs_address_equal (a->gateway, b->gateway)
         && cs_address_equal (a->source, b->source) && a->metric == b->metric
         && a->ifindex == b->ifindex && a->unicast == b->unicast && a->end == b->end;
}

gboolean
cs_routes_contain (const GArray *routes, const CsRoute *route)
{
  for (guint i = 0; i < routes->len; i++)
    if (cs_route_equal (&g_array_index (routes, CsRoute, i), route))
      return TRUE;
  return FALSE;
}

gboolean
cs_route_is_default (const CsRoute *route)
{
  return route->unicast && route->destination.prefix == 0;
}

gboolean
cs_routes_have_halves (const GArray *routes)
{
  gboolean half[2] = { FALSE, FALSE };

  for (guint i = 0; i < routes->len; i++)
    {
      CsCidr destination = g_array_index (routes, CsRoute, i).destination;

      if (destination.prefix == 1)
        half[destination.address.bytes[0] >> 7] = TRUE;
    }
  return half[0] && half[1];
}

guint32
cs_routes_default_metric (const CsSnapshot *snapshot, int ifindex)
{
  guint32 metric = G_MAXUINT32;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (cs_route_is_default (route) && route->table == CS_TABLE_MAIN
          && (ifindex == 0 || route->ifindex == ifindex))
        metric = MIN (metric, route->metric);
    }
  return metric;
}

static void
add (GArray *routes, guint first, const CsRoute *route)
{
  for (guint i = first; i < routes->len; i++)
    {
      CsRoute *other = &g_array_index (routes, CsRoute, i);

      if (!cs_cidr_equal (other->destination, route->destination))
        continue;
      if (route->metric < other->metric)
        *other = *route;
      return;
    }
  g_array_append_val (routes, *route);
}

void
cs_routes_add_main (GArray *routes,
                    int ifindex,
                    gboolean (*wanted) (CsCidr),
                    const GArray *known)
{
  guint first = routes->len;

  for (int on_link = TRUE; on_link >= FALSE; on_link--)
    for (guint i = 0; i < known->len; i++)
      {
        const CsRoute *route = &g_array_index (known, CsRoute, i);

        if (route->ifindex == ifindex && route->table == CS_TABLE_MAIN && route->unicast
            && wanted (route->destination) && cs_route_has_gateway (route) != on_link)
          add (routes, first, route);
      }
  for (guint i = first; i < routes->len; i++)
    {
      CsRoute *route = &g_array_index (routes, CsRoute, i);

      route->metric = 0;
      route->table = 0;
    }
}
