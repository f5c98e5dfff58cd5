/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel announces each route that is added, replaced or deleted, and each
 * announcement is applied to what is known. It does not announce which routes go with a
 * link that is switched off or with an address, nor which of several with one destination
 * and metric counts: where that could matter, and after very many announcements, all are
 * read again.
 *
 * On a host with the Internet's whole routing table (a million routes), each reading
 * takes about a second; the monitor then reads less often. Beyond CS_ROUTES_MAX, only
 * routes that can matter to a share are kept: see is_essential ().
 *
 * Of IPv6 only some tables are kept, and nothing about link-local addresses, which have a
 * route on each link. What goes with a link is announced there, but after the link; and
 * a route may be announced again because it lives longer.
 *
 * A route with an "ip nexthop" object comes with that object's content, unless the kernel
 * was told to leave it out; then the objects are read as well. */
#include "kernel-routes.h"

#include "core/value/routes.h"

#include <linux/nexthop.h>

/* Reading ten thousand routes takes as long as looking for a hundred of them. */
#define NEWS_MAX 100

struct _CsKernelRoutes
{
  int family;
  GArray *tables; /* (owned) of guint32: of IPv6, those that are kept */
  GArray *routes; /* (owned) of CsRoute */
  gboolean lent;  /* snapshots hold it too: it is copied before it changes */
  gboolean distrusted;
  gboolean thinned; /* some are not kept */
  gboolean joint;   /* some have several next hops */
  guint news;       /* applied since the routes were read or asked for */
};

/* A route of which only the object is known so far. */
typedef struct
{
  CsRoute route;
  guint32 object;
} Pending;

/* What an "ip nexthop" object is: a hop or, with members, a group. */
typedef struct
{
  CsRoute hop;
  GArray *members; /* (owned) of guint32 */
} NextHop;

/* One reading. */
typedef struct
{
  CsKernelRoutes *self;
  GArray *hops;    /* (owned) of CsRoute: of one message */
  GArray *pending; /* (owned) of Pending */
} Reading;

CsKernelRoutes *
cs_kernel_routes_new (int family)
{
  static const guint32 all = 0, main = CS_TABLE_MAIN;
  CsKernelRoutes *self = g_new0 (CsKernelRoutes, 1);

  self->family = family;
  self->tables = g_array_new (FALSE, FALSE, sizeof (guint32));
  g_array_append_vals (self->tables, family == AF_INET6 ? &main : &all, 1);
  self->routes = g_array_new (FALSE, TRUE, sizeof (CsRoute));
  self->distrusted = TRUE;
  return self;
}

void
cs_kernel_routes_free (CsKernelRoutes *self)
{
  g_array_unref (self->tables);
  g_array_unref (self->routes);
  g_free (self);
}

void
cs_kernel_routes_distrust (CsKernelRoutes *self)
{
  self->distrusted = TRUE;
}

static gboolean
has_table (const GArray *tables, guint32 table)
{
  for (guint i = 0; i < tables->len; i++)
    if (g_array_index (tables, guint32, i) == table)
      return TRUE;
  return FALSE;
}

void
cs_kernel_routes_keep_ours (CsKernelRoutes *self, const GArray *rules)
{
  static const guint32 main = CS_TABLE_MAIN;
  g_autoptr (GArray) tables = g_array_new (FALSE, FALSE, sizeof main);
  gboolean same = TRUE;

  g_array_append_val (tables, main);
  for (guint i = 0; i < rules->len; i++)
    {
      const CsRule *rule = &g_array_index (rules, CsRule, i);

      if (!rule->ipv6 || !cs_table_is_ours (rule->table)
          || has_table (tables, rule->table))
        continue;
      g_array_append_val (tables, rule->table);
      same = same && has_table (self->tables, rule->table);
    }
  if (same && tables->len == self->tables->len)
    return;
  g_array_unref (self->tables);
  self->tables = g_steal_pointer (&tables);
  cs_kernel_routes_distrust (self);
}

