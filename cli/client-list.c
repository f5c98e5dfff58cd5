/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A word is looked up as a MAC address first, then as an address, then as a name: a
 * client that calls itself by another's address is not taken for it. */
#include "client-list.h"

#include "client.h"
#include "dictionary.h"
#include "errors.h"
#include "output.h"

#include <string.h>

GVariant *
cs_client_list_get (CsDbusShare *share,
                    CsCall *call,
                    GDBusCallFlags flags,
                    GError **error)
{
  GVariant *clients = NULL;

  cs_dbus_share_call_list_clients (share, flags, CS_CALL_TIMEOUT,
                                   cs_call_get_cancellable (call), cs_call_done, call);
  cs_dbus_share_call_list_clients_finish (share, &clients, cs_call_wait (call), error);
  return clients;
}

GPtrArray *
cs_client_list_get_all (GPtrArray *shares,
                        CsCall *call,
                        GDBusCallFlags flags,
                        GError **error)
{
  g_autoptr (GPtrArray) lists
      = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);

  for (guint i = 0; i < shares->len; i++)
    {
      GVariant *clients = cs_client_list_get (shares->pdata[i], call, flags, error);

      if (clients == NULL)
        return NULL;
      g_ptr_array_add (lists, clients);
    }
  return g_steal_pointer (&lists);
}

char *
cs_client_list_read_mac (const char *text)
{
  g_autofree char *mac = g_ascii_strdown (text, -1);

  if (strlen (mac) != strlen ("02:11:22:33:44:55"))
    return NULL;
  g_strdelimit (mac, "-", ':');
  for (guint i = 0; mac[i] != '\0'; i++)
    if (i % 3 == 2 ? mac[i] != ':' : !g_ascii_isxdigit (mac[i]))
      return NULL;
  return g_steal_pointer (&mac);
}

/* As the service writes it, or NULL: "FE80::0:1" is "fe80::1". */
static char *
read_address (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL ? g_inet_address_to_string (address) : NULL;
}

static gboolean
has_address (GVariant *client, const char *address)
{
  g_autofree const char **addresses = NULL;

  g_variant_lookup (client, "addresses", "^a&s", &addresses);
  return (addresses != NULL && g_strv_contains (addresses, address))
         || g_str_equal (cs_dictionary_get_string (client, "reserved"), address);
}

static gboolean
is_equal (GVariant *client, const char *key, const char *word)
{
  g_autofree char *one = g_utf8_casefold (cs_dictionary_get_string (client, key), -1);
  g_autofree char *other = g_utf8_casefold (word, -1);

  return g_str_equal (one, other);
}

/* Those of @clients whose @key is @word, in either case if it is a name (owned). */
static GPtrArray *
select_clients (GVariant *clients, const char *key, const char *word)
{
  GPtrArray *found = g_ptr_array_new_with_free_func ((GDestroyNotify)g_variant_unref);

  for (gsize i = 0; i < g_variant_n_children (clients); i++)
    {
      g_autoptr (GVariant) client = g_variant_get_child_value (clients, i);

      if (g_str_equal (key, "addresses") ? has_address (client, word)
                                         : is_equal (client, key, word))
        g_ptr_array_add (found, g_steal_pointer (&client));
    }
  return found;
}

static void
set_ambiguous (GPtrArray *found, const char *lan, const char *word, GError **error)
{
  g_autoptr (GPtrArray) macs = g_ptr_array_new ();
  g_autofree char *list = NULL;

  for (guint i = 0; i < found->len; i++)
    g_ptr_array_add (macs, (gpointer)cs_dictionary_get_string (found->pdata[i], "mac"));
  g_ptr_array_add (macs, NULL);
  list = g_strjoinv (", ", (char **)macs->pdata);
  g_set_error (
      error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
      "several clients of \"%s\" are called \"%s\"; name one by its MAC address: "
      "%s",
      lan, word, list);
}

GVariant *
cs_client_list_find (GVariant *clients, const char *lan, const char *word, GError **error)
{
  g_autofree char *mac = cs_client_list_read_mac (word);
  g_autofree char *address = read_address (word);
  const struct
  {
    const char *key;
    const char *value; /* NULL: the word is none */
  } ways[] = {
    { "mac", mac },
    { "addresses", address },
    { "name", *word != '\0' ? word : NULL },
    { "hostname", *word != '\0' ? word : NULL },
  };

  for (guint i = 0; i < G_N_ELEMENTS (ways); i++)
    {
      g_autoptr (GPtrArray) found = NULL;

      if (ways[i].value == NULL)
        continue;
      found = select_clients (clients, ways[i].key, ways[i].value);
      if (found->len > 1)
        {
          set_ambiguous (found, lan, word, error);
          return NULL;
        }
      if (found->len == 1)
        return g_variant_ref (found->pdata[0]);
    }
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND,
               "\"%s\" has no client \"%s\"; \"sharectl clients %s\" lists them", lan,
               word, lan);
  return NULL;
}

const char *
cs_client_list_name (GVariant *client)
{
  static const char *const keys[] = { "name", "hostname", "mac" };
  guint i = 0;

  while (i + 1 < G_N_ELEMENTS (keys)
         && *cs_dictionary_get_string (client, keys[i]) == '\0')
    i++;
  return cs_dictionary_get_string (client, keys[i]);
}

const char *
cs_client_list_maker (GVariant *client)
{
  return cs_dictionary_get_boolean (client, "private-mac")
             ? "private address"
             : cs_dictionary_get_string (client, "vendor");
}

char *
cs_client_list_address (GVariant *client)
{
  g_autofree const char **addresses = NULL;

  if (!g_variant_lookup (client, "addresses", "^a&s", &addresses) || addresses[0] == NULL)
    return g_strdup ("");
  return g_strdup (addresses[0]);
}

char *
cs_client_list_time (GVariant *client, const char *key)
{
  g_autoptr (GDateTime) now = g_date_time_new_now_local ();
  g_autoptr (GDateTime) time = NULL;
  guint64 seconds = 0;

  if (g_variant_lookup (client, key, "t", &seconds) && seconds <= G_MAXINT64)
    time = g_date_time_new_from_unix_local ((gint64)seconds);
  if (time == NULL)
    return g_strdup ("");
  return g_date_time_format (time,
                             g_date_time_get_year (now) == g_date_time_get_year (time)
                                     && g_date_time_get_day_of_year (now)
                                            == g_date_time_get_day_of_year (time)
                                 ? "%H:%M"
                                 : "%Y-%m-%d");
}

char *
cs_client_list_bytes (GVariant *client, const char *key)
{
  guint64 bytes = 0;

  g_variant_lookup (client, key, "t", &bytes);
  return cs_output_bytes (bytes);
}

char *
cs_client_list_signal (GVariant *client)
{
  gint32 signal;

  return g_variant_lookup (client, "signal", "i", &signal)
             ? g_strdup_printf ("%d dBm", signal)
             : g_strdup ("");
}
