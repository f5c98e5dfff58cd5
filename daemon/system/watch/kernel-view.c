/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel has is read once (kernel-reading.c). From then on, its announcements
 * are applied to that, or mark what must be read again (kernel-news.c): the addresses of
 * a link, the rules, or everything if messages were lost. So a snapshot costs the
 * changes, and three requests. */
#include "kernel-view-private.h"

#include "kernel-settings.h"

#include "system/routing/lan-ways.h"
#include "system/routing/route.h"
#include "system/routing/ways-out.h"

#include <linux/if.h>

/* How often to try when the network changes meanwhile; only once with very many
 * routes. */
#define ATTEMPTS 3

static void
known_free (gpointer data)
{
  CsKnownLink *known = data;

  g_array_unref (known->addresses);
  g_array_unref (known->addresses6);
  g_free (known);
}

static CsNetlink *
open_events (GError **error)
{
  static const int groups[] = { RTNLGRP_LINK,         RTNLGRP_IPV4_IFADDR,
                                RTNLGRP_IPV6_IFADDR,  RTNLGRP_IPV4_ROUTE,
                                RTNLGRP_IPV6_ROUTE,   RTNLGRP_IPV4_RULE,
                                RTNLGRP_IPV6_RULE,    RTNLGRP_IPV4_NETCONF,
                                RTNLGRP_IPV6_NETCONF, 0 };
  CsNetlink *events = cs_netlink_listen (NETLINK_ROUTE, groups, error);

  if (events != NULL)
    cs_netlink_join (events, RTNLGRP_NEXTHOP); /* since Linux 5.3 */
  return events;
}

static void
distrust (CsKernelView *self)
{
  self->links_distrusted = TRUE;
  self->rules_distrusted = TRUE;
  cs_kernel_routes_distrust (self->routes);
  cs_kernel_routes_distrust (self->routes6);
}

CsKernelView *
cs_kernel_view_new (GError **error)
{
  CsNetlink *events = open_events (error);
  CsKernelView *self;

  if (events == NULL)
    return NULL;
  self = g_new0 (CsKernelView, 1);
  self->events = events;
  self->known = g_hash_table_new_full (NULL, NULL, NULL, known_free);
  self->routes = cs_kernel_routes_new (AF_INET);
  self->routes6 = cs_kernel_routes_new (AF_INET6);
  self->rules = g_array_new (FALSE, TRUE, sizeof (CsRule));
  self->forces_ipv6 = cs_kernel_settings_can_force_ipv6 ();
  distrust (self);
  return self;
}

void
cs_kernel_view_free (CsKernelView *self)
{
  cs_netlink_close (self->events);
  cs_kernel_view_mind (self, NULL);
  g_hash_table_unref (self->known);
  cs_kernel_routes_free (self->routes);
  cs_kernel_routes_free (self->routes6);
  g_array_unref (self->rules);
  g_free (self);
}

int
cs_kernel_view_get_fd (const CsKernelView *self)
{
  return mnl_socket_get_fd (self->events->socket);
}

void
cs_kernel_view_mind (CsKernelView *self, GPtrArray *requests)
{
  if (requests != NULL)
    g_ptr_array_ref (requests);
  g_clear_pointer (&self->requests, g_ptr_array_unref);
  self->requests = requests;
}

/* --- Hearing --------------------------------------------------------------------- */

static void
on_event (const struct nlmsghdr *message, gpointer user_data)
{
  CsKernelView *self = user_data;

  self->news |= cs_kernel_view_is_news (self, message);
}

static void
take_events (CsKernelView *self)
{
  if (cs_netlink_hear (self->events, on_event, self))
    return;
  distrust (self);
  self->news = TRUE;
  self->loses = TRUE; /* perhaps that of an address is among them */
}

gboolean
cs_kernel_view_hear (CsKernelView *self)
{
  gboolean news;

  take_events (self);
  news = self->news;
  self->news = FALSE;
  return news;
}

gboolean
cs_kernel_view_loses (CsKernelView *self)
{
  gboolean loses = self->loses;

  self->loses = FALSE;
  return loses;
}

/* As numbers. */
static GHashTable *
list_addresses (CsKernelView *self)
{
  GHashTable *all = g_hash_table_new (NULL, NULL);
  GHashTableIter iter;
  gpointer known;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &known))
    {
      const GArray *addresses = ((CsKnownLink *)known)->addresses;

      for (guint i = 0; i < addresses->len; i++)
        g_hash_table_add (
            all, GUINT_TO_POINTER (cs_address_to_number (
                     g_array_index (addresses, CsInterfaceAddress, i).local.address)));
    }
  return all;
}

/* Whether it goes with an address that is not there. A link without addresses may have
 * got a route since. */
static gboolean
is_doubtful (CsKernelView *self, const CsRoute *route, GHashTable *addresses)
{
  const CsKnownLink *known = cs_kernel_view_find (self, route->ifindex);
  guint32 source = cs_address_to_number (route->source);

  return (cs_address_is_set (route->source)
          && !g_hash_table_contains (addresses, GUINT_TO_POINTER (source)))
         || (known != NULL && known->addresses->len == 0);
}

