/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl clients: who is connected to the shares, or to one of them, once or as it
 * changes. */
#include "client-list.h"
#include "client.h"
#include "clients-watch.h"
#include "command.h"
#include "dictionary.h"
#include "json.h"
#include "output.h"

#include <stdio.h>

static void
add_row (CsTable *table, const char *lan, GVariant *client)
{
  g_autofree char *address = cs_client_list_address (client);
  g_autofree char *since = cs_client_list_time (client, "since");
  g_autofree char *received = cs_client_list_bytes (client, "bytes-received");
  g_autofree char *sent = cs_client_list_bytes (client, "bytes-sent");
  g_autofree char *signal = cs_client_list_signal (client);
  const char *name = cs_client_list_name (client);
  const char *mac = cs_dictionary_get_string (client, "mac");
  const char *const cells[] = {
    lan,
    g_str_equal (name, mac) ? "" : name,
    address,
    mac,
    cs_client_list_maker (client),
    cs_dictionary_get_string (client, "state"),
    since,
    received,
    sent,
    signal,
  };

  cs_table_add (table, cells);
}

static void
print_table (GPtrArray *shares, GPtrArray *lists)
{
  static const char *const headings[]
      = { "LAN",   "NAME",     "ADDRESS", "MAC",    "MAKER", "STATE",
          "SINCE", "RECEIVED", "SENT",    "SIGNAL", NULL };
  static const char *const elastic[] = { "MAKER", "NAME", "ADDRESS", NULL };
  g_autoptr (CsTable) table = cs_table_new (headings);
  g_autofree char *text = NULL;
  gsize count = 0;

  for (guint i = 0; i < shares->len; i++)
    for (gsize k = 0; k < g_variant_n_children (lists->pdata[i]); k++, count++)
      {
        g_autoptr (GVariant) client = g_variant_get_child_value (lists->pdata[i], k);

        add_row (table, cs_dbus_share_get_lan (shares->pdata[i]), client);
      }
  if (count == 0)
    {
      printf (shares->len > 0 ? "no clients\n" : "nothing is shared\n");
      return;
    }
  cs_table_fit (table, cs_output_columns (), elastic);
  text = cs_table_render (table, cs_output_wants_color ());
  fputs (text, stdout);
}

/* Members that scripts may rely on; the service leaves out what it does not know. */
static void
add_defaults (JsonBuilder *builder)
{
  static const char *const names[] = { "hostname", "name", "vendor", "reserved" };
  static const char *const counters[] = { "bytes_sent", "bytes_received" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      json_builder_set_member_name (builder, names[i]);
      json_builder_add_string_value (builder, "");
    }
  for (guint i = 0; i < G_N_ELEMENTS (counters); i++)
    {
      json_builder_set_member_name (builder, counters[i]);
      json_builder_add_int_value (builder, 0);
    }
  json_builder_set_member_name (builder, "private_mac");
  json_builder_add_boolean_value (builder, FALSE);
  json_builder_set_member_name (builder, "addresses");
  json_builder_begin_array (builder);
  json_builder_end_array (builder);
}

static void
add_client (JsonBuilder *builder, const char *lan, GVariant *client)
{
  g_autofree char *address = cs_client_list_address (client);

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "lan");
  json_builder_add_string_value (builder, lan);
  json_builder_set_member_name (builder, "address");
  json_builder_add_string_value (builder, address);
  add_defaults (builder);
  cs_json_add_dictionary (builder, client);
  json_builder_end_object (builder);
}

static void
print_json (GPtrArray *shares, GPtrArray *lists, gboolean on_one_line)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();
  g_autofree char *line = NULL;

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "clients");
  json_builder_begin_array (builder);
  for (guint i = 0; i < shares->len; i++)
    for (gsize k = 0; k < g_variant_n_children (lists->pdata[i]); k++)
      {
        g_autoptr (GVariant) client = g_variant_get_child_value (lists->pdata[i], k);

        add_client (builder, cs_dbus_share_get_lan (shares->pdata[i]), client);
      }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  if (!on_one_line)
    {
      cs_json_print (builder);
      return;
    }
  line = cs_json_to_line (builder);
  fputs (line, stdout);
}

static void
print_watched (GPtrArray *shares, GPtrArray *lists, gboolean json)
{
  if (json)
    print_json (shares, lists, TRUE);
  else
    print_table (shares, lists);
}

static int
show_once (GPtrArray *shares, gboolean json, GDBusCallFlags flags)
{
  g_autoptr (CsCall) call = cs_call_new_for_flags (flags);
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) lists = cs_client_list_get_all (shares, call, flags, &error);
  int status = cs_call_finish (call, error);

  if (status != CS_EXIT_DONE)
    return status;
  if (json)
    print_json (shares, lists, FALSE);
  else
    print_table (shares, lists);
  return CS_EXIT_DONE;
}

int
cs_command_clients (const CsCommand *command, char **arguments)
{
  gboolean json = FALSE;
  gboolean watch = FALSE;
  gboolean ask = TRUE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    { "watch", 0, 0, G_OPTION_ARG_NONE, &watch, "Show each change until interrupted",
      NULL },
    { "no-ask-password", 0, G_OPTION_FLAG_REVERSE, G_OPTION_ARG_NONE, &ask,
      "Fail rather than ask for a password", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;
  g_autoptr (GPtrArray) shares = NULL;
  g_autoptr (GError) error = NULL;
  GDBusCallFlags flags;

  if (!cs_command_parse (command, entries, arguments, 0, 1, &words))
    return CS_EXIT_USAGE;
  shares = cs_client_get_shares (words[0], &error);
  if (shares == NULL)
    return cs_command_failed (error);
  flags = ask ? CS_CALL_FLAGS : G_DBUS_CALL_FLAGS_NONE;
  return watch ? cs_clients_watch (words[0], json, flags, print_watched)
               : show_once (shares, json, flags);
}
