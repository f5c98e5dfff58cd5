/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lan-forwards.h"

#include "forward-flows.h"

#include "core/plan/ipv6.h"
#include "core/value/client-choices.h"
#include "system/nft/forward-elements.h"

CsLanForwards *
cs_lan_forwards_new (const char *folder, const char *lan)
{
  CsLanForwards *self = g_new0 (CsLanForwards, 1);

  self->lan = g_strdup (lan);
  self->table = cs_forward_table_new ();
  self->file = cs_forward_file_new (folder, lan);
  self->uplinks = cs_addresses_new ();
  self->networks6 = g_array_new (FALSE, FALSE, sizeof (CsCidr));
  cs_forward_file_read (self->file, self->table);
  return self;
}

/* --- What is wanted ---------------------------------------------------------------- */

static void
visit_client (const CsLanForwards *self,
              const CsForwardClient *client,
              CsForwardElementFunc func)
{
  GHashTableIter iter;
  gpointer forward;

  g_hash_table_iter_init (&iter, client->forwards);
  while (g_hash_table_iter_next (&iter, &forward, NULL))
    cs_forward_visit_elements (forward, client, self->uplinks, func, NULL);
}

static void
visit_all (const CsLanForwards *self, CsForwardElementFunc func)
{
  g_autoptr (GPtrArray) clients = cs_forward_table_list_clients (self->table);

  for (guint i = 0; i < clients->len; i++)
    visit_client (self, clients->pdata[i], func);
}

GArray *
cs_lan_forwards_outside (const CsLanForwards *self)
{
  const CsSharePlan *share = self->share;
  GArray *uplinks = cs_addresses_new ();

  for (guint i = 0;
       share != NULL && share->uplink != NULL && i < share->uplink_addresses->len; i++)
    {
      CsAddress address = g_array_index (share->uplink_addresses, CsCidr, i).address;

      if (address.family == AF_INET)
        cs_addresses_add (uplinks, address);
    }
  return uplinks;
}

/* Where ports of an uplink may lead to the LAN. */
static GArray *
list_uplinks (const CsLanForwards *self)
{
  if (self->share != NULL && cs_share_plan_maps (self->share))
    return cs_lan_forwards_outside (self);
  return cs_addresses_new ();
}

static GArray *
list_networks6 (const CsSharePlan *share)
{
  if (share != NULL && cs_share_plan_maps (share))
    return cs_share_plan_own_sources6 (share);
  return g_array_new (FALSE, FALSE, sizeof (CsCidr));
}

void
cs_lan_forwards_set_share (CsLanForwards *self, CsSharePlan *share)
{
  g_autoptr (GArray) uplinks = NULL;

  g_clear_pointer (&self->share, cs_share_plan_unref);
  self->share = cs_share_plan_ref (share);
  uplinks = list_uplinks (self);
  g_array_unref (self->networks6);
  self->networks6 = list_networks6 (share);
  if (cs_addresses_equal (uplinks, self->uplinks))
    return;
  visit_all (self, cs_forward_elements_unwant);
  g_array_unref (self->uplinks);
  self->uplinks = g_steal_pointer (&uplinks);
  visit_all (self, cs_forward_elements_want);
}

void
cs_lan_forwards_free (gpointer data)
{
  CsLanForwards *self = data;

  visit_all (self, cs_forward_elements_unwant);
  cs_forward_table_free (self->table);
  cs_forward_file_free (self->file);
  g_clear_pointer (&self->share, cs_share_plan_unref);
  g_array_unref (self->uplinks);
  g_array_unref (self->networks6);
  g_free (self->blocked_by);
  g_free (self->blocked_by6);
  g_free (self->lan);
  g_free (self);
}

/* --- Clients ----------------------------------------------------------------------- */

static gboolean
is_blocked (const CsLanForwards *self, CsMac mac)
{
  return self->share != NULL && cs_blocked_has (self->share->blocked, mac);
}

