/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A router is kept until it has forgotten all that it was asked for: so a share that ends
 * leaves one behind for a moment, and a share that returns finds it again. */
#include "upstreams.h"

#include "router.h"

#include "core/value/routes.h"

/* What changes meanwhile is told at once. Milliseconds. */
#define TELL_AFTER 50

struct _CsUpstreams
{
  CsForwards *forwards; /* (owned) */
  void (*changed) (const char *lan, gpointer user_data);
  gpointer user_data;
  GPtrArray *routers; /* (owned) of CsRouter (owned) */
  GHashTable *lans;   /* (owned) name (owned) -> CsRouter (unowned) */
  GHashTable *news;   /* (owned) set of LANs' names (owned) */
  guint telling;      /* timeout source, or 0 */
  guint sweeping;     /* idle source, or 0 */
};

/* --- Routers ----------------------------------------------------------------------- */

static gboolean
tell (gpointer user_data)
{
  CsUpstreams *self = user_data;
  g_autofree gpointer *lans = g_hash_table_get_keys_as_array (self->news, NULL);

  self->telling = 0;
  g_hash_table_steal_all (self->news);
  for (guint i = 0; lans[i] != NULL; i++)
    {
      self->changed (lans[i], self->user_data);
      g_free (lans[i]);
    }
  return G_SOURCE_REMOVE;
}

static void
on_changed (const char *lan, gpointer user_data)
{
  CsUpstreams *self = user_data;

  g_hash_table_add (self->news, g_strdup (lan));
  if (self->telling == 0)
    self->telling = g_timeout_add (TELL_AFTER, tell, self);
}

static gboolean
is_used (const CsUpstreams *self, const CsRouter *router)
{
  GHashTableIter iter;
  gpointer one;

  g_hash_table_iter_init (&iter, self->lans);
  while (g_hash_table_iter_next (&iter, NULL, &one))
    if (one == router)
      return TRUE;
  return FALSE;
}

static gboolean
sweep (gpointer user_data)
{
  CsUpstreams *self = user_data;

  self->sweeping = 0;
  for (guint i = self->routers->len; i-- > 0;)
    {
      const CsRouter *router = self->routers->pdata[i];

      if (cs_router_is_empty (router) && !is_used (self, router))
        g_ptr_array_remove_index (self->routers, i);
    }
  return G_SOURCE_REMOVE;
}

static void
on_emptied (gpointer user_data)
{
  CsUpstreams *self = user_data;

  if (self->sweeping == 0)
    self->sweeping = g_idle_add (sweep, self);
}

static CsRouter *
get_router (CsUpstreams *self, const char *device, CsAddress own, CsAddress router)
{
  const CsRouterWatcher watcher = { on_changed, on_emptied, self };

  for (guint i = 0; i < self->routers->len; i++)
    if (cs_router_is_at (self->routers->pdata[i], device, own, router))
      return self->routers->pdata[i];
  g_ptr_array_add (self->routers, cs_router_new (device, own, router, &watcher));
  return self->routers->pdata[self->routers->len - 1];
}

/* --- Mappings ---------------------------------------------------------------------- */

static void
add (CsRouter *router, const char *lan, const CsForward *forward)
{
  for (guint port = forward->port; port <= forward->last; port++)
    cs_router_add (router, lan, forward->protocol, (guint16)port);
}

static void
on_added (CsForwards *forwards,
          const char *lan,
          const CsForward *forward,
          gpointer user_data)
{
  CsUpstreams *self = user_data;
  CsRouter *router = g_hash_table_lookup (self->lans, lan);

  if (router != NULL && !cs_forward_is_pinhole (forward))
    add (router, lan, forward);
}

static void
on_removed (CsForwards *forwards,
            const char *lan,
            const CsForward *forward,
            gpointer user_data)
{
  CsUpstreams *self = user_data;
  CsRouter *router
      = !cs_forward_is_pinhole (forward) ? g_hash_table_lookup (self->lans, lan) : NULL;

  for (guint port = forward->port; router != NULL && port <= forward->last; port++)
    cs_router_remove (router, lan, forward->protocol, (guint16)port);
}

static void
add_all (CsUpstreams *self, CsRouter *router, const char *lan)
{
  g_autoptr (GPtrArray) forwards = cs_forwards_list (self->forwards, lan);

  for (guint i = 0; i < forwards->len; i++)
    if (!cs_forward_is_pinhole (forwards->pdata[i]))
      add (router, lan, forwards->pdata[i]);
}

/* --- Following the plan ------------------------------------------------------------ */

static CsAddress
find_gateway (const CsSharePlan *share)
{
  for (guint i = 0; i < share->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (share->routes, CsRoute, i);

      if (cs_route_is_default (route) && route->destination.address.family == AF_INET
          && route->gateway.family == AF_INET)
        return route->gateway;
    }
  return (CsAddress){ 0 };
}

/* The uplink's address that @gateway knows it by; unset: it has one of the Internet. */
static CsAddress
find_own (const CsSharePlan *share, CsAddress gateway)
{
  gboolean known = FALSE; /* of the gateway's network */
  CsAddress own = { 0 };

  for (guint i = share->uplink_addresses->len; i-- > 0;)
    {
      CsCidr cidr = g_array_index (share->uplink_addresses, CsCidr, i);

      if (cidr.address.family != AF_INET)
        continue;
      if (!cs_address_is_private (cidr.address))
        return (CsAddress){ 0 };
      if (!known)
        own = cidr.address;
      known = known || cs_cidr_contains (cidr, gateway);
    }
  return own;
}