gboolean
cs_kernel_view_settle (CsKernelView *self)
{
  g_autoptr (GHashTable) addresses = list_addresses (self);
  g_autoptr (GArray) routes = cs_kernel_routes_get_routes (self->routes);
  gboolean doubtful = self->loses_source6;

  self->loses_source6 = FALSE;
  if (self->links_distrusted)
    return FALSE; /* all is still to be read */
  if (doubtful)
    cs_kernel_routes_distrust (self->routes6);
  for (guint i = 0; i < routes->len; i++)
    if (is_doubtful (self, &g_array_index (routes, CsRoute, i), addresses))
      {
        cs_kernel_routes_distrust (self->routes);
        return TRUE;
      }
  return doubtful;
}

/* --- Snapshots ------------------------------------------------------------------- */

static gboolean
has_announced (const GArray *addresses6)
{
  for (guint i = 0; i < addresses6->len; i++)
    {
      const CsIpv6Address *address = &g_array_index (addresses6, CsIpv6Address, i);

      if (!address->permanent && cs_ipv6_is_global (address->local.address))
        return TRUE;
    }
  return FALSE;
}

static CsInterface *
make_interface (const CsKnownLink *known, int rp_filter_all)
{
  const CsLink *link = &known->link;
  CsInterface *interface = cs_interface_new_at (link->name, link->ifindex,
                                                known->addresses, known->addresses6);

  interface->mtu = link->mtu;
  interface->kind = known->kind;
  interface->up = (link->flags & IFF_UP) != 0;
  interface->carrier = (link->flags & IFF_LOWER_UP) != 0;
  interface->point_to_point = (link->flags & IFF_POINTOPOINT) != 0;
  interface->master = link->master;
  interface->ipv6 = known->conf6;
  if (has_announced (known->addresses6))
    interface->ipv6.proxy_delay = cs_kernel_settings_proxy_delay (link->name);
  interface->forwarding = link->forwarding;
  interface->rp_filter_own = link->rp_filter;
  interface->rp_filter = link->rp_filter < 0 ? -1 : MAX (link->rp_filter, rp_filter_all);
  return interface;
}

static int
compare_index (gconstpointer a, gconstpointer b)
{
  const CsInterface *const *left = a, *const *right = b;

  return (*left)->ifindex - (*right)->ifindex;
}

static void
fill_interfaces (CsKernelView *self, CsSnapshot *snapshot, int rp_filter_all)
{
  GHashTableIter iter;
  gpointer known;

  g_hash_table_iter_init (&iter, self->known);
  while (g_hash_table_iter_next (&iter, NULL, &known))
    g_ptr_array_add (snapshot->interfaces, make_interface (known, rp_filter_all));
  g_ptr_array_sort (snapshot->interfaces, compare_index);
}

/* The uplinks that our rules name: char * (unowned). */
static GPtrArray *
list_uplinks (const GArray *rules)
{
  GPtrArray *uplinks = g_ptr_array_new ();

  for (guint i = 0; i < rules->len; i++)
    {
      CsRule *rule = &g_array_index (rules, CsRule, i);

      if (rule->protocol == CS_ROUTE_PROTOCOL && rule->skip_to != 0
          && rule->iif[0] != '\0')
        g_ptr_array_add (uplinks, rule->iif);
    }
  return uplinks;
}

static gboolean
read_all (CsKernelView *self, CsNetlink *netlink, GError **error)
{
  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      if (!cs_kernel_view_read (self, netlink, error))
        {
          distrust (self);
          return FALSE;
        }
      if (!netlink->interrupted || cs_kernel_routes_are_many (self->routes))
        break;
    }
  return TRUE;
}

/* The replies depend on routes and rules. */
static gboolean
ask (CsKernelView *self, CsNetlink *netlink, CsSnapshot *snapshot, GError **error)
{
  g_autoptr (GPtrArray) uplinks = NULL;

  g_array_unref (snapshot->routes);
  snapshot->routes = cs_kernel_routes_get_routes (self->routes);
  g_array_unref (snapshot->routes6);
  snapshot->routes6 = cs_kernel_routes_get_routes (self->routes6);
  g_array_unref (snapshot->rules);
  snapshot->rules = g_array_ref (self->rules);
  g_array_set_size (snapshot->astray, 0);
  if (!cs_ways_out_fill (netlink, snapshot, error))
    return FALSE;
  uplinks = list_uplinks (snapshot->rules);
  cs_lan_ways_fill (netlink, uplinks, snapshot);
  return TRUE;
}

static gboolean
fill_once (CsKernelView *self, CsNetlink *netlink, CsSnapshot *snapshot, GError **error)
{
  int rp_filter_all;

  snapshot->forces_ipv6 = self->forces_ipv6;
  g_ptr_array_set_size (snapshot->interfaces, 0);
  if (!cs_kernel_settings_fill (snapshot, &rp_filter_all, error)
      || !read_all (self, netlink, error))
    return FALSE;
  fill_interfaces (self, snapshot, rp_filter_all);
  return ask (self, netlink, snapshot, error);
}

/* If news arrives after the requests, the replies may not match the known state. News
 * that a failure has kept from this snapshot is news to the next. */
gboolean
cs_kernel_view_fill (CsKernelView *self, CsSnapshot *snapshot, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, error);
  gboolean told = self->news;

  if (netlink == NULL)
    return FALSE;
  for (int attempt = 0; attempt < ATTEMPTS; attempt++)
    {
      self->news = FALSE;
      if (!fill_once (self, netlink, snapshot, error))
        {
          self->news = TRUE;
          return FALSE;
        }
      take_events (self);
      told |= self->news;
      if (!self->news)
        break;
    }
  self->news = told;
  return TRUE;
}
