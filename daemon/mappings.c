/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "mappings.h"

/* --- For the bus ------------------------------------------------------------------- */

static void
add_async (gpointer forwards,
           const char *lan,
           CsForward *forward,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  cs_forwards_add_async (forwards, lan, forward, callback, user_data);
}

static void
remove_async (gpointer forwards,
              const char *lan,
              guint8 protocol,
              guint port,
              const char *client,
              GAsyncReadyCallback callback,
              gpointer user_data)
{
  cs_forwards_remove_async (forwards, lan, protocol, port, client, callback, user_data);
}

static const CsForward *
find (gpointer forwards, const char *lan, guint8 protocol, guint port, const char *client)
{
  return cs_forwards_find (forwards, lan, protocol, port, client);
}

static GPtrArray *
list (gpointer forwards, const char *lan)
{
  return cs_forwards_list (forwards, lan);
}

static CsAddress
find_address (gpointer forwards,
              const char *lan,
              const CsForward *forward,
              const GArray **addresses6)
{
  return cs_forwards_find_address (forwards, lan, forward, addresses6);
}

static CsAddress
external_address (gpointer forwards, const char *lan)
{
  return cs_forwards_external_address (forwards, lan);
}

static CsForwardStanding
find_standing (gpointer forwards, const char *lan, const CsForward *forward)
{
  return cs_forwards_find_standing (forwards, lan, forward);
}

static char *
print_upstream (const CsUpstream *upstream)
{
  g_autofree char *address = cs_address_to_string (upstream->external);

  if (upstream->last == upstream->port)
    return g_strdup_printf ("%s:%u", address, upstream->port);
  return g_strdup_printf ("%s:%u-%u", address, upstream->port, upstream->last);
}

static char *
find_upstream (gpointer upstreams,
               const char *lan,
               const CsForward *forward,
               const char **state)
{
  CsUpstream upstream;

  *state = NULL;
  if (!cs_upstreams_find (upstreams, lan, forward, &upstream))
    return NULL;
  *state = cs_router_mapping_state_to_string (upstream.state);
  return upstream.state == CS_ROUTER_MAPPING_MAPPED ? print_upstream (&upstream) : NULL;
}

const CsBusForwards cs_mappings_functions = {
  .add_async = add_async,
  .add_finish = cs_forwards_add_finish,
  .remove_async = remove_async,
  .remove_finish = cs_forwards_remove_finish,
  .find = find,
  .list = list,
  .find_address = find_address,
  .external_address = external_address,
  .find_standing = find_standing,
  .find_upstream = find_upstream,
};

/* --- Following --------------------------------------------------------------------- */

static void
on_share_changed (CsEngine *engine, const char *lan, gpointer forwards)
{
  g_autoptr (CsPlan) applied = NULL;
  g_autoptr (CsPlan) shown = cs_engine_get_plan (engine, &applied);

  cs_forwards_follow (forwards, shown);
}

static void
on_share_removed (CsEngine *engine, const char *lan, gpointer forwards)
{
  cs_forwards_forget (forwards, lan);
}

/* What was adopted is adopted again later: until then nobody knows which LANs that are.
 */
void
cs_mappings_sweep (CsForwards *forwards, CsEngine *engine)
{
  g_auto (GStrv) lans = cs_engine_list_lans (engine);

  if (cs_engine_get_adopt_wan (engine) == NULL)
    cs_forwards_keep (forwards, (const char *const *)lans);
}

static void
on_adopt_wan_changed (CsEngine *engine, gpointer forwards)
{
  cs_mappings_sweep (forwards, engine);
}

static void
on_lan_changed (CsForwards *forwards, const char *lan, gpointer manager)
{
  cs_bus_manager_update_forwards (manager, lan);
}

void
cs_mappings_connect (CsForwards *forwards,
                     CsEngine *engine,
                     const CsBusHost *host,
                     CsBusManager *manager)
{
  g_signal_connect_object (engine, "share-changed", G_CALLBACK (on_share_changed),
                           forwards, 0);
  g_signal_connect_object (engine, "share-removed", G_CALLBACK (on_share_removed),
                           forwards, 0);
  g_signal_connect_object (engine, "adopt-wan-changed", G_CALLBACK (on_adopt_wan_changed),
                           forwards, 0);
  if (host->clients != NULL)
    cs_forwards_set_clients (forwards, host->look_at_clients, host->clients);
  if (manager != NULL)
    g_signal_connect_object (forwards, "lan-changed", G_CALLBACK (on_lan_changed),
                             manager, 0);
}
