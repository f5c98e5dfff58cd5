/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The elements of port mappings in table "inet connshare": those that are wanted, and how
 * the kernel comes to have them, and no others. An element may be wanted several times,
 * and of two with one key the first holds. */
#pragma once

#include "core/render/ruleset-forwards.h"

#include <gio/gio.h>

/* From the main loop: as a CsForwardElementFunc; @user_data is ignored. */
void cs_forward_elements_want (CsForwardKind kind,
                               const char *key,
                               const char *value,
                               gpointer user_data);
void cs_forward_elements_unwant (CsForwardKind kind,
                                 const char *key,
                                 const char *value,
                                 gpointer user_data);

/* Whether @value is what @key of the map is wanted to have, rather than another one. */
gboolean cs_forward_elements_hold (const char *key, const char *value);

/* Returns when the kernel has all that was wanted when this was called. It does nothing
 * while there is no table. @looks: at what the kernel has, rather than trusting that it
 * is what it was given. */
void cs_forward_elements_commit_async (gboolean looks,
                                       GAsyncReadyCallback callback,
                                       gpointer user_data);
gboolean cs_forward_elements_commit_finish (GAsyncResult *result, GError **error);

/* The same at once, in a worker thread. */
gboolean cs_forward_elements_commit (gboolean looks, GError **error);

/* The commands that give a new table all that is wanted: owned. From any thread, while it
 * has the lock of commits. */
char *cs_forward_elements_render (void);
