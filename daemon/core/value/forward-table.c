/* SPDX-License-Identifier: GPL-2.0-or-later */
/* In the file, "+ MAPPING" is one that is added (forward.c), "- tcp PORT" is removed, of
 * a pinhole "- tcp PORT CLIENT", and "= CLIENT ADDRESS" says where a client was seen
 * last: so its mappings are in force again before it has said anything. */
#include "forward-table.h"

#include "dbus/errors.h"

#include <string.h>

struct _CsForwardTable
{
  GHashTable *ports;   /* (owned) key_of () -> CsForward: for each port of each, but for
                          pinholes, which their clients have */
  GHashTable *all;     /* (owned) a set of CsForward (owned) */
  GHashTable *clients; /* (owned) name (owned by the value) -> CsForwardClient (owned) */
  GTree *ends;         /* (owned) a set of CsForward, by when they end */
};

static gpointer
key_of (guint8 protocol, guint port)
{
  return GUINT_TO_POINTER ((guint)protocol << 16 | port);
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const CsForward *left = a, *right = b;

  if (left->protocol != right->protocol)
    return left->protocol < right->protocol ? -1 : 1;
  if (left->port != right->port)
    return left->port < right->port ? -1 : 1;
  return strcmp (left->client, right->client);
}

static int
compare_ends (gconstpointer a, gconstpointer b)
{
  gint64 left = ((const CsForward *)a)->expires, right = ((const CsForward *)b)->expires;

  return left < right ? -1 : left > right ? 1 : compare (a, b);
}

static void
client_free (gpointer data)
{
  CsForwardClient *client = data;

  g_free (client->client);
  g_hash_table_unref (client->forwards);
  g_array_unref (client->addresses6);
  g_clear_pointer (&client->ports, g_hash_table_unref);
  g_free (client);
}

CsForwardTable *
cs_forward_table_new (void)
{
  CsForwardTable *self = g_new (CsForwardTable, 1);

  self->ports = g_hash_table_new (NULL, NULL);
  self->all = g_hash_table_new_full (NULL, NULL, (GDestroyNotify)cs_forward_free, NULL);
  self->clients = g_hash_table_new_full (g_str_hash, g_str_equal, NULL, client_free);
  self->ends = g_tree_new (compare_ends);
  return self;
}

void
cs_forward_table_free (CsForwardTable *self)
{
  g_tree_unref (self->ends);
  g_hash_table_unref (self->clients);
  g_hash_table_unref (self->ports);
  g_hash_table_unref (self->all);
  g_free (self);
}

/* --- What there is ----------------------------------------------------------------- */

guint
cs_forward_table_count (const CsForwardTable *self)
{
  return g_hash_table_size (self->all);
}

CsForwardClient *
cs_forward_table_find_client (const CsForwardTable *self, const char *client)
{
  return g_hash_table_lookup (self->clients, client);
}

/* Where the ports of mappings to @client are (nullable: it has none). */
static GHashTable *
get_ports (const CsForwardTable *self, const char *client)
{
  const CsForwardClient *known;

  if (!client || !cs_forward_client_has_pinholes (client))
    return self->ports;
  known = cs_forward_table_find_client (self, client);
  return known ? known->ports : NULL;
}

const CsForward *
cs_forward_table_find (const CsForwardTable *self,
                       guint8 protocol,
                       guint port,
                       const char *client)
{
  GHashTable *ports = get_ports (self, client);

  return ports ? g_hash_table_lookup (ports, key_of (protocol, port)) : NULL;
}

const CsForward *
cs_forward_table_find_rival (const CsForwardTable *self, const CsForward *forward)
{
  GHashTable *ports = get_ports (self, forward->client);

  for (guint port = forward->port; ports && port <= forward->last; port++)
    {
      const CsForward *other
          = g_hash_table_lookup (ports, key_of (forward->protocol, port));

      if (other)
        return other;
    }
  return NULL;
}

GPtrArray *
cs_forward_table_list_clients (const CsForwardTable *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer client;

  g_hash_table_iter_init (&iter, self->clients);
  while (g_hash_table_iter_next (&iter, NULL, &client))
    g_ptr_array_add (list, client);
  return list;
}

