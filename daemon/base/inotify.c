/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A source on the descriptor, which splits what it reads into events. */
#include "inotify.h"

#include <errno.h>
#include <glib-unix.h>
#include <unistd.h>

struct _CsInotify
{
  CsInotifyFunc func;
  gpointer user_data;
  int fd;       /* (owned) -1: there is none */
  guint source; /* (owned) */
};

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  CsInotify *self = user_data;
  char buffer[4096] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  ssize_t length;

  while ((length = read (fd, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + length;)
      {
        const struct inotify_event *event = (const struct inotify_event *)at;

        self->func (event->wd, event->mask, event->len > 0 ? event->name : NULL,
                    self->user_data);
        at += sizeof *event + event->len;
      }
  return G_SOURCE_CONTINUE;
}

CsInotify *
cs_inotify_new (CsInotifyFunc func, gpointer user_data)
{
  CsInotify *self = g_new0 (CsInotify, 1);

  self->func = func;
  self->user_data = user_data;
  self->fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->fd >= 0)
    self->source = g_unix_fd_add (self->fd, G_IO_IN, on_readable, self);
  else
    g_warning ("cannot watch files: %s", g_strerror (errno));
  return self;
}

void
cs_inotify_free (CsInotify *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self);
}

int
cs_inotify_add (CsInotify *self, const char *path, guint32 what)
{
  return inotify_add_watch (self->fd, path, what);
}

void
cs_inotify_remove (CsInotify *self, int watch)
{
  if (watch >= 0)
    inotify_rm_watch (self->fd, watch);
}
