/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The watch is on two directories, /etc and the one of the file that /etc/resolv.conf
 * links to, since everybody replaces these files by renaming. GFileMonitor would do, but
 * it polls every few seconds for a directory that is not there. */
#include "resolv-conf.h"

#include "inotify.h"

#include "core/cidr.h"

#include <stdlib.h>
#include <string.h>

#define RESOLV_CONF   "/etc/resolv.conf"
#define RESOLVED_CONF "/run/systemd/resolve/resolv.conf"
#define LOOPBACK      127

struct _CsResolvConfWatch
{
  CsResolvConfFunc func;
  gpointer user_data;
  CsInotify *inotify; /* (owned) */
  int target;         /* watch on the linked file's directory, -1: none */
  char *name;         /* (owned) (nullable) the linked file's name in there */
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

  cs_inotify_remove (self->inotify, self->target);
  self->target = -1;
  g_clear_pointer (&self->name, g_free);
  if (path == NULL)
    return;
  directory = g_path_get_dirname (path);
  self->name = g_path_get_basename (path);
  free (path);
  if (strcmp (directory, "/etc") != 0)
    self->target = cs_inotify_add (self->inotify, directory,
                                   IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE);
}

static void
on_event (int watch, guint32 what, const char *name, gpointer user_data)
{
  CsResolvConfWatch *self = user_data;

  if (name == NULL
      || (strcmp (name, "resolv.conf") != 0 && g_strcmp0 (name, self->name) != 0))
    return;
  watch_target (self);
  self->func (self->user_data);
}

CsResolvConfWatch *
cs_resolv_conf_watch (CsResolvConfFunc func, gpointer user_data)
{
  CsResolvConfWatch *self = g_new0 (CsResolvConfWatch, 1);

  self->func = func;
  self->user_data = user_data;
  self->target = -1;
  self->inotify = cs_inotify_new (on_event, self);
  cs_inotify_add (self->inotify, "/etc",
                  IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_CREATE);
  watch_target (self);
  return self;
}

void
cs_resolv_conf_unwatch (CsResolvConfWatch *self)
{
  cs_inotify_free (self->inotify);
  g_free (self->name);
  g_free (self);
}
