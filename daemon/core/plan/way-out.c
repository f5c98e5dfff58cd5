/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel has been asked for both halves of the Internet. If they differ, one of
 * the two is chosen; if it knows no way, main's default route tells whether that is on
 * purpose. */
#include "way-out.h"

#include "core/value/routes.h"

const CsInterface *
cs_way_out_by_main (const char *lan, const CsSnapshot *snapshot)
{
  const CsInterface *best = NULL;
  guint32 metric = 0;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);
      const CsInterface *interface;

      if (!cs_route_is_default (route) || route->table != CS_TABLE_MAIN
          || (best && route->metric >= metric))
        continue;
      interface = cs_snapshot_find_index (snapshot, route->ifindex);
      if (!interface || interface->kind == CS_KIND_LOOPBACK
          || g_str_equal (interface->name, lan))
        continue;
      best = interface;
      metric = route->metric;
    }
  return best;
}

guint64
cs_way_out_rank (const CsInterface *interface, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < CS_HALVES; i++)
    if (snapshot->ways_out[i] == interface->ifindex)
      return 0;
  return (guint64)cs_routes_default_metric (snapshot, interface->ifindex) + 1;
}

/* Of two ways out, which is the case between the hops of one route and while a VPN
 * takes over one half of the Internet after the other: the one in force as long as it
 * is one; otherwise the one that is for everything. */
static const CsInterface *
choose_way_out (const CsInterface *a, const CsInterface *b, const CsUplinkQuestion *q)
{
  gboolean a_ready = cs_uplink_flaw (a, q->snapshot) == NULL;

  if (a_ready != (cs_uplink_flaw (b, q->snapshot) == NULL))
    return a_ready ? a : b;
  if (g_strcmp0 (a->name, q->current) == 0)
    return a;
  if (g_strcmp0 (b->name, q->current) == 0)
    return b;
  return cs_routes_default_metric (q->snapshot, a->ifindex)
                 <= cs_routes_default_metric (q->snapshot, b->ifindex)
             ? a
             : b;
}

/* The ready interface of another hop of @route, except for the LAN, or NULL. */
static const CsInterface *
find_hop (const CsRoute *route, const CsUplinkQuestion *q)
{
  const CsSnapshot *snapshot = q->snapshot;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *hop = &g_array_index (snapshot->routes, CsRoute, i);
      const CsInterface *interface;

      if (!hop->unicast || !cs_cidr_equal (hop->destination, route->destination)
          || hop->table != route->table || hop->metric != route->metric)
        continue;
      interface = cs_snapshot_find_index (snapshot, hop->ifindex);
      if (interface && !g_str_equal (interface->name, q->lan)
          && !cs_uplink_flaw (interface, snapshot))
        return interface;
    }
  return NULL;
}

/* The kernel keeps sending by a hop that has lost its link, unless it is set not to:
 * then another hop of the default route by @way, if there is one, otherwise @way. */
static const CsInterface *
find_other_hop (const CsInterface *way, const CsUplinkQuestion *q)
{
  const CsSnapshot *snapshot = q->snapshot;
  const CsInterface *other = NULL;

  for (guint i = 0; !other && i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (cs_route_is_default (route) && route->ifindex == way->ifindex
          && !cs_table_is_ours (route->table))
        other = find_hop (route, q);
    }
  return other ? other : way;
}

const CsInterface *
cs_way_out_find (const CsUplinkQuestion *q)
{
  const CsInterface *found = NULL;

  for (guint i = 0; i < CS_HALVES; i++)
    {
      const CsInterface *way
          = cs_snapshot_find_index (q->snapshot, q->snapshot->ways_out[i]);

      if (way && !g_str_equal (way->name, q->lan))
        found = found && found != way ? choose_way_out (found, way, q) : way;
    }
  if (found && cs_uplink_flaw (found, q->snapshot))
    found = find_other_hop (found, q);
  return found;
}

const CsInterface *
cs_way_out_find_ipv6 (const CsUplinkQuestion *q)
{
  const CsInterface *way = cs_snapshot_find_index (q->snapshot, q->snapshot->way_out6);

  return way && !g_str_equal (way->name, q->lan) && cs_uplink_has_ipv6 (way, q->snapshot)
             ? way
             : NULL;
}

gboolean
cs_way_out_is_refused (const CsUplinkQuestion *q)
{
  const CsInterface *fallback = cs_way_out_by_main (q->lan, q->snapshot);
  gboolean none = TRUE;

  for (guint i = 0; i < CS_HALVES; i++)
    {
      if (q->snapshot->ways_out[i] == CS_WAY_REFUSED)
        return TRUE;
      none &= q->snapshot->ways_out[i] == CS_WAY_NONE;
    }
  return none && fallback && !cs_uplink_flaw (fallback, q->snapshot);
}
