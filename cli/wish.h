/* SPDX-License-Identifier: GPL-2.0-or-later */
/* "LAN [via WAN] [options]": what `share` does and `preview` shows. */
#pragma once

#include "command.h"

typedef struct
{
  char *lan;         /* (owned) */
  char *wan;         /* (owned) "auto" where the user names none */
  GVariant *options; /* (owned) a{sv} of ShareConnectionWithOptions */
} CsWish;

/* Reads @wish from @arguments, and the flag --json where @json is not NULL; otherwise
 * tells the user what is wrong. Returns CS_EXIT_DONE, or how to end. */
int
cs_wish_parse (const CsCommand *command, char **arguments, CsWish *wish, gboolean *json);
void cs_wish_clear (CsWish *wish);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsWish, cs_wish_clear)