/* Where mappings to a client lead now. */
typedef struct
{
  CsAddress address;
  GArray *addresses6; /* (owned) */
} Place;

/* By an address, whoever has it. */
static void
find_by_address (const CsLanForwards *self,
                 CsAddress address,
                 CsClientList *clients,
                 Place *place)
{
  const CsClient *holder
      = clients != NULL ? cs_client_list_find_address (clients, address) : NULL;

  if (holder != NULL && is_blocked (self, holder->mac))
    return;
  if (address.family == AF_INET)
    place->address = address;
  else
    cs_addresses_add (place->addresses6, address);
}

/* The first of IPv4 is that of its lease. */
static void
take_addresses (const CsLanForwards *self, const CsClient *client, Place *place)
{
  for (guint i = 0; i < client->addresses->len; i++)
    {
      CsAddress address = g_array_index (client->addresses, CsAddress, i);

      if (address.family == AF_INET && !cs_address_is_set (place->address))
        place->address = address;
      else if (address.family == AF_INET6 && cs_cidrs_contain (self->networks6, address))
        cs_addresses_add (place->addresses6, address);
    }
}

/* One that says nothing keeps its address until somebody else has it. */
static void
find_by_mac (const CsLanForwards *self,
             CsMac mac,
             CsAddress last,
             CsClientList *clients,
             Place *place)
{
  const CsClient *client = clients != NULL ? cs_client_list_find (clients, mac) : NULL;

  if (is_blocked (self, mac))
    return;
  if (client != NULL)
    take_addresses (self, client, place);
  if (!cs_address_is_set (place->address)
      && (clients == NULL || cs_client_list_find_address (clients, last) == NULL))
    place->address = last;
}

/* Where the LAN has another network now, nothing leads to the one before: a host that
 * forwards anyway would send it on, wherever its routes lead. */
static Place
find_place (const CsLanForwards *self,
            const CsForwardClient *client,
            CsClientList *clients)
{
  Place place = { .addresses6 = cs_addresses_new () };
  CsAddress address;
  CsMac mac;

  if (cs_mac_parse (client->client, &mac))
    find_by_mac (self, mac, client->address, clients, &place);
  else if (cs_address_parse (client->client, &address))
    find_by_address (self, address, clients, &place);
  if (self->share != NULL && !cs_share_plan_can_hold (self->share, place.address))
    place.address = (CsAddress){ 0 };
  return place;
}

static gboolean
is_at (const CsForwardClient *client, const Place *place)
{
  return cs_address_equal (client->address, place->address)
         && cs_addresses_equal (client->addresses6, place->addresses6);
}

static void
end_flows (const CsLanForwards *self,
           const CsForward *forward,
           const CsAddress *client,
           const GArray *addresses6,
           GAsyncReadyCallback callback,
           gpointer user_data)
{
  g_autoptr (GArray) none = cs_addresses_new ();

  /* A pinhole leads no port of the uplinks. */
  cs_forward_flows_end_async (forward,
                              cs_forward_is_pinhole (forward) ? none : self->uplinks,
                              client, addresses6, self->networks6, callback, user_data);
}

/* Flows that lead anywhere else end, also to this computer, where they led while nobody
 * knew the client's address: a peer that goes on sending would never reach it. */
static void
clear_flows (const CsLanForwards *self, const CsForwardClient *client)
{
  GHashTableIter iter;
  gpointer forward;

  g_hash_table_iter_init (&iter, client->forwards);
  while (g_hash_table_iter_next (&iter, &forward, NULL))
    end_flows (self, forward, &client->address, client->addresses6, NULL, NULL);
}