/* Whether a route matters on a host with very many: ways out, neighbours, and what may
 * be in the way of a LAN's network. */
static gboolean
is_essential (const CsRoute *route)
{
  static const CsCidr private[] = {
    CS_CIDR4 (10, 0, 0, 0, 8),
    CS_CIDR4 (172, 16, 0, 0, 12),
    CS_CIDR4 (192, 168, 0, 0, 16),
    { { AF_INET6, { 0xfc } }, 7 },
  };

  if (route->destination.prefix < 8 || !cs_route_has_gateway (route))
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (private); i++)
    if (cs_cidr_overlaps (route->destination, private[i]))
      return TRUE;
  return FALSE;
}

static gboolean
is_kept (CsKernelRoutes *self, const CsRoute *route)
{
  if (self->routes->len < CS_ROUTES_MAX || is_essential (route))
    return TRUE;
  self->thinned = TRUE;
  return FALSE;
}

/* The kernel's own last route in main, of older ones. */
static gboolean
is_null_entry (const CsRoute *route)
{
  return !route->unicast && route->destination.prefix == 0
         && route->table == CS_TABLE_MAIN && route->metric == G_MAXUINT32;
}

static gboolean
is_for_snapshot (CsKernelRoutes *self, const CsRoute *route)
{
  if (route->destination.address.family != self->family)
    return FALSE;
  if (self->family == AF_INET)
    return route->table != RT_TABLE_LOCAL;
  return has_table (self->tables, route->table)
         && !cs_address_is_link_local (route->destination.address)
         && !is_null_entry (route);
}

/* FALSE: @message is not for a snapshot. */
static gboolean
parse (CsKernelRoutes *self,
       const struct nlmsghdr *message,
       Pending *pending,
       GArray *hops)
{
  if (!cs_rtnetlink_parse_route (message, &pending->route, hops, &pending->object)
      || !is_for_snapshot (self, &pending->route))
    return FALSE;
  self->joint |= pending->route.unicast && pending->route.ifindex == 0;
  return TRUE;
}

static void
on_route (const struct nlmsghdr *message, gpointer user_data)
{
  Reading *reading = user_data;
  Pending pending;

  if (!parse (reading->self, message, &pending, reading->hops)
      || !is_kept (reading->self, &pending.route))
    return;
  g_array_append_vals (reading->self->routes, reading->hops->data, reading->hops->len);
  if (pending.object != 0)
    g_array_append_val (reading->pending, pending);
}

static void
next_hop_free (gpointer data)
{
  NextHop *next_hop = data;

  g_array_unref (next_hop->members);
  g_free (next_hop);
}

static void
on_next_hop (const struct nlmsghdr *message, gpointer user_data)
{
  GHashTable *next_hops = user_data;
  NextHop *next_hop = g_new0 (NextHop, 1);
  guint32 object;

  next_hop->members = g_array_new (FALSE, FALSE, sizeof (guint32));
  if (cs_rtnetlink_parse_next_hop (message, &object, &next_hop->hop, next_hop->members))
    g_hash_table_replace (next_hops, GUINT_TO_POINTER (object), next_hop);
  else
    next_hop_free (next_hop);
}

static void
add_by (GArray *routes, const CsRoute *route, const NextHop *next_hop)
{
  CsRoute copy = *route;

  if (next_hop == NULL || !next_hop->hop.unicast || next_hop->hop.ifindex == 0)
    return;
  copy.ifindex = next_hop->hop.ifindex;
  copy.gateway = next_hop->hop.gateway;
  copy.onlink = next_hop->hop.onlink;
  g_array_append_val (routes, copy);
}

