/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl share: starts a share, or changes the given parts of an existing one. */
#include "client.h"
#include "command.h"
#include "force.h"
#include "update.h"

/* Everything that the user does not give has its default. */
static gboolean
begin (CsCall *call, CsShareOptions *wanted, GError **error)
{
  g_autoptr (CsDbusManager) manager = cs_client_get_manager (error);

  if (manager == NULL)
    return FALSE;
  cs_share_options_complete (wanted, "auto", NULL);
  cs_dbus_manager_call_share_connection_with_options (
      manager, wanted->lan, wanted->wan, wanted->options, CS_CALL_FLAGS, CS_CALL_TIMEOUT,
      cs_call_get_cancellable (call), cs_call_done, call);
  if (cs_dbus_manager_call_share_connection_with_options_finish (
          manager, NULL, cs_call_wait (call), error))
    return TRUE;
  cs_force_suggest (manager, wanted, *error);
  return FALSE;
}

/* An existing share is updated, because that leaves the rest of it alone. Only the
 * service knows whether there is one: the share may end while the user types a
 * password. */
int
cs_command_share (const CsCommand *command, char **arguments)
{
  g_auto (CsShareOptions) wanted = { NULL };
  int status = cs_share_options_parse (command, arguments, &wanted, NULL);

  return status == CS_EXIT_DONE ? cs_update_run (&wanted, begin) : status;
}
