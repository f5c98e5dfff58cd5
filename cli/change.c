/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl change: changes the given parts of a share, and never starts one. */
#include "command.h"
#include "errors.h"
#include "update.h"

static gboolean
names_nothing (const CsShareOptions *wanted)
{
  return wanted->wan == NULL && g_variant_n_children (wanted->options) == 0;
}

static gboolean
refuse (CsCall *call, CsShareOptions *wanted, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE,
               "nothing to change: \"%s\" is not shared", wanted->lan);
  return FALSE;
}

int
cs_command_change (const CsCommand *command, char **arguments)
{
  g_auto (CsShareOptions) wanted = { NULL };
  int status = cs_share_options_parse (command, arguments, &wanted, NULL);

  if (status != CS_EXIT_DONE)
    return status;
  if (names_nothing (&wanted))
    return cs_command_misused (command, "change needs \"via WAN\" or an option of share");
  return cs_update_run (&wanted, refuse);
}
