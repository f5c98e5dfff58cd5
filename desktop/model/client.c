/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See client.h. */
#include "client.h"

#include "dictionary.h"

#include <glib/gi18n-lib.h>

CsClient *
cs_client_new (GVariant *dictionary)
{
  CsClient *client = g_new0 (CsClient, 1);

  client->mac = g_strdup (cs_dictionary_get_string (dictionary, "mac"));
  client->name = g_strdup (cs_dictionary_get_string (dictionary, "name"));
  client->hostname = g_strdup (cs_dictionary_get_string (dictionary, "hostname"));
  client->vendor = g_strdup (cs_dictionary_get_string (dictionary, "vendor"));
  client->state = g_strdup (cs_dictionary_get_string (dictionary, "state"));
  client->address = g_strdup (cs_dictionary_get_first (dictionary, "addresses"));
  if (!g_variant_lookup (dictionary, "addresses", "^as", &client->addresses))
    client->addresses = g_new0 (char *, 1);
  client->private = cs_dictionary_get_boolean (dictionary, "private-mac");
  client->sent = cs_dictionary_get_number (dictionary, "bytes-sent");
  client->received = cs_dictionary_get_number (dictionary, "bytes-received");
  return client;
}

void
cs_client_free (CsClient *client)
{
  g_free (client->mac);
  g_free (client->name);
  g_free (client->hostname);
  g_free (client->vendor);
  g_free (client->state);
  g_free (client->address);
  g_strfreev (client->addresses);
  g_free (client);
}

gboolean
cs_client_is_blocked (const CsClient *client)
{
  return g_str_equal (client->state, "blocked");
}

gboolean
cs_client_is_online (const CsClient *client)
{
  return g_str_equal (client->state, "online");
}

const char *
cs_client_get_title (const CsClient *client)
{
  if (*client->name != '\0')
    return client->name;
  return *client->hostname != '\0' ? client->hostname : _ ("Unnamed Device");
}

static const char *
describe_maker (const CsClient *client)
{
  if (client->private)
    return _ ("Private hardware address");
  return client->vendor;
}

static const char *
describe_state (const CsClient *client)
{
  if (cs_client_is_blocked (client))
    return _ ("Blocked");
  return cs_client_is_online (client) ? "" : _ ("Away");
}

char *
cs_client_get_subtitle (const CsClient *client)
{
  const char *const parts[]
      = { client->address, describe_maker (client), describe_state (client) };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (*parts[i] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", parts[i]);
  return g_string_free (text, FALSE);
}

/* Those that are there, then those that are away, then those that are blocked. */
static int
rank (const CsClient *client)
{
  if (cs_client_is_online (client))
    return 0;
  return cs_client_is_blocked (client) ? 2 : 1;
}

static int
compare (gconstpointer a, gconstpointer b)
{
  const CsClient *one = *(CsClient *const *)a;
  const CsClient *other = *(CsClient *const *)b;
  int order = rank (one) - rank (other);

  if (order == 0)
    order = g_utf8_collate (cs_client_get_title (one), cs_client_get_title (other));
  return order != 0 ? order : g_strcmp0 (one->mac, other->mac);
}

GPtrArray *
cs_clients_new (GVariant *reply)
{
  GPtrArray *clients = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_client_free);
  g_autoptr (GVariant) list = g_variant_get_child_value (reply, 0);
  gsize length = g_variant_n_children (list);

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);

      g_ptr_array_add (clients, cs_client_new (dictionary));
    }
  g_ptr_array_sort (clients, compare);
  return clients;
}
