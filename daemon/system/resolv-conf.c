/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watch is on two directories, /etc and the one of the file that /etc/resolv.conf
 * links to, since everybody replaces these files by renaming. GFileMonitor would do, but
 * it polls every few seconds for a directory that is not there. */
#include "resolv-conf.h"

#include "core/cidr.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <stdlib.h>
#include <string.h>
#include <sys/inotify.h>
#include <unistd.h>

#define RESOLV_CONF   "/etc/resolv.conf"
#define RESOLVED_CONF "/run/systemd/resolve/resolv.conf"
#define LOOPBACK      127

struct _CsResolvConfWatch
{
  CsResolvConfFunc func;
  gpointer user_data;
  int fd;       /* (owned) inotify, -1: there is none */
  int target;   /* watch on the linked file's directory, -1: none */
  char *name;   /* (owned) (nullable) the linked file's name in there */
  guint source; /* (owned) */
};

char **
cs_resolv_conf_parse (const char *text)
{
  g_autoptr (GPtrArray) servers = g_ptr_array_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) words = g_strsplit_set (g_strstrip (*line), " \t", -1);
      const char *address = NULL;
      guint32 value;

      if (words[0] == NULL || strcmp (words[0], "nameserver") != 0)
        continue;
      for (char **word = words + 1; *word != NULL && address == NULL; word++)
        if (**word != '\0')
          address = *word;
      if (address != NULL && cs_ipv4_parse (address, &value) && value != 0
          && value >> 24 != LOOPBACK)
        g_ptr_array_add (servers, cs_ipv4_to_string (value));
    }
  g_ptr_array_add (servers, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&servers), FALSE);
}

static char **
servers_of (const char *path)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return g_new0 (char *, 1);
  return cs_resolv_conf_parse (text);
}

char **
cs_resolv_conf_servers (void)
{
  g_auto (GStrv) servers = servers_of (RESOLV_CONF);

  if (servers[0] != NULL)
    return g_steal_pointer (&servers);
  return servers_of (RESOLVED_CONF);
}

/* Follows the link to where it leads now. */
static void
watch_target (CsResolvConfWatch *self)
{
  g_autofree char *directory = NULL;
  char *path = realpath (RESOLV_CONF, NULL);

  if (self->target >= 0)
    inotify_rm_watch (self->fd, self->target);
  self->target = -1;
  g_clear_pointer (&self->name, g_free);
  if (path == NULL)
    return;
  directory = g_path_get_dirname (path);
  self->name = g_path_get_basename (path);
  free (path);
  if (strcmp (directory, "/etc") != 0)
    self->target = inotify_add_watch (self->fd, directory,
                                      IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE);
}

static gboolean
on_inotify (int fd, GIOCondition condition, gpointer user_data)
{
  CsResolvConfWatch *self = user_data;
  char buffer[4096] __attribute__ ((aligned (__alignof__(struct inotify_event))));
  gboolean concerned = FALSE;
  ssize_t length;

  while ((length = read (fd, buffer, sizeof buffer)) > 0)
    for (char *at = buffer; at < buffer + length;)
      {
        const struct inotify_event *event = (const struct inotify_event *)at;

        if (event->len > 0
            && (strcmp (event->name, "resolv.conf") == 0
                || g_strcmp0 (event->name, self->name) == 0))
          concerned = TRUE;
        at += sizeof *event + event->len;
      }
  if (concerned)
    {
      watch_target (self);
      self->func (self->user_data);
    }
  return G_SOURCE_CONTINUE;
}

CsResolvConfWatch *
cs_resolv_conf_watch (CsResolvConfFunc func, gpointer user_data)
{
  CsResolvConfWatch *self = g_new0 (CsResolvConfWatch, 1);

  self->func = func;
  self->user_data = user_data;
  self->target = -1;
  self->fd = inotify_init1 (IN_NONBLOCK | IN_CLOEXEC);
  if (self->fd < 0)
    {
      g_warning ("Cannot watch " RESOLV_CONF ": %s", g_strerror (errno));
      return self;
    }
  inotify_add_watch (self->fd, "/etc",
                     IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_CREATE);
  watch_target (self);
  self->source = g_unix_fd_add (self->fd, G_IO_IN, on_inotify, self);
  return self;
}

void
cs_resolv_conf_unwatch (CsResolvConfWatch *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  if (self->fd >= 0)
    close (self->fd);
  g_free (self->name);
  g_free (self);
}
