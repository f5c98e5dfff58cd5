/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first of these programs that runs creates the file; until then, this watches its
 * folder. */
#include "xtables-lock.h"

#include "base/inotify.h"

#define FOLDER "/run"
#define NAME   "xtables.lock"

struct _CsXtablesLock
{
  CsXtablesLockFunc func;
  gpointer user_data;
  CsInotify *inotify; /* (owned) */
  int folder;         /* watch, -1: none, because the file exists */
  int file;           /* watch, -1: none */
};

/* Watches the folder first, so that the file cannot appear unnoticed. */
static void
watch_file (CsXtablesLock *self)
{
  if (self->folder < 0)
    self->folder = cs_inotify_add (self->inotify, FOLDER, IN_CREATE | IN_MOVED_TO);
  self->file = cs_inotify_add (self->inotify, FOLDER "/" NAME,
                               IN_CLOSE | IN_DELETE_SELF | IN_MOVE_SELF);
  if (self->file < 0)
    return;
  cs_inotify_remove (self->inotify, self->folder);
  self->folder = -1;
}

static void
on_event (int watch, guint32 what, const char *name, gpointer user_data)
{
  CsXtablesLock *self = user_data;

  if ((what & IN_Q_OVERFLOW) != 0
      || (watch == self->file && (what & (IN_DELETE_SELF | IN_MOVE_SELF)) != 0))
    {
      cs_inotify_remove (self->inotify, self->file);
      watch_file (self);
    }
  else if (watch == self->folder && g_strcmp0 (name, NAME) == 0)
    watch_file (self);
  else if (watch != self->file || (what & IN_CLOSE) == 0)
    return;
  self->func (self->user_data);
}

CsXtablesLock *
cs_xtables_lock_watch (CsXtablesLockFunc func, gpointer user_data)
{
  CsXtablesLock *self = g_new0 (CsXtablesLock, 1);

  self->func = func;
  self->user_data = user_data;
  self->inotify = cs_inotify_new (on_event, self);
  self->folder = -1;
  watch_file (self);
  return self;
}

void
cs_xtables_lock_unwatch (CsXtablesLock *self)
{
  cs_inotify_free (self->inotify);
  g_free (self);
}
