/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl unshare: ends one share, or all of them. */
#include "call.h"
#include "client.h"
#include "command.h"
#include "output.h"

#include <stdio.h>

static int
unshare_one (CsCall *call, CsDbusManager *manager, const char *lan)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *line = cs_output_line (lan);
  int status;

  cs_dbus_manager_call_stop_sharing (manager, lan, CS_CALL_FLAGS, CS_CALL_TIMEOUT,
                                     cs_call_get_cancellable (call), cs_call_done, call);
  cs_dbus_manager_call_stop_sharing_finish (manager, cs_call_wait (call), &error);
  status = cs_call_finish (call, error);
  if (status == CS_EXIT_DONE)
    printf ("%s is no longer shared\n", line);
  return status;
}

/* Continues after a failure; the first one determines the exit status. */
static int
unshare_all (CsDbusManager *manager)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) shares = cs_client_get_shares (NULL, &error);
  g_autoptr (CsCall) call = NULL;
  int first = CS_EXIT_DONE;

  if (shares == NULL)
    return cs_command_failed (error);
  if (shares->len == 0)
    printf ("nothing is shared\n");

  call = cs_call_new ();
  for (guint i = 0; i < shares->len; i++)
    {
      int status = unshare_one (call, manager, cs_dbus_share_get_lan (shares->pdata[i]));

      if (cs_call_is_interrupted (call))
        return status;
      if (first == CS_EXIT_DONE)
        first = status;
    }
  return first;
}

int
cs_command_unshare (const CsCommand *command, char **arguments)
{
  gboolean all = FALSE;
  const GOptionEntry entries[] = {
    { "all", 0, 0, G_OPTION_ARG_NONE, &all, "End all shares", NULL },
    { NULL },
  };
  g_auto (GStrv) words = NULL;
  g_autoptr (GError) error = NULL;
  g_autoptr (CsDbusManager) manager = NULL;
  g_autoptr (CsCall) call = NULL;

  if (!cs_command_parse (command, entries, arguments, 0, G_MAXUINT, &words))
    return CS_EXIT_USAGE;
  if (!all && words[0] != NULL && words[1] != NULL)
    return cs_command_misused (
        command, "unexpected argument \"%s\": unshare ends one share, or --all",
        words[1]);
  if (all && words[0] != NULL)
    return cs_command_misused (command, "\"%s\" and --all exclude each other", words[0]);
  if (!all && words[0] == NULL)
    return cs_command_misused (command,
                               "unshare needs the name of a shared interface, or --all");
  manager = cs_client_get_manager (&error);
  if (manager == NULL)
    return cs_command_failed (error);
  if (all)
    return unshare_all (manager);

  call = cs_call_new ();
  return unshare_one (call, manager, words[0]);
}
