/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Mappings in words, as a table and as JSON; see forward-list.h. */
#include "forward-list.h"

#include "client-list.h"
#include "client.h"
#include "dictionary.h"
#include "errors.h"
#include "json.h"
#include "output.h"

#include <stdio.h>

GVariant *
cs_forward_list_get (CsDbusShare *share,
                     CsCall *call,
                     GDBusCallFlags flags,
                     GError **error)
{
  GVariant *mappings = NULL;

  cs_dbus_share_call_list_forwards (share, flags, CS_CALL_TIMEOUT,
                                    cs_call_get_cancellable (call), cs_call_done, call);
  cs_dbus_share_call_list_forwards_finish (share, &mappings, cs_call_wait (call), error);
  return mappings;
}

void
cs_forward_list_explain (const char *lan, GError **error)
{
  g_autoptr (CsDbusShare) share = NULL;

  if (!g_error_matches (*error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD))
    return;
  g_clear_error (error);
  share = cs_client_get_share (lan, error);
  if (share != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                 "the service connshared that runs is too old to forward ports; update "
                 "connshare, or restart it with \"systemctl restart connshared\"");
}

static guint16
get_port (GVariant *mapping, const char *key, guint16 otherwise)
{
  g_variant_lookup (mapping, key, "q", &otherwise);
  return otherwise;
}

/* How many ports follow the first. */
static guint16
get_span (GVariant *mapping)
{
  guint16 port = get_port (mapping, "port", 0);
  guint16 end = get_port (mapping, "end-port", port);

  return end > port ? end - port : 0;
}

static char *
format_ports (guint first, guint span)
{
  return span > 0 ? g_strdup_printf ("%u-%u", first, first + span)
                  : g_strdup_printf ("%u", first);
}

char *
cs_forward_list_ports (GVariant *mapping)
{
  return format_ports (get_port (mapping, "port", 0), get_span (mapping));
}

char *
cs_forward_list_to_ports (GVariant *mapping)
{
  guint16 port = get_port (mapping, "port", 0);

  return format_ports (get_port (mapping, "to-port", port), get_span (mapping));
}

char *
cs_forward_list_address (GVariant *mapping)
{
  const char *address = cs_dictionary_get_string (mapping, "address");

  return *address != '\0' ? g_strdup (address) : cs_client_list_address (mapping);
}

char *
cs_forward_list_sentence (GVariant *mapping, const char *lan, const char *client)
{
  const char *protocol = cs_dictionary_get_string (mapping, "protocol");
  const char *state = cs_dictionary_get_string (mapping, "state");
  const char *external = cs_dictionary_get_string (mapping, "external-address");
  const char *noun = get_span (mapping) > 0 ? "ports" : "port";
  g_autofree char *ports = cs_forward_list_ports (mapping);
  g_autofree char *to_ports = cs_forward_list_to_ports (mapping);
  g_autofree char *address = cs_forward_list_address (mapping);

  if (g_str_equal (state, "no-uplink"))
    return g_strdup_printf ("%s %s %s will lead to %s, %s %s, when %s has an uplink",
                            protocol, noun, ports, client, noun, to_ports, lan);
  if (g_str_equal (state, "no-address"))
    return g_strdup_printf ("%s %s %s will lead to %s, %s %s, when that has an address",
                            protocol, noun, ports, client, noun, to_ports);
  if (g_str_equal (state, "blocked"))
    return g_strdup_printf ("%s %s %s will lead to %s, %s %s, when %s lets it in: see "
                            "\"sharectl doctor\"",
                            protocol, noun, ports, client, noun, to_ports,
                            cs_dictionary_get_string (mapping, "blocked-by"));
  if (g_str_equal (state, "taken"))
    return g_strdup_printf (
        "%s %s %s will lead to %s, %s %s, when %s of %s no longer has it", protocol, noun,
        ports, client, noun, to_ports, cs_dictionary_get_string (mapping, "taken-by"),
        cs_dictionary_get_string (mapping, "taken-on"));
  return g_strdup_printf ("%s %s %s of %s %s to %s, %s %s", protocol, noun, ports,
                          *external != '\0' ? external : "the uplink",
                          get_span (mapping) > 0 ? "lead" : "leads",
                          *address != '\0' ? address : client, noun, to_ports);
}

/* (owned) MAC -> what people call it; both are @clients', aa{sv} or NULL. */
static GHashTable *
name_clients (GVariant *clients)
{
  GHashTable *names = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);

  for (gsize i = 0; clients != NULL && i < g_variant_n_children (clients); i++)
    {
      g_autoptr (GVariant) client = g_variant_get_child_value (clients, i);

      g_hash_table_replace (names, g_strdup (cs_dictionary_get_string (client, "mac")),
                            g_strdup (cs_client_list_name (client)));
    }
  return names;
}

/* Where it is in the Internet, if the router upstream was asked for that, or why not. */
static const char *
get_internet (GVariant *mapping)
{
  const char *upstream = cs_dictionary_get_string (mapping, "upstream");

  return *upstream != '\0' ? upstream
                           : cs_dictionary_get_string (mapping, "upstream-state");
}

