/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients' addresses in the sets and maps of table "inet connshare" that count. They are
 * not the plan's, and not part of the outline. */
#pragma once

#include "core/plan/share-plan.h"

/* Counts for the addresses (of char) of @family in @new as well, and no more for those in
 * @old, which are counted for; "" if there are none. In a table that is there. */
char *cs_ruleset_render_clients (int family, const GPtrArray *new, const GPtrArray *old);

/* Where the flows of a share's known clients take the short path. */
typedef struct
{
  char *lan;       /* (owned) */
  int lan_ifindex; /* > 0, as the next */
  int uplink_ifindex;
  GArray *networks; /* (owned) of CsCidr: those of its clients, of both families */
} CsShortPath;

/* NULL if @share (nullable) has none. */
CsShortPath *cs_short_path_new (const CsSharePlan *share);
void cs_short_path_free (gpointer path);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsShortPath, cs_short_path_free)
gboolean cs_short_path_fits (const CsShortPath *path, CsAddress address);

/* @verb, "add" or "delete", for the @addresses (of char) of @family, in a table that has
 * the share; "" if there are none. */
char *cs_short_path_render (const CsShortPath *path,
                            int family,
                            const char *verb,
                            const GPtrArray *addresses);
