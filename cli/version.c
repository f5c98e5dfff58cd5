/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl version: that of sharectl itself. */
#include "command.h"

#include "config.h"

#include <stdio.h>

int
cs_command_version (const CsCommand *command, char **arguments)
{
  const GOptionEntry entries[] = { { NULL } };
  g_auto (GStrv) words = NULL;

  if (!cs_command_parse (command, entries, arguments, 0, 0, &words))
    return CS_EXIT_USAGE;
  printf ("sharectl %s\n", CS_VERSION);
  return CS_EXIT_DONE;
}
