/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl interfaces: what can be LAN or WAN, and if not, why: in a few words, whole
 * sentences are in the JSON. */
#include "client.h"
#include "command.h"
#include "dictionary.h"
#include "json.h"
#include "output.h"

#include <stdio.h>

/* What a code means, in as few words as the table has room for. */
static const char *
describe_code (const char *code)
{
  static const struct
  {
    const char *code;
    const char *note;
  } notes[] = {
    { "name", "unusable name" },
    { "loopback", "loopback" },
    { "port", "bridge port" },
    { "shared", "shared by NetworkManager" },
    { "carrier", "carries another" },
    { "own-internet", "own Internet" },
    { "lan", "LAN of a share" },
    { "uplink", "uplink of a share" },
    { "wifi-off", "Wi-Fi is off" },
    { "wifi-client-only", "cannot be access point" },
    { "wifi-joined", "in a Wi-Fi network" },
    { "access-point", "access point already" },
    { "no-network", "no free network" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (notes); i++)
    if (g_str_equal (notes[i].code, code))
      return notes[i].note;
  return NULL;
}

/* Why it cannot be the LAN, or else the WAN; a sentence if nothing shorter is known. */
static const char *
get_reason (GVariant *interface)
{
  const char *part
      = *cs_dictionary_get_string (interface, "lan-reason") != '\0' ? "lan" : "wan";
  g_autofree char *code = g_strconcat (part, "-code", NULL);
  g_autofree char *reason = g_strconcat (part, "-reason", NULL);
  const char *note = describe_code (cs_dictionary_get_string (interface, code));

  return note != NULL ? note : cs_dictionary_get_string (interface, reason);
}

/* Its own share says enough. */
static const char *
get_note (GVariant *interface)
{
  return *cs_dictionary_get_string (interface, "share") != '\0' ? "shared"
                                                                : get_reason (interface);
}

static const char *
can_be_lan (GVariant *interface)
{
  if (cs_dictionary_get_boolean (interface, "can-be-lan"))
    return "yes";
  return cs_dictionary_get_boolean (interface, "can-force") ? "--force" : "no";
}

static void
print_table (GVariant *interfaces)
{
  static const char *const headings[]
      = { "NAME", "KIND", "STATE", "ADDRESS", "CONNECTION", "LAN", "WAN", "NOTE", NULL };
  static const char *const elastic[] = { "CONNECTION", "NOTE", "ADDRESS", NULL };
  g_autoptr (CsTable) table = cs_table_new (headings);
  g_autofree char *text = NULL;

  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);
      g_autofree char *addresses
          = cs_dictionary_join_strings (interface, "addresses", " ");
      const char *cells[] = {
        cs_dictionary_get_string (interface, "name"),
        cs_dictionary_get_string (interface, "kind"),
        cs_dictionary_get_string (interface, "state"),
        addresses,
        cs_dictionary_get_string (interface, "connection"),
        can_be_lan (interface),
        cs_dictionary_get_boolean (interface, "can-be-wan") ? "yes" : "no",
        get_note (interface),
      };

      cs_table_add (table, cells);
    }
  cs_table_fit (table, cs_output_columns (), elastic);
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
