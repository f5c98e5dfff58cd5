/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two walks over the snapshot's routes; metrics are compared while they are copied and
 * then dropped, so that a change of metrics alone is no change of a plan. */
#include "routes.h"

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
                    const CsSnapshot *snapshot)
{
  guint first = routes->len;

  for (int on_link = TRUE; on_link >= FALSE; on_link--)
    for (guint i = 0; i < snapshot->routes->len; i++)
      {
        const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

        if (route->ifindex == ifindex && route->table == CS_TABLE_MAIN && route->unicast
            && wanted (route->destination) && (route->gateway == 0) == on_link)
          add (routes, first, route);
      }
  for (guint i = first; i < routes->len; i++)
    {
      CsRoute *route = &g_array_index (routes, CsRoute, i);

      route->metric = 0;
      route->table = 0;
    }
}
