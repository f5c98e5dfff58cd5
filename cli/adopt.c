/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl adopt: through which WAN the connections go that NetworkManager shares itself.
 */
#include "call.h"
#include "client.h"
#include "command.h"
#include "json.h"
#include "output.h"
#include "wan-names.h"

#include <stdio.h>

#define WHAT "connections that NetworkManager itself shares"

static void
print_text (const char *wan)
{
  g_autofree char *line = cs_output_line (wan);

  if (*line != '\0')
    printf (WHAT " are adopted, via %s\n", line);
  else
    printf (WHAT " are left alone\n");
}

static void
print_json (const char *wan)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "adopt_wan");
  json_builder_add_string_value (builder, wan);
  json_builder_end_object (builder);
  cs_json_print (builder);
}

static int
print (CsDbusManager *manager, gboolean json)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) value = NULL;
  g_autoptr (GVariant) reply = g_dbus_proxy_call_sync (
      G_DBUS_PROXY (manager), "org.freedesktop.DBus.Properties.Get",
      g_variant_new ("(ss)", "org.connshare1.Manager", "AdoptWan"),
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, &error);

  if (reply == NULL)
    return cs_command_failed (error);
  g_variant_get (reply, "(v)", &value);
  if (json)
    print_json (g_variant_get_string (value, NULL));
  else
    print_text (g_variant_get_string (value, NULL));
  return CS_EXIT_DONE;
}

static int
adopt (CsDbusManager *manager, const char *wan)
{
  g_autoptr (CsCall) call = cs_call_new ();
  g_autoptr (GError) error = NULL;
  int status;

  cs_dbus_manager_call_adopt (manager, wan, CS_CALL_FLAGS, CS_CALL_TIMEOUT,
                              cs_call_get_cancellable (call), cs_call_done, call);
  cs_dbus_manager_call_adopt_finish (manager, cs_call_wait (call), &error);
  status = cs_call_finish (call, error);
  if (status != CS_EXIT_DONE)
    return status;
  print_text (wan);
  if (*wan != '\0')
    cs_wan_names_warn (manager, NULL, wan);
  return status;
}

/* What follows "adopt": the WAN, "" for "off", or NULL for nothing. */
static gboolean
parse (const CsCommand *command, char **words, const char **wan)
{
  guint count = g_strv_length (words);

  *wan = NULL;
  if (count == 1 && g_str_equal (words[0], "off"))
    *wan = "";
  else if (count == 2 && g_str_equal (words[0], "via") && *words[1] != '\0')
    *wan = words[1];
  else if (count == 1 && g_str_equal (words[0], "via"))
    cs_command_misused (command, "\"via\" needs the WAN after it");
  else if (count > 0)
    cs_command_misused (command, "unexpected argument \"%s\": adopt via WAN, or off",
                        words[0]);
  return count == 0 || *wan != NULL;
}

int
cs_command_adopt (const CsCommand *command, char **arguments)
{
  gboolean json = FALSE;
  const GOptionEntry entries[] = {
    { "json", 0, 0, G_OPTION_ARG_NONE, &json, "Print JSON", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusManager) manager = NULL;
  const char *wan;

  if (!cs_command_parse (command, entries, arguments, 0, 2, &words)
      || !parse (command, words, &wan))
    return CS_EXIT_USAGE;
  if (json && wan != NULL)
    return cs_command_misused (command, "--json is for \"adopt\" alone");
  manager = cs_client_get_manager (&error);
  if (manager == NULL)
    return cs_command_failed (error);
  if (wan != NULL)
    return adopt (manager, wan);
  return print (manager, json);
}