static void
add_pending (GArray *routes, const Pending *pending, GHashTable *next_hops)
{
  const NextHop *next_hop
      = g_hash_table_lookup (next_hops, GUINT_TO_POINTER (pending->object));

  add_by (routes, &pending->route, next_hop);
  for (guint i = 0; next_hop != NULL && i < next_hop->members->len; i++)
    {
      guint32 member = g_array_index (next_hop->members, guint32, i);

      add_by (routes, &pending->route,
              g_hash_table_lookup (next_hops, GUINT_TO_POINTER (member)));
    }
}

static gboolean
read_next_hops (CsNetlink *netlink, Reading *reading, GError **error)
{
  g_autoptr (GHashTable) next_hops
      = g_hash_table_new_full (NULL, NULL, NULL, next_hop_free);

  if (!cs_rtnetlink_dump (netlink, RTM_GETNEXTHOP, AF_UNSPEC, 0, on_next_hop, next_hops,
                          error))
    return FALSE;
  for (guint i = 0; i < reading->pending->len; i++)
    add_pending (reading->self->routes, &g_array_index (reading->pending, Pending, i),
                 next_hops);
  return TRUE;
}

static void
set_routes (CsKernelRoutes *self, GArray *routes)
{
  g_array_unref (self->routes);
  self->routes = routes;
  self->lent = FALSE;
}

static gboolean
read_routes (CsKernelRoutes *self, CsNetlink *netlink, Reading *reading, GError **error)
{
  for (guint i = 0; i < self->tables->len; i++)
    if (!cs_rtnetlink_dump (netlink, RTM_GETROUTE, self->family,
                            g_array_index (self->tables, guint32, i), on_route, reading,
                            error))
      return FALSE;
  return TRUE;
}

gboolean
cs_kernel_routes_refresh (CsKernelRoutes *self, CsNetlink *netlink, GError **error)
{
  g_autoptr (GArray) hops = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  g_autoptr (GArray) pending = g_array_new (FALSE, FALSE, sizeof (Pending));
  Reading reading = { .self = self, .hops = hops, .pending = pending };

  self->news = 0;
  if (!self->distrusted)
    return TRUE;
  set_routes (self, g_array_sized_new (FALSE, TRUE, sizeof (CsRoute), self->routes->len));
  self->thinned = FALSE;
  self->joint = FALSE;
  if (!read_routes (self, netlink, &reading, error)
      || (pending->len > 0 && !read_next_hops (netlink, &reading, error)))
    return FALSE;
  self->distrusted = netlink->interrupted || pending->len > 0;
  return TRUE;
}

gboolean
cs_kernel_routes_are_many (const CsKernelRoutes *self)
{
  return self->routes->len >= CS_ROUTES_MAX;
}

GArray *
cs_kernel_routes_get_routes (CsKernelRoutes *self)
{
  self->lent = TRUE;
  return g_array_ref (self->routes);
}

/* --- News ------------------------------------------------------------------------ */

static void
make_own (CsKernelRoutes *self)
{
  if (self->lent)
    set_routes (self, g_array_copy (self->routes));
}

static gboolean
has_same_key (const CsRoute *a, const CsRoute *b)
{
  return a->table == b->table && a->metric == b->metric
         && cs_cidr_equal (a->destination, b->destination);
}

/* The number of routes with the key of @route, and the place of the last. */
static guint
count_key (const CsKernelRoutes *self, const CsRoute *route, guint *place)
{
  guint count = 0;

  for (guint i = 0; i < self->routes->len; i++)
    if (has_same_key (&g_array_index (self->routes, CsRoute, i), route))
      {
        count++;
        *place = i;
      }
  return count;
}

/* If no other has its key, it is clear which one counts, or was replaced. */
static gboolean
add (CsKernelRoutes *self, const CsRoute *route, const GArray *hops, gboolean replaces)
{
  guint place = 0;
  guint count = count_key (self, route, &place);

  if (count != (replaces ? 1 : 0))
    return FALSE;
  make_own (self);
  if (replaces)
    g_array_remove_index (self->routes, place);
  if (is_kept (self, route))
    g_array_append_vals (self->routes, hops->data, hops->len);
  return TRUE;
}

