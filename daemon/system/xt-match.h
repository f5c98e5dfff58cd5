/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matches of xtables, as iptables-nft leaves them in its rules. */
#pragma once

#include "core/firewall.h"

/* Appends what match @name of @revision with @length bytes at @info asks to @matches, of
 * CsMatch. */
void cs_xt_match_append (GPtrArray *matches,
                         const char *name,
                         guint32 revision,
                         const void *info,
                         gsize length);
/* Whether a match "comment" says just @text. */
gboolean cs_xt_comment_is (const void *info, gsize length, const char *text);
