/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl preview: what `share` with the same words would do to this computer. */
#include "client.h"
#include "command.h"
#include "dictionary.h"
#include "json.h"
#include "output.h"
#include "wish.h"

#include <stdio.h>

static void
print_string (GVariant *preview, const char *key, const char *name)
{
  g_autofree char *line = cs_output_line (cs_dictionary_get_string (preview, key));

  if (*line != '\0')
    printf ("%-8s %s\n", name, line);
}

static void
print_state (GVariant *preview, gboolean color)
{
  g_autofree char *state
      = cs_output_state (cs_dictionary_get_string (preview, "state"), color);
  g_autofree char *message
      = cs_output_line (cs_dictionary_get_string (preview, "message"));

  printf ("%-8s %s: %s\n", "state", state, message);
}

static void
print_section (const char *title, const char *text, gboolean color)
{
  g_autofree char *heading = cs_output_bold (title, color);
  g_autofree char *clean = cs_output_clean (text);
  g_auto (GStrv) lines = NULL;

  if (*text == '\0')
    return;
  lines = g_strsplit (g_strchomp (clean), "\n", -1);
  printf ("\n%s\n", heading);
  for (guint i = 0; lines[i] != NULL; i++)
    printf ("%s%s\n", *lines[i] != '\0' ? "  " : "", lines[i]);
}

static void
print_text (const CsWish *wish, GVariant *preview)
{
  static const struct
  {
    const char *key;
    const char *title;
  } sections[] = {
    { "routes", "Rules and routes, as for ip(8)" },
    { "sysctls", "Kernel settings, as for sysctl(8)" },
    { "ruleset", "Packet filter and masquerading, as for nft(8)" },
    { "openings", "Accepts in other packet filters" },
    { "dnsmasq-config", "DHCP and DNS server, as for dnsmasq(8)" },
  };
  gboolean color = cs_output_wants_color ();
  g_autofree char *title
      = g_strdup_printf ("%s via %s, if it were shared now", wish->lan, wish->wan);
  g_autofree char *heading = cs_output_bold (title, color);

  printf ("%s\n", heading);
  print_state (preview, color);
  print_string (preview, "uplink", "uplink");
  print_string (preview, "address", "gateway");
  print_string (preview, "wifi", "network");
  print_string (preview, "dial", "connects");
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      g_autofree char *text = cs_dictionary_join_strings (preview, sections[i].key, "\n");

      print_section (sections[i].title, text, color);
    }
}

static void
print_json (const CsWish *wish, GVariant *preview)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "lan");
  json_builder_add_string_value (builder, wish->lan);
  json_builder_set_member_name (builder, "wan");
  json_builder_add_string_value (builder, wish->wan);
  cs_json_add_dictionary (builder, preview);
  json_builder_end_object (builder);
  cs_json_print (builder);
}

int
cs_command_preview (const CsCommand *command, char **arguments)
{
  g_auto (CsWish) wish = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusManager) manager = NULL;
  g_autoptr (GVariant) preview = NULL;
  gboolean json = FALSE;
  int status;

  status = cs_wish_parse (command, arguments, &wish, &json);
  if (status != CS_EXIT_DONE)
    return status;
  manager = cs_client_get_manager (&error);
  if (manager == NULL
      || !cs_dbus_manager_call_preview_sync (manager, wish.lan, wish.wan, wish.options,
                                             G_DBUS_CALL_FLAGS_NONE, -1, &preview, NULL,
                                             &error))
    return cs_command_failed (error);
  if (json)
    print_json (&wish, preview);
  else
    print_text (&wish, preview);
  return CS_EXIT_DONE;
}