static int
compare_elements (gconstpointer a, gconstpointer b)
{
  return compare (*(const CsForward *const *)a, *(const CsForward *const *)b);
}

GPtrArray *
cs_forward_table_list (const CsForwardTable *self)
{
  GPtrArray *list = g_ptr_array_new ();
  GHashTableIter iter;
  gpointer forward;

  g_hash_table_iter_init (&iter, self->all);
  while (g_hash_table_iter_next (&iter, &forward, NULL))
    g_ptr_array_add (list, forward);
  g_ptr_array_sort (list, compare_elements);
  return list;
}

static gboolean
is_asked (const CsForward *forward)
{
  return forward->origin != CS_FORWARD_USER;
}

gboolean
cs_forward_table_has_room (const CsForwardTable *self,
                           const CsForward *forward,
                           GError **error)
{
  const CsForwardClient *client = cs_forward_table_find_client (self, forward->client);

  if (is_asked (forward) && client && client->asked >= CS_FORWARDS_CLIENT_MAX)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "%s has asked for %d port mappings already: remove one first",
                 forward->client, CS_FORWARDS_CLIENT_MAX);
  else if (cs_forward_table_count (self) >= CS_FORWARDS_MAX)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                 "there are %d port mappings already: remove one first", CS_FORWARDS_MAX);
  else
    return TRUE;
  return FALSE;
}

gint64
cs_forward_table_next_expiry (const CsForwardTable *self)
{
  GTreeNode *first = g_tree_node_first (self->ends);

  return first ? ((const CsForward *)g_tree_node_key (first))->expires : 0;
}

const CsForward *
cs_forward_table_find_expired (const CsForwardTable *self, gint64 now)
{
  GTreeNode *first = g_tree_node_first (self->ends);
  const CsForward *forward = first ? g_tree_node_key (first) : NULL;

  return forward && forward->expires <= now ? forward : NULL;
}

/* --- Changes ----------------------------------------------------------------------- */

static CsForwardClient *
get_client (CsForwardTable *self, const CsForward *forward)
{
  CsForwardClient *client = cs_forward_table_find_client (self, forward->client);
  CsAddress address;

  if (client)
    return client;
  client = g_new0 (CsForwardClient, 1);
  client->client = g_strdup (forward->client);
  client->forwards = g_hash_table_new (NULL, NULL);
  client->addresses6 = cs_addresses_new ();
  g_hash_table_insert (self->clients, client->client, client);
  if (!cs_address_parse (client->client, &address))
    return client;
  if (address.family == AF_INET)
    client->address = address;
  else
    {
      cs_addresses_add (client->addresses6, address);
      client->ports = g_hash_table_new (NULL, NULL);
    }
  return client;
}

CsForward *
cs_forward_table_take (CsForwardTable *self, const CsForward *forward)
{
  CsForwardClient *client = cs_forward_table_find_client (self, forward->client);
  GHashTable *ports = client->ports ? client->ports : self->ports;
  CsForward *taken = (CsForward *)forward;

  for (guint port = forward->port; port <= forward->last; port++)
    g_hash_table_remove (ports, key_of (forward->protocol, port));
  if (forward->expires != 0)
    g_tree_remove (self->ends, forward);
  client->asked -= is_asked (forward);
  g_hash_table_remove (client->forwards, forward);
  if (g_hash_table_size (client->forwards) == 0)
    g_hash_table_remove (self->clients, client->client);
  g_hash_table_steal (self->all, forward);
  return taken;
}

void
cs_forward_table_add (CsForwardTable *self, CsForward *forward)
{
  CsForwardClient *client = get_client (self, forward);
  GHashTable *ports = client->ports ? client->ports : self->ports;
  const CsForward *old = cs_forward_table_find_rival (self, forward);

  g_hash_table_add (client->forwards, forward); /* before the client could go */
  if (old)
    cs_forward_free (cs_forward_table_take (self, old));
  client->asked += is_asked (forward);
  for (guint port = forward->port; port <= forward->last; port++)
    g_hash_table_insert (ports, key_of (forward->protocol, port), forward);
  if (forward->expires != 0)
    g_tree_insert (self->ends, forward, forward);
  g_hash_table_add (self->all, forward);
}

