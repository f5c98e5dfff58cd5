/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "LAN [via WAN] [options]": what `share` does, `change` changes, and `preview` shows. */
#pragma once

#include "command.h"

typedef struct
{
  char *lan; /* (owned) */
  char *wan; /* (owned) (nullable) where the user names none */
  GVariant
      *options; /* (owned) a{sv} of ShareConnectionWithOptions: those that are named */
} CsShareOptions;

/* Reads @wanted from @arguments, and the flag --json if @json is not NULL; otherwise
 * reports what is wrong. Returns CS_EXIT_DONE, or the exit status. */
int cs_share_options_parse (const CsCommand *command,
                            char **arguments,
                            CsShareOptions *wanted,
                            gboolean *json);

/* a{sv} of Share.Update(), owned: what the user gives, and nothing else. */
GVariant *cs_share_options_changes (const CsShareOptions *wanted);

/* Takes what the user does not give from @wan and @options (a{sv}, nullable). */
void
cs_share_options_complete (CsShareOptions *wanted, const char *wan, GVariant *options);

void cs_share_options_clear (CsShareOptions *wanted);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsShareOptions, cs_share_options_clear)
