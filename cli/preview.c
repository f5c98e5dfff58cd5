/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl preview: what `share` with the same arguments would do to this computer.
 * The service previews whole shares, so the rest of an existing share is sent along. */
#include "client.h"
#include "command.h"
#include "describe.h"
#include "dictionary.h"
#include "force.h"
#include "json.h"
#include "lan-address.h"
#include "output.h"
#include "share-options.h"
#include "wan-names.h"

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
print_text (const CsShareOptions *wanted, GVariant *preview)
{
  static const struct
  {
    const char *key;
    const char *title;
  } sections[] = {
    { "routes", "Rules and routes, in the words of ip(8)" },
    { "sysctls", "Kernel settings, in the words of sysctl(8)" },
    { "ruleset", "Packet filter and masquerading, in the words of nft(8)" },
    { "openings", "Accepts in other packet filters" },
    { "dnsmasq-config", "DHCP and DNS server, in the words of dnsmasq(8)" },
  };
  gboolean color = cs_output_wants_color ();
  g_autofree char *title
      = g_strdup_printf ("%s via %s, if it were shared now", wanted->lan, wanted->wan);
  g_autofree char *heading = cs_output_bold (title, color);

  printf ("%s\n", heading);
  print_state (preview, color);
  print_string (preview, "uplink", "uplink");
  print_string (preview, "address", "gateway");
  print_string (preview, "ipv6", "ipv6");
  print_string (preview, "wifi", "network");
  print_string (preview, "dial", "connects");
  for (guint i = 0; i < G_N_ELEMENTS (sections); i++)
    {
      g_autofree char *text = cs_dictionary_join_strings (preview, sections[i].key, "\n");

      print_section (sections[i].title, text, color);
    }
}

static void
print_json (const CsShareOptions *wanted, GVariant *preview)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "lan");
  json_builder_add_string_value (builder, wanted->lan);
  json_builder_set_member_name (builder, "wan");
  json_builder_add_string_value (builder, wanted->wan);
  cs_json_add_dictionary (builder, preview);
  json_builder_end_object (builder);
  cs_json_print (builder);
}

/* What is not given stays as it is in an existing share. */
static gboolean
complete (CsShareOptions *wanted, GError **error)
{
  g_autoptr (GError) refusal = NULL;
  g_autoptr (CsDbusShare) share = cs_client_get_share (wanted->lan, &refusal);

  if (share == NULL && !cs_client_is_not_shared (refusal))
    {
      g_propagate_error (error, g_steal_pointer (&refusal));
      return FALSE;
    }
  if (share != NULL)
    cs_share_options_complete (wanted, cs_describe_text (cs_dbus_share_get_wan (share)),
                               cs_dbus_share_get_options (share));
  else
    cs_share_options_complete (wanted, "auto", NULL);
  return TRUE;
}

int
cs_command_preview (const CsCommand *command, char **arguments)
{
  g_auto (CsShareOptions) wanted = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusManager) manager = NULL;
  g_autoptr (GVariant) preview = NULL;
  gboolean json = FALSE;
  gboolean is_named;
  int status;

  status = cs_share_options_parse (command, arguments, &wanted, &json);
  if (status != CS_EXIT_DONE)
    return status;
  is_named = wanted.wan != NULL;
  manager = cs_client_get_manager (&error);
  if (manager == NULL || !complete (&wanted, &error))
    return cs_command_failed (error);
  if (!cs_dbus_manager_call_preview_sync (manager, wanted.lan, wanted.wan, wanted.options,
                                          G_DBUS_CALL_FLAGS_NONE, -1, &preview, NULL,
                                          &error))
    {
      cs_force_suggest (manager, &wanted, error);
      return cs_command_failed (error);
    }
  if (json)
    print_json (&wanted, preview);
  else
    print_text (&wanted, preview);
  cs_lan_address_warn (cs_dictionary_get_string (preview, "address"));
  if (is_named)
    cs_wan_names_warn (manager, wanted.lan, wanted.wan);
  return CS_EXIT_DONE;
}
