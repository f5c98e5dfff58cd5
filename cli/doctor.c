/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl doctor: what the service finds wrong with this computer and its shares, and
 * what helps. */
#include "client.h"
#include "command.h"
#include "dictionary.h"
#include "json.h"
#include "output.h"

#include <stdio.h>

/* Information is not a problem. */
static gboolean
is_well (GVariant *findings)
{
  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);

      if (!g_str_equal (cs_dictionary_get_string (finding, "severity"), "info"))
        return FALSE;
    }
  return TRUE;
}

static char *
render_table (GVariant *findings)
{
  static const char *const headings[] = { "SEVERITY", "SHARE", "FINDING", NULL };
  g_autoptr (CsTable) table = cs_table_new (headings);

  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
      const char *cells[] = {
        cs_dictionary_get_string (finding, "severity"),
        cs_dictionary_get_string (finding, "subject"),
        cs_dictionary_get_string (finding, "message"),
      };

      cs_table_add (table, cells);
    }
  return cs_table_render (table, cs_output_wants_color ());
}

/* The remedy is alone on the line below its finding, so that it can be copied. */
static void
print_text (GVariant *findings)
{
  g_autofree char *text = render_table (findings);
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  printf ("%s\n", lines[0]);
  for (gsize i = 0; i < g_variant_n_children (findings); i++)
    {
      g_autoptr (GVariant) finding = g_variant_get_child_value (findings, i);
      g_autofree char *remedy
          = cs_output_line (cs_dictionary_get_string (finding, "remedy"));

      printf ("%s\n", lines[i + 1]);
      if (*remedy != '\0')
        printf ("  -> %s\n", remedy);
    }
  if (is_well (findings))
    printf ("all is well\n");
}

int
cs_command_doctor (const CsCommand *command, char **arguments)
{
  gboolean json = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusManager) manager = NULL;
  g_autoptr (GVariant) findings = NULL;

  if (!cs_command_parse_reading (command, arguments, NULL, &json))
    return CS_EXIT_USAGE;
  manager = cs_client_get_manager (&error);
  if (manager == NULL
      || !cs_dbus_manager_call_diagnose_sync (manager, G_DBUS_CALL_FLAGS_NONE, -1,
                                              &findings, NULL, &error))
    return cs_command_failed (error);
  if (json)
    cs_json_print_list ("findings", findings);
  else
    print_text (findings);
  return is_well (findings) ? CS_EXIT_DONE : CS_EXIT_FAILED;
}