/* A change of IPv4's is remembered. */
static void
move (CsLanForwards *self, CsForwardClient *client, Place *place)
{
  gboolean is_news = !cs_address_equal (client->address, place->address);
  g_autoptr (GError) error = NULL;
  g_autofree char *line = NULL;

  visit_client (self, client, cs_forward_elements_unwant);
  client->address = place->address;
  g_array_unref (client->addresses6);
  client->addresses6 = g_array_ref (place->addresses6);
  visit_client (self, client, cs_forward_elements_want);
  if (is_news)
    clear_flows (self, client);
  line = cs_forward_table_line_of_client (client);
  if (is_news && !cs_forward_file_add (self->file, line, self->table, FALSE, &error))
    g_warning ("%s", error->message);
}

static gboolean
follow_client (CsLanForwards *self, CsForwardClient *client, CsClientList *clients)
{
  Place place = find_place (self, client, clients);
  gboolean moves = !is_at (client, &place);

  if (moves)
    move (self, client, &place);
  g_array_unref (place.addresses6);
  return moves;
}

gboolean
cs_lan_forwards_follow_clients (CsLanForwards *self, CsClientList *clients)
{
  g_autoptr (GPtrArray) all = cs_forward_table_list_clients (self->table);
  gboolean changed = FALSE;

  for (guint i = 0; i < all->len; i++)
    changed = follow_client (self, all->pdata[i], clients) || changed;
  return changed;
}

/* --- Changes ----------------------------------------------------------------------- */

static gboolean
keep (CsLanForwards *self, const CsForward *forward, GError **error)
{
  g_autofree char *line = cs_forward_table_line_of (forward);

  return cs_forward_file_add (self->file, line, self->table,
                              forward->origin == CS_FORWARD_USER, error);
}

gboolean
cs_lan_forwards_add (CsLanForwards *self,
                     CsForward *forward,
                     CsClientList *clients,
                     GError **error)
{
  gboolean is_new = cs_forward_table_find_rival (self->table, forward) == NULL;
  CsForwardClient *client;

  cs_forward_table_add (self->table, forward);
  if (!keep (self, forward, error))
    {
      if (is_new)
        cs_forward_free (cs_forward_table_take (self->table, forward));
      return FALSE;
    }
  if (!is_new)
    return TRUE;
  client = cs_forward_table_find_client (self->table, forward->client);
  cs_forward_visit_elements (forward, client, self->uplinks, cs_forward_elements_want,
                             NULL);
  follow_client (self, client, clients);
  return TRUE;
}

gboolean
cs_lan_forwards_remove (CsLanForwards *self,
                        const CsForward *forward,
                        GAsyncReadyCallback callback,
                        gpointer user_data,
                        GError **error)
{
  const CsForwardClient *client
      = cs_forward_table_find_client (self->table, forward->client);
  g_autofree char *line = cs_forward_table_line_without (forward);
  g_autoptr (GArray) addresses6 = g_array_ref (client->addresses6);
  g_autoptr (CsForward) taken = NULL;

  cs_forward_visit_elements (forward, client, self->uplinks, cs_forward_elements_unwant,
                             NULL);
  taken = cs_forward_table_take (self->table, forward);
  end_flows (self, taken, NULL, addresses6, callback, user_data);
  if (cs_forward_table_count (self->table) > 0)
    return cs_forward_file_add (self->file, line, self->table,
                                taken->origin == CS_FORWARD_USER, error);
  cs_forward_file_remove (self->file);
  return TRUE;
}

void
cs_lan_forwards_clear_flows (const CsLanForwards *self, const CsForward *forward)
{
  const CsForwardClient *client
      = cs_forward_table_find_client (self->table, forward->client);
  g_autoptr (GArray) none = cs_addresses_new ();

  end_flows (self, forward, &client->address, none, NULL, NULL);
}

gboolean
cs_lan_forwards_meet (const CsLanForwards *a, const CsLanForwards *b)
{
  return a->share != NULL && b->share != NULL && a->share->uplink_ifindex != 0
         && a->share->uplink_ifindex == b->share->uplink_ifindex;
}

gboolean
cs_lan_forwards_is_mapped (const CsLanForwards *self)
{
  return self != NULL && cs_forward_table_count (self->table) > 0;
}
