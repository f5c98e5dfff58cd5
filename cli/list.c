/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl list: the shares, one per line. */
#include "client.h"
#include "command.h"
#include "describe.h"
#include "output.h"

#include <stdio.h>

static void
print_table (GPtrArray *shares)
{
  static const char *const headings[]
      = { "LAN", "WAN", "UPLINK", "STATE", "REBOOT", NULL };
  g_autoptr (CsTable) table = cs_table_new (headings);
  g_autofree char *text = NULL;

  for (guint i = 0; i < shares->len; i++)
    {
      CsDbusShare *share = shares->pdata[i];
      const char *cells[] = {
        cs_describe_text (cs_dbus_share_get_lan (share)),
        cs_describe_text (cs_dbus_share_get_wan (share)),
        cs_describe_text (cs_dbus_share_get_uplink (share)),
        cs_describe_text (cs_dbus_share_get_state (share)),
        cs_dbus_share_get_persistent (share) ? "shared again" : "forgotten",
      };

      cs_table_add (table, cells);
    }
  text = cs_table_render (table, cs_output_wants_color ());
  fputs (shares->len > 0 ? text : "nothing is shared\n", stdout);
}

int
cs_command_list (const CsCommand *command, char **arguments)
{
  gboolean json = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) shares = NULL;

  if (!cs_command_parse_reading (command, arguments, NULL, &json))
    return CS_EXIT_USAGE;
  shares = cs_client_get_shares (NULL, &error);
  if (shares == NULL)
    return cs_command_failed (error);
  if (json)
    cs_describe_print_json (shares, NULL);
  else
    print_table (shares);
  return CS_EXIT_DONE;
}
