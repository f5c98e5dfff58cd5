/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl interfaces: what can be shared, and shared from, and if not why. */
#include "client.h"
#include "command.h"
#include "dictionary.h"
#include "json.h"
#include "output.h"

#include <stdio.h>

/* Which share it is part of, or why it cannot have a part; one reason is enough. */
static char *
get_note (GVariant *interface)
{
  const char *share = cs_dictionary_get_string (interface, "share");
  const char *reason = cs_dictionary_get_string (interface, "lan-reason");

  if (*reason == '\0')
    reason = cs_dictionary_get_string (interface, "wan-reason");
  if (*share == '\0')
    return g_strdup (reason);
  return g_strconcat ("in the share of ", share, *reason != '\0' ? "; " : "", reason,
                      NULL);
}

static void
print_table (GVariant *interfaces)
{
  static const char *const headings[]
      = { "NAME", "KIND", "STATE", "ADDRESS", "CONNECTION", "LAN", "WAN", "NOTE", NULL };
  g_autoptr (CsTable) table = cs_table_new (headings);
  g_autofree char *text = NULL;

  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);
      g_autofree char *addresses
          = cs_dictionary_join_strings (interface, "addresses", " ");
      g_autofree char *note = get_note (interface);
      const char *cells[] = {
        cs_dictionary_get_string (interface, "name"),
        cs_dictionary_get_string (interface, "kind"),
        cs_dictionary_get_string (interface, "state"),
        addresses,
        cs_dictionary_get_string (interface, "connection"),
        cs_dictionary_get_boolean (interface, "can-be-lan") ? "yes" : "no",
        cs_dictionary_get_boolean (interface, "can-be-wan") ? "yes" : "no",
        note,
      };

      cs_table_add (table, cells);
    }
  text = cs_table_render (table, cs_output_wants_color ());
  fputs (text, stdout);
}

int
cs_command_interfaces (const CsCommand *command, char **arguments)
{
  gboolean json = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusManager) manager = NULL;
  g_autoptr (GVariant) interfaces = NULL;

  if (!cs_command_parse_reading (command, arguments, NULL, &json))
    return CS_EXIT_USAGE;
  manager = cs_client_get_manager (&error);
  if (manager == NULL
      || !cs_dbus_manager_call_list_interfaces_sync (manager, G_DBUS_CALL_FLAGS_NONE, -1,
                                                     &interfaces, NULL, &error))
    return cs_command_failed (error);
  if (json)
    cs_json_print_list ("interfaces", interfaces);
  else
    print_table (interfaces);
  return CS_EXIT_DONE;
}
