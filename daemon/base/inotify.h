/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An inotify descriptor in the default main context. */
#pragma once

#include <glib.h>
#include <sys/inotify.h>

/* What happened (IN_*) to what @watch watches, or to @name in it (NULL: to itself);
 * IN_Q_OVERFLOW, with the watch -1: anything may have, unreported. */
typedef void (*CsInotifyFunc) (int watch,
                               guint32 what,
                               const char *name,
                               gpointer user_data);
typedef struct _CsInotify CsInotify;

/* If the kernel has none left, this logs it, and nothing is ever reported. */
CsInotify *cs_inotify_new (CsInotifyFunc func, gpointer user_data);
void cs_inotify_free (CsInotify *inotify);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsInotify, cs_inotify_free)

/* Returns the watch, or -1, for example if there is no @path. */
int cs_inotify_add (CsInotify *inotify, const char *path, guint32 what);
/* @watch may be -1. */
void cs_inotify_remove (CsInotify *inotify, int watch);
