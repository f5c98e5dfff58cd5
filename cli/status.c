/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl status: what each share, or one of them, is doing and why. */
#include "client.h"
#include "command.h"
#include "describe.h"
#include "output.h"

#include <stdio.h>

static void
print_row (const char *name, const char *value)
{
  g_autofree char *line = cs_output_line (cs_describe_text (value));

  if (*line != '\0')
    printf ("  %-9s %s\n", name, line);
}

static void
print_counter (const char *name, guint64 bytes, guint64 packets)
{
  g_autofree char *size = cs_output_bytes (bytes);
  g_autofree char *value
      = g_strdup_printf ("%s in %" G_GUINT64_FORMAT " packets", size, packets);

  print_row (name, value);
}

static void
print_share (CsDbusShare *share, gboolean color)
{
  GVariant *options = cs_dbus_share_get_options (share);
  g_autofree char *sentence = cs_describe_share (share);
  g_autofree char *title = cs_output_bold (sentence, color);
  g_autofree char *state
      = cs_output_state (cs_describe_text (cs_dbus_share_get_state (share)), color);
  g_autofree char *blockers = cs_describe_blockers (share);
  g_autofree char *blocked
      = *blockers != '\0' ? g_strdup_printf ("by %s; see 'sharectl doctor'", blockers)
                          : NULL;
  g_autofree char *chosen = options != NULL ? cs_describe_options (options) : NULL;

  printf ("%s\n  %-9s %s\n", title, "state", state);
  print_row ("gateway", cs_dbus_share_get_address (share));
  print_row ("blocked", blocked);
  print_row ("network", cs_dbus_share_get_ssid (share));
  print_counter ("sent", cs_dbus_share_get_bytes_sent (share),
                 cs_dbus_share_get_packets_sent (share));
  print_counter ("received", cs_dbus_share_get_bytes_received (share),
                 cs_dbus_share_get_packets_received (share));
  print_row ("options", chosen);
  print_row ("reboot",
             cs_dbus_share_get_persistent (share) ? "shared again" : "forgotten");
}

static void
print_text (GPtrArray *shares)
{
  gboolean color = cs_output_wants_color ();

  if (shares->len == 0)
    printf ("nothing is shared\n");
  for (guint i = 0; i < shares->len; i++)
    {
      if (i > 0)
        printf ("\n");
      print_share (shares->pdata[i], color);
    }
}

int
cs_command_status (const CsCommand *command, char **arguments)
{
  g_autofree char *lan = NULL;
  gboolean json = FALSE;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) shares = NULL;

  if (!cs_command_parse_reading (command, arguments, &lan, &json))
    return CS_EXIT_USAGE;
  shares = cs_client_get_shares (lan, &error);
  if (shares == NULL)
    return cs_command_failed (error);
  if (json)
    cs_describe_print_json (shares);
  else
    print_text (shares);
  return CS_EXIT_DONE;
}