/* --- On disk ----------------------------------------------------------------------- */

char *
cs_forward_table_line_of (const CsForward *forward)
{
  g_autofree char *mapping = cs_forward_to_line (forward);

  return g_strdup_printf ("+ %s\n", mapping);
}

char *
cs_forward_table_line_without (const CsForward *forward)
{
  gboolean is_pinhole = cs_forward_is_pinhole (forward);

  return g_strdup_printf (
      "- %s %u%s%s\n", cs_forward_protocol_to_string (forward->protocol), forward->port,
      is_pinhole ? " " : "", is_pinhole ? forward->client : "");
}

char *
cs_forward_table_line_of_client (const CsForwardClient *client)
{
  g_autofree char *address = cs_address_to_string (client->address);

  return g_strdup_printf ("= %s %s\n", client->client, address[0] ? address : "-");
}

char *
cs_forward_table_to_text (const CsForwardTable *self)
{
  g_autoptr (GPtrArray) forwards = cs_forward_table_list (self);
  g_autoptr (GPtrArray) clients = cs_forward_table_list_clients (self);
  GString *text = g_string_new (NULL);

  for (guint i = 0; i < forwards->len; i++)
    {
      g_autofree char *line = cs_forward_table_line_of (forwards->pdata[i]);

      g_string_append (text, line);
    }
  for (guint i = 0; i < clients->len; i++)
    {
      g_autofree char *line = cs_forward_table_line_of_client (clients->pdata[i]);

      g_string_append (text, line);
    }
  return g_string_free (text, FALSE);
}

static void
read_added (CsForwardTable *self, const char *line)
{
  g_autoptr (CsForward) forward = cs_forward_from_line (line);
  const CsForward *rival = forward ? cs_forward_table_find_rival (self, forward) : NULL;

  if (!forward || (rival && !cs_forward_leads_alike (rival, forward))
      || (!rival && !cs_forward_table_has_room (self, forward, NULL)))
    return;
  cs_forward_table_add (self, g_steal_pointer (&forward));
}

static void
read_removed (CsForwardTable *self, const char *protocol, const char *rest)
{
  g_auto (GStrv) words = g_strsplit (rest, " ", 2);
  const CsForward *forward;
  guint64 number;

  if (words[0] == NULL
      || !g_ascii_string_to_unsigned (words[0], 10, 1, G_MAXUINT16, &number, NULL))
    return;
  forward = cs_forward_table_find (self, cs_forward_protocol_from_string (protocol),
                                   (guint)number, words[1]);
  if (forward)
    cs_forward_free (cs_forward_table_take (self, forward));
}

static void
read_client (CsForwardTable *self, const char *name, const char *text)
{
  CsForwardClient *client = cs_forward_table_find_client (self, name);
  CsAddress address;
  CsMac mac;

  if (!client || !cs_mac_parse (name, &mac))
    return;
  if (g_str_equal (text, "-"))
    client->address = (CsAddress){ 0 };
  else if (cs_address_parse (text, &address) && address.family == AF_INET
           && cs_address_is_remote (address))
    client->address = address;
}

static void
read_line (CsForwardTable *self, const char *line)
{
  g_auto (GStrv) words = g_strsplit (line, " ", 3);

  if (g_strv_length (words) < 3)
    return;
  if (g_str_equal (words[0], "+"))
    read_added (self, line + 2);
  else if (g_str_equal (words[0], "-"))
    read_removed (self, words[1], words[2]);
  else if (g_str_equal (words[0], "="))
    read_client (self, words[1], words[2]);
}

guint
cs_forward_table_read (CsForwardTable *self, const char *text)
{
  guint lines = 0;

  for (const char *end; (end = strchr (text, '\n')); text = end + 1, lines++)
    {
      g_autofree char *line = g_strndup (text, (gsize)(end - text));

      read_line (self, line);
    }
  return lines;
}
