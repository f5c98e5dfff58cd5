/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An address belongs to whom it was seen with last; a look that sees it with somebody
 * else moves it. Of IPv6 a client makes up new ones as it likes, and keeps those before
 * for a while; who has too many loses those that were heard first. */
#include "client-list.h"

#include <stdio.h>
#include <string.h>

/* How long who has left is remembered, in seconds. */
#define MEMORY (24 * 60 * 60)

/* An address of IPv6. */
typedef struct
{
  CsAddress address;
  gint64 heard;
} Heard;

/* What a look adds to a client. */
typedef struct
{
  CsClient client;
  GArray *found;   /* (owned) of CsAddress, in this look: IPv4 */
  GArray *found6;  /* (owned) of Heard, likewise: the last ones first */
  char *claimed;   /* (owned) (nullable) host name, in this look */
  gboolean leased; /* in this look */
  gboolean station;
} Entry;

struct _CsClientList
{
  GPtrArray *entries;   /* (owned) of Entry (owned), in order of .since */
  GHashTable *by_mac;   /* (owned) CsMac (owned by the value) -> Entry */
  gint64 now;           /* of the look */
  gboolean wireless;    /* in this look: only stations are there */
  gboolean has_changed; /* in this look */
};

static void
entry_free (gpointer data)
{
  Entry *entry = data;

  g_array_unref (entry->client.addresses);
  g_array_unref (entry->found);
  g_array_unref (entry->found6);
  g_free (entry->client.hostname);
  g_free (entry->claimed);
  g_free (entry);
}

CsClientList *
cs_client_list_new (void)
{
  CsClientList *self = g_new0 (CsClientList, 1);

  self->entries = g_ptr_array_new_with_free_func (entry_free);
  self->by_mac = g_hash_table_new (cs_mac_hash, cs_mac_key_equal);
  return self;
}

void
cs_client_list_free (CsClientList *self)
{
  g_hash_table_unref (self->by_mac);
  g_ptr_array_unref (self->entries);
  g_free (self);
}

static Entry *
entry_new (CsClientList *self, CsMac mac, gint64 since)
{
  Entry *entry = g_new0 (Entry, 1);

  entry->client.mac = mac;
  entry->client.addresses = cs_addresses_new ();
  entry->client.since = since;
  entry->found = cs_addresses_new ();
  entry->found6 = g_array_new (FALSE, FALSE, sizeof (Heard));
  g_ptr_array_add (self->entries, entry);
  g_hash_table_insert (self->by_mac, &entry->client.mac, entry);
  return entry;
}

/* NULL if there are too many. */
static Entry *
get_entry (CsClientList *self, CsMac mac)
{
  Entry *entry = g_hash_table_lookup (self->by_mac, &mac);

  if (entry || !cs_mac_is_client (mac) || self->entries->len >= CS_CLIENTS_MAX)
    return entry;
  self->has_changed = TRUE;
  return entry_new (self, mac, self->now);
}

/* --- A look ------------------------------------------------------------------------ */

void
cs_client_list_begin (CsClientList *self, gint64 now)
{
  self->now = now;
  self->wireless = FALSE;
  self->has_changed = FALSE;
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      g_array_set_size (entry->found, 0);
      g_array_set_size (entry->found6, 0);
      g_clear_pointer (&entry->claimed, g_free);
      entry->leased = entry->station = FALSE;
      entry->client.signal = 0;
    }
}

static void
add_address (Entry *entry, CsAddress address)
{
  if (entry->found->len < CS_CLIENT_ADDRESSES_MAX
      && !cs_addresses_contain (entry->found, address))
    cs_addresses_add (entry->found, address);
}

static gboolean
has_found6 (const Entry *entry, CsAddress address)
{
  for (guint i = 0; i < entry->found6->len; i++)
    if (cs_address_equal (g_array_index (entry->found6, Heard, i).address, address))
      return TRUE;
  return FALSE;
}

static void
add_address6 (Entry *entry, CsAddress address, gint64 heard)
{
  const Heard one = { address, heard };
  guint at = entry->found6->len;

  if (has_found6 (entry, address))
    return;
  while (at > 0 && g_array_index (entry->found6, Heard, at - 1).heard < heard)
    at--;
  if (at == CS_CLIENT_ADDRESSES6_MAX)
    return;
  if (entry->found6->len == CS_CLIENT_ADDRESSES6_MAX)
    g_array_set_size (entry->found6, CS_CLIENT_ADDRESSES6_MAX - 1);
  g_array_insert_val (entry->found6, at, one);
}

void
cs_client_list_add_lease (CsClientList *self,
                          CsMac mac,
                          CsAddress address,
                          const char *hostname)
{
  Entry *entry = get_entry (self, mac);

  if (!entry)
    return;
  entry->leased = TRUE;
  g_free (entry->claimed);
  entry->claimed = g_strdup (hostname);
  add_address (entry, address);
}

void
cs_client_list_add_neighbor (CsClientList *self,
                             CsMac mac,
                             CsAddress address,
                             gint64 heard)
{
  Entry *entry = g_hash_table_lookup (self->by_mac, &mac);

  /* a mere entry of the kernel's is no client */
  if (!entry && heard > self->now - CS_CLIENT_PRESENCE)
    entry = get_entry (self, mac);
  if (!entry)
    return;
  if (address.family == AF_INET6 && heard > self->now - MEMORY)
    add_address6 (entry, address, heard);
  /* who has an address by DHCP has left an earlier one behind */
  if (address.family == AF_INET
      && heard > self->now - (entry->leased ? CS_CLIENT_PRESENCE : MEMORY))
    add_address (entry, address);
  entry->client.seen = MAX (entry->client.seen, MIN (heard, self->now));
}