/* (nullable) */
static CsRouter *
find_router (CsUpstreams *self, const CsSharePlan *share)
{
  CsAddress gateway, own;

  if (cs_share_plan_applied (share) == NULL || !cs_share_plan_maps (share))
    return NULL;
  gateway = find_gateway (share);
  own = find_own (share, gateway);
  if (!cs_address_is_set (gateway) || !cs_address_is_set (own))
    return NULL;
  return get_router (self, share->uplink, own, gateway);
}

static void
set_router (CsUpstreams *self, const char *lan, CsRouter *router)
{
  CsRouter *before = g_hash_table_lookup (self->lans, lan);

  if (before == router)
    return;
  if (router != NULL)
    g_hash_table_insert (self->lans, g_strdup (lan), router);
  else
    g_hash_table_remove (self->lans, lan);
  if (before != NULL)
    cs_router_remove_lan (before, lan);
  if (router != NULL)
    add_all (self, router, lan);
}

static void
drop_lans (CsUpstreams *self, const CsPlan *plan)
{
  g_autofree gpointer *lans = g_hash_table_get_keys_as_array (self->lans, NULL);

  for (guint i = 0; lans[i] != NULL; i++)
    if (cs_plan_find (plan, lans[i]) == NULL)
      {
        g_autofree char *lan = g_strdup (lans[i]);

        set_router (self, lan, NULL);
      }
}

void
cs_upstreams_follow (CsUpstreams *self, const CsPlan *plan)
{
  drop_lans (self, plan);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];

      set_router (self, share->lan, find_router (self, share));
    }
}

static void
release (CsUpstreams *self, CsRouter *router, const char *lan)
{
  g_autoptr (GPtrArray) forwards = cs_forwards_list (self->forwards, lan);

  for (guint i = 0; i < forwards->len; i++)
    {
      const CsForward *forward = forwards->pdata[i];

      for (guint port = forward->port;
           !cs_forward_is_pinhole (forward) && port <= forward->last; port++)
        cs_router_release (router, lan, forward->protocol, (guint16)port);
    }
}

void
cs_upstreams_release (CsUpstreams *self, const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];
      CsRouter *router = find_router (self, share);

      if (router != NULL)
        release (self, router, share->lan);
    }
}

gboolean
cs_upstreams_is_busy (const CsUpstreams *self)
{
  for (guint i = 0; i < self->routers->len; i++)
    if (!cs_router_is_empty (self->routers->pdata[i]))
      return TRUE;
  return FALSE;
}

CsUpstreams *
cs_upstreams_new (CsForwards *forwards,
                  void (*changed) (const char *lan, gpointer user_data),
                  gpointer user_data)
{
  CsUpstreams *self = g_new0 (CsUpstreams, 1);

  self->forwards = g_object_ref (forwards);
  self->changed = changed;
  self->user_data = user_data;
  self->routers = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_router_free);
  self->lans = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  self->news = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  g_signal_connect (forwards, "added", G_CALLBACK (on_added), self);
  g_signal_connect (forwards, "removed", G_CALLBACK (on_removed), self);
  return self;
}

void
cs_upstreams_free (CsUpstreams *self)
{
  g_signal_handlers_disconnect_by_data (self->forwards, self);
  g_clear_handle_id (&self->telling, g_source_remove);
  g_clear_handle_id (&self->sweeping, g_source_remove);
  g_hash_table_unref (self->news);
  g_hash_table_unref (self->lans);
  g_ptr_array_unref (self->routers);
  g_object_unref (self->forwards);
  g_free (self);
}

/* --- Looking ----------------------------------------------------------------------- */

/* Adds the next port of a range. One that is scattered is of no use. */
static void
extend (CsUpstream *upstream, const CsRouterMapping *mapping)
{
  if (upstream->state != CS_ROUTER_MAPPING_MAPPED)
    return;
  if (mapping->state != CS_ROUTER_MAPPING_MAPPED)
    upstream->state = mapping->state;
  else if (mapping->external_port != upstream->last + 1
           || !cs_address_equal (mapping->external, upstream->external))
    upstream->state = CS_ROUTER_MAPPING_REFUSED;
  upstream->last = mapping->external_port;
}

gboolean
cs_upstreams_find (const CsUpstreams *self,
                   const char *lan,
                   const CsForward *forward,
                   CsUpstream *upstream)
{
  const CsRouter *router
      = !cs_forward_is_pinhole (forward) ? g_hash_table_lookup (self->lans, lan) : NULL;
  const CsRouterMapping *mapping;

  *upstream = (CsUpstream){ 0 };
  for (guint port = forward->port; router != NULL && port <= forward->last; port++)
    {
      mapping = cs_router_find (router, forward->protocol, (guint16)port);
      if (mapping == NULL)
        return FALSE;
      if (port == forward->port)
        *upstream = (CsUpstream){ mapping->state, mapping->external_port,
                                  mapping->external_port, mapping->external };
      else
        extend (upstream, mapping);
    }
  return router != NULL;
}

CsAddress
cs_upstreams_external_address (const CsUpstreams *self, const char *lan)
{
  const CsRouter *router = g_hash_table_lookup (self->lans, lan);

  return router != NULL ? cs_router_get_external (router) : (CsAddress){ 0 };
}