static gboolean
has_internet (GPtrArray *lists)
{
  for (guint i = 0; i < lists->len; i++)
    for (gsize k = 0; k < g_variant_n_children (lists->pdata[i]); k++)
      {
        g_autoptr (GVariant) mapping = g_variant_get_child_value (lists->pdata[i], k);

        if (*get_internet (mapping) != '\0')
          return TRUE;
      }
  return FALSE;
}

/* Owned. */
static char *
get_state (GVariant *mapping)
{
  const char *state = cs_dictionary_get_string (mapping, "state");
  const char *blocker = cs_dictionary_get_string (mapping, "blocked-by");
  const char *rival = cs_dictionary_get_string (mapping, "taken-by");

  if (*blocker != '\0')
    return g_strdup_printf ("%s by %s", state, blocker);
  if (*rival != '\0')
    return g_strdup_printf ("%s by %s of %s", state, rival,
                            cs_dictionary_get_string (mapping, "taken-on"));
  return g_strdup (state);
}

static void
add_row (CsTable *table, const char *lan, GVariant *mapping, GHashTable *names)
{
  g_autofree char *ports = cs_forward_list_ports (mapping);
  g_autofree char *to_ports = cs_forward_list_to_ports (mapping);
  g_autofree char *address = cs_forward_list_address (mapping);
  g_autofree char *expires = cs_client_list_time (mapping, "expires");
  g_autofree char *state = get_state (mapping);
  const char *client = cs_dictionary_get_string (mapping, "client");
  const char *name = g_hash_table_lookup (names, client);
  const char *const cells[] = {
    lan,
    cs_dictionary_get_string (mapping, "protocol"),
    ports,
    name != NULL ? name : client,
    address,
    to_ports,
    cs_dictionary_get_string (mapping, "name"),
    cs_dictionary_get_string (mapping, "origin"),
    expires,
    state,
    get_internet (mapping),
  };

  cs_table_add (table, cells);
}

void
cs_forward_list_print_table (GPtrArray *shares, GPtrArray *lists, GPtrArray *clients)
{
  const char *headings[]
      = { "LAN",  "PROTOCOL", "PORT",    "CLIENT", "ADDRESS", "TO PORT",
          "NAME", "ORIGIN",   "EXPIRES", "STATE",  NULL,      NULL };
  static const char *const elastic[] = { "NAME", "CLIENT", "ADDRESS", NULL };
  g_autoptr (CsTable) table = NULL;
  g_autofree char *text = NULL;
  gsize count = 0;

  if (has_internet (lists))
    headings[G_N_ELEMENTS (headings) - 2] = "INTERNET";
  table = cs_table_new (headings);
  for (guint i = 0; i < shares->len; i++)
    {
      g_autoptr (GHashTable) names = name_clients (clients->pdata[i]);

      for (gsize k = 0; k < g_variant_n_children (lists->pdata[i]); k++, count++)
        {
          g_autoptr (GVariant) mapping = g_variant_get_child_value (lists->pdata[i], k);

          add_row (table, cs_dbus_share_get_lan (shares->pdata[i]), mapping, names);
        }
    }
  if (count == 0)
    {
      printf (shares->len > 0 ? "no port is forwarded\n" : "nothing is shared\n");
      return;
    }
  cs_table_fit (table, cs_output_columns (), elastic);
  text = cs_table_render (table, cs_output_wants_color ());
  fputs (text, stdout);
}

static void
add_string (JsonBuilder *builder, const char *key, const char *value)
{
  json_builder_set_member_name (builder, key);
  json_builder_add_string_value (builder, value);
}

/* With all members that scripts may rely on; the service leaves out what goes without
 * saying. */
static void
add_mapping (JsonBuilder *builder, const char *lan, GVariant *mapping)
{
  static const char *const names[]
      = { "address",  "external_address", "name",     "origin",        "blocked_by",
          "taken_by", "taken_on",         "upstream", "upstream_state" };
  guint16 port = get_port (mapping, "port", 0);

  json_builder_begin_object (builder);
  add_string (builder, "lan", lan);
  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    add_string (builder, names[i], "");
  json_builder_set_member_name (builder, "addresses");
  json_builder_begin_array (builder);
  json_builder_end_array (builder);
  json_builder_set_member_name (builder, "end_port");
  json_builder_add_int_value (builder, port);
  json_builder_set_member_name (builder, "to_port");
  json_builder_add_int_value (builder, port);
  cs_json_add_dictionary (builder, mapping);
  json_builder_end_object (builder);
}

void
cs_forward_list_print_json (GPtrArray *shares, GPtrArray *lists)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "forwards");
  json_builder_begin_array (builder);
  for (guint i = 0; i < shares->len; i++)
    for (gsize k = 0; k < g_variant_n_children (lists->pdata[i]); k++)
      {
        g_autoptr (GVariant) mapping = g_variant_get_child_value (lists->pdata[i], k);

        add_mapping (builder, cs_dbus_share_get_lan (shares->pdata[i]), mapping);
      }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cs_json_print (builder);
}