/* FALSE: it is not known; otherwise @place becomes its place. */
static gboolean
find (const CsKernelRoutes *self, const CsRoute *route, guint *place)
{
  for (guint i = 0; i < self->routes->len; i++)
    {
      const CsRoute *other = &g_array_index (self->routes, CsRoute, i);

      if (other->table != route->table || other->onlink != route->onlink
          || !cs_route_equal (other, route))
        continue;
      *place = i;
      return TRUE;
    }
  return FALSE;
}

static gboolean
remove_one (CsKernelRoutes *self, const CsRoute *route)
{
  guint place;

  if (!find (self, route, &place))
    return FALSE;
  make_own (self);
  g_array_remove_index (self->routes, place);
  return TRUE;
}

static gboolean
remove_all (CsKernelRoutes *self, const GArray *hops)
{
  for (guint i = 0; i < hops->len; i++)
    if (!remove_one (self, &g_array_index (hops, CsRoute, i)))
      return FALSE;
  return TRUE;
}

/* Whether an announcement about IPv6 says what is known: a route that lives longer, or
 * one that has gone with its link. */
static gboolean
is_known (const CsKernelRoutes *self,
          guint16 type,
          const CsRoute *route,
          const GArray *hops)
{
  guint place;
  guint count = count_key (self, route, &place);

  if (type == RTM_DELROUTE)
    return count == 0;
  for (guint i = 0; i < hops->len; i++)
    if (!find (self, &g_array_index (hops, CsRoute, i), &place))
      return FALSE;
  return count == hops->len;
}

gboolean
cs_kernel_routes_hear (CsKernelRoutes *self, const struct nlmsghdr *message)
{
  g_autoptr (GArray) hops = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  gboolean replaces = (message->nlmsg_flags & NLM_F_REPLACE) != 0;
  gboolean done = FALSE;
  Pending pending;

  if (!parse (self, message, &pending, hops))
    return FALSE;
  if (self->distrusted)
    return TRUE;
  if (self->family == AF_INET6 && pending.object == 0
      && is_known (self, message->nlmsg_type, &pending.route, hops))
    return FALSE;
  if (pending.object == 0 && self->news++ < NEWS_MAX)
    done = message->nlmsg_type == RTM_NEWROUTE
               ? add (self, &pending.route, hops, replaces)
               : remove_all (self, hops);
  self->distrusted = !done && !(self->thinned && !is_essential (&pending.route));
  return TRUE;
}

void
cs_kernel_routes_link_down (CsKernelRoutes *self, int ifindex)
{
  GArray *left;

  if (self->distrusted || !cs_kernel_routes_has_link (self, ifindex))
    return;
  left = g_array_sized_new (FALSE, TRUE, sizeof (CsRoute), self->routes->len);
  for (guint i = 0; i < self->routes->len; i++)
    if (g_array_index (self->routes, CsRoute, i).ifindex != ifindex)
      g_array_append_val (left, g_array_index (self->routes, CsRoute, i));
  set_routes (self, left);
}

void
cs_kernel_routes_link_up (CsKernelRoutes *self)
{
  self->distrusted |= self->joint;
}

void
cs_kernel_routes_link_gone (CsKernelRoutes *self, int ifindex)
{
  cs_kernel_routes_link_down (self, ifindex);
  self->distrusted |= self->joint;
}

gboolean
cs_kernel_routes_has_link (const CsKernelRoutes *self, int ifindex)
{
  for (guint i = 0; i < self->routes->len; i++)
    if (g_array_index (self->routes, CsRoute, i).ifindex == ifindex)
      return TRUE;
  return FALSE;
}

gboolean
cs_kernel_routes_has_source (const CsKernelRoutes *self, CsAddress source)
{
  for (guint i = 0; i < self->routes->len; i++)
    if (cs_address_equal (g_array_index (self->routes, CsRoute, i).source, source))
      return TRUE;
  return FALSE;
}
