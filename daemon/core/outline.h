/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ruleset in outline: how many rules each chain has, and how many elements each set or
 * map. That is enough to see that somebody has flushed, deleted or added something, and
 * is the same whatever version of nft prints the rules how. */
#pragma once

#include <glib.h>

/* "chain forward" and "set gateways" (maps are sets too) -> a number. */
typedef GHashTable CsOutline;

CsOutline *cs_outline_new (void);
/* Adds @count to the entry of "KIND NAME", which is made if need be. */
void cs_outline_add (CsOutline *outline, const char *kind, const char *name, guint count);
/* The outline of what cs_ruleset_render () has rendered. */
CsOutline *cs_outline_of_ruleset (const char *ruleset);

/* NULL if @found is as @wanted, else the first difference by name, in words. Owned. */
char *cs_outline_compare (CsOutline *wanted, CsOutline *found);
