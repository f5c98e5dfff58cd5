/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl share: starts or changes a share, and says what came of it. */
#include "call.h"
#include "client.h"
#include "command.h"
#include "describe.h"
#include "output.h"
#include "wish.h"

#include <stdio.h>

/* It is shared all the same: what blocks it may go. */
static void
warn_of_blockers (CsDbusShare *share)
{
  g_autofree char *blockers = cs_describe_blockers (share);

  if (*blockers != '\0')
    fprintf (stderr,
             "sharectl: warning: another packet filter blocks the clients of %s: %s; "
             "'sharectl doctor' shows what opens it\n",
             cs_describe_text (cs_dbus_share_get_lan (share)), blockers);
}

static void
report_wifi (const char *lan, const char *ssid)
{
  g_autofree char *name = cs_output_line (cs_describe_text (ssid));

  if (*name != '\0')
    printf ("Wi-Fi network \"%s\": 'sharectl wifi %s' shows how to join it\n", name, lan);
}

/* The share works, waits, or has failed or been ended since it began. */
static int
report (const char *lan, const char *path)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusShare) share = cs_client_get_share (path, lan, &error);
  g_autofree char *sentence = NULL;

  if (share == NULL)
    return cs_command_failed (error);
  sentence = cs_describe_share (share);
  if (g_strcmp0 (cs_dbus_share_get_state (share), "failed") == 0)
    {
      fprintf (stderr, "sharectl: %s\n", sentence);
      return CS_EXIT_FAILED;
    }
  printf ("%s\n", sentence);
  report_wifi (lan, cs_dbus_share_get_ssid (share));
  warn_of_blockers (share);
  return CS_EXIT_DONE;
}

int
cs_command_share (const CsCommand *command, char **arguments)
{
  g_auto (CsWish) wish = { NULL };
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusManager) manager = NULL;
  g_autoptr (CsCall) call = NULL;
  g_autofree char *path = NULL;
  int status;

  status = cs_wish_parse (command, arguments, &wish, NULL);
  if (status != CS_EXIT_DONE)
    return status;
  manager = cs_client_get_manager (&error);
  if (manager == NULL)
    return cs_command_failed (error);

  call = cs_call_new ();
  cs_dbus_manager_call_share_connection_with_options (
      manager, wish.lan, wish.wan, wish.options, CS_CALL_FLAGS, CS_CALL_TIMEOUT,
      cs_call_get_cancellable (call), cs_call_done, call);
  cs_dbus_manager_call_share_connection_with_options_finish (manager, &path,
                                                             cs_call_wait (call), &error);
  status = cs_call_finish (call, error);
  g_clear_pointer (&call, cs_call_free);
  return status == CS_EXIT_DONE ? report (wish.lan, path) : status;
}