void
cs_client_list_add_station (CsClientList *self, CsMac mac, int signal)
{
  Entry *entry = get_entry (self, mac);

  if (!entry)
    return;
  entry->station = TRUE;
  entry->client.seen = self->now;
  entry->client.signal = signal;
}

void
cs_client_list_set_wireless (CsClientList *self)
{
  self->wireless = TRUE;
}

/* Those that @before has as well keep their order, so that it does not depend on which of
 * them was heard when. */
static void
add_found6 (Entry *entry, const GArray *before)
{
  for (guint i = 0; i < entry->found6->len; i++)
    {
      CsAddress address = g_array_index (entry->found6, Heard, i).address;

      if (!cs_addresses_contain (before, address))
        cs_addresses_add (entry->found, address);
    }
  for (guint i = 0; i < before->len; i++)
    if (has_found6 (entry, g_array_index (before, CsAddress, i)))
      cs_addresses_add (entry->found, g_array_index (before, CsAddress, i));
}

static void
conclude (CsClientList *self, Entry *entry)
{
  CsClient *client = &entry->client;
  gboolean online
      = self->wireless ? entry->station : client->seen > self->now - CS_CLIENT_PRESENCE;

  add_found6 (entry, client->addresses);
  if (online != client->online || entry->leased != client->leased
      || !cs_addresses_equal (entry->found, client->addresses)
      || (entry->claimed && g_strcmp0 (entry->claimed, client->hostname) != 0))
    self->has_changed = TRUE;
  client->online = online;
  client->leased = entry->leased;
  g_array_set_size (client->addresses, 0);
  g_array_append_vals (client->addresses, entry->found->data, entry->found->len);
  if (entry->claimed)
    {
      g_free (client->hostname);
      client->hostname = g_steal_pointer (&entry->claimed);
    }
}

static gboolean
is_forgotten (const CsClientList *self, const Entry *entry)
{
  const CsClient *client = &entry->client;
  gboolean full = self->entries->len >= CS_CLIENTS_MAX;

  return !client->online && !client->leased
         && (full || MAX (client->seen, client->since) < self->now - MEMORY);
}

gboolean
cs_client_list_end (CsClientList *self)
{
  for (guint i = self->entries->len; i > 0; i--)
    {
      Entry *entry = self->entries->pdata[i - 1];

      conclude (self, entry);
      if (!is_forgotten (self, entry))
        continue;
      self->has_changed = TRUE;
      g_hash_table_remove (self->by_mac, &entry->client.mac);
      g_ptr_array_remove_index (self->entries, i - 1);
    }
  return self->has_changed;
}

gboolean
cs_client_list_hear (CsClientList *self, CsMac mac, CsAddress address, gint64 heard)
{
  CsClient *client = cs_client_list_find (self, mac);

  if (!client || !client->online || !cs_addresses_contain (client->addresses, address))
    return FALSE;
  client->seen = MAX (client->seen, heard);
  return TRUE;
}

/* --- What is known ----------------------------------------------------------------- */

guint
cs_client_list_count_online (const CsClientList *self)
{
  guint count = 0;

  for (guint i = 0; i < self->entries->len; i++)
    count += ((Entry *)self->entries->pdata[i])->client.online;
  return count;
}

GPtrArray *
cs_client_list_get_all (CsClientList *self)
{
  GPtrArray *clients = g_ptr_array_new ();

  for (guint i = 0; i < self->entries->len; i++)
    g_ptr_array_add (clients, &((Entry *)self->entries->pdata[i])->client);
  return clients;
}

CsClient *
cs_client_list_find (CsClientList *self, CsMac mac)
{
  Entry *entry = g_hash_table_lookup (self->by_mac, &mac);

  return entry ? &entry->client : NULL;
}

CsClient *
cs_client_list_find_address (CsClientList *self, CsAddress address)
{
  for (guint i = 0; i < self->entries->len; i++)
    {
      Entry *entry = self->entries->pdata[i];

      if (cs_addresses_contain (entry->client.addresses, address))
        return &entry->client;
    }
  return NULL;
}

gint64
cs_client_list_next_silence (const CsClientList *self)
{
  gint64 first = 0;

  for (guint i = 0; i < self->entries->len; i++)
    {
      const CsClient *client = &((Entry *)self->entries->pdata[i])->client;

      if (client->online && (first == 0 || client->seen < first))
        first = client->seen;
    }
  return first ? first + CS_CLIENT_PRESENCE : 0;
}

/* --- On disk ----------------------------------------------------------------------- */

char *
cs_client_list_to_text (const CsClientList *self)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < self->entries->len; i++)
    {
      const CsClient *client = &((Entry *)self->entries->pdata[i])->client;
      g_autofree char *mac = cs_mac_to_string (client->mac);

      g_string_append_printf (out,
                              "%s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT
                              " %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT "\n",
                              mac, client->since, client->seen, client->usage.bytes_sent,
                              client->usage.bytes_received);
    }
  return g_string_free (out, FALSE);
}

void
cs_client_list_from_text (CsClientList *self, const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line; line++)
    {
      char word[18];
      gint64 since, seen;
      CsUsage usage;
      CsMac mac;
      Entry *entry;

      if (sscanf (*line,
                  "%17s %" G_GINT64_FORMAT " %" G_GINT64_FORMAT " %" G_GUINT64_FORMAT
                  " %" G_GUINT64_FORMAT,
                  word, &since, &seen, &usage.bytes_sent, &usage.bytes_received)
              != 5
          || (*line)[strlen (word)] != ' ' || !cs_mac_parse (word, &mac)
          || g_hash_table_contains (self->by_mac, &mac)
          || self->entries->len >= CS_CLIENTS_MAX)
        continue;
      entry = entry_new (self, mac, since);
      entry->client.seen = seen;
      entry->client.usage = usage;
    }
}
