/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Watches two directories, /etc and that of the file that /etc/resolv.conf links to,
 * because programs replace these files by renaming. GFileMonitor would work, but it polls
 * every few seconds for a directory that does not exist. */
#include "resolv-conf.h"

#include "base/inotify.h"
#include "core/value/address.h"

#include <stdlib.h>
#include <string.h>

#define RESOLV_CONF   "/etc/resolv.conf"
#define RESOLVED_CONF "/run/systemd/resolve/resolv.conf"

struct _CsResolvConfWatch
{
  CsResolvConfFunc func;
  gpointer user_data;
  CsInotify *inotify; /* (owned) */
  int target;         /* watch on the linked file's directory, -1: none */
  char *name;         /* (owned) (nullable) the linked file's name there */
};

/* Those of the text that @wanted () accepts. */
static GArray *
parse (const char *text, gboolean (*wanted) (CsAddress address))
{
  GArray *servers = cs_addresses_new ();
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (char **line = lines; *line != NULL; line++)
    {
      g_auto (GStrv) words = g_strsplit_set (g_strstrip (*line), " \t", -1);
      const char *address = NULL;
      CsAddress value;

      if (words[0] == NULL || strcmp (words[0], "nameserver") != 0)
        continue;
      for (char **word = words + 1; *word != NULL && address == NULL; word++)
        if (**word != '\0')
          address = *word;
      if (address != NULL && cs_address_parse (address, &value) && wanted (value))
        cs_addresses_add (servers, value);
    }
  return servers;
}

GArray *
cs_resolv_conf_parse (const char *text)
{
  GArray *servers = parse (text, cs_address_is_remote);

  cs_addresses_drop_link_local (servers);
  return servers;
}

static GArray *
servers_of (const char *path)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return cs_addresses_new ();
  return cs_resolv_conf_parse (text);
}

GArray *
cs_resolv_conf_servers (void)
{
  g_autoptr (GArray) servers = servers_of (RESOLV_CONF);

  if (servers->len > 0)
    return g_steal_pointer (&servers);
  return servers_of (RESOLVED_CONF);
}

GArray *
cs_resolv_conf_own (void)
{
  g_autofree char *text = NULL;

  if (!g_file_get_contents (RESOLV_CONF, &text, NULL, NULL))
    return cs_addresses_new ();
  return parse (text, cs_address_is_loopback);
}

/* (nullable) The file that the link leads to, even if it does not exist yet: at boot, the
 * program that writes it may start later. */
static char *
find_target (void)
{
  g_autofree char *link = NULL;
  char *path = realpath (RESOLV_CONF, NULL), *copy;

  if (path == NULL)
    {
      link = g_file_read_link (RESOLV_CONF, NULL);
      return link != NULL ? g_canonicalize_filename (link, "/etc") : NULL;
    }
  copy = g_strdup (path);
  free (path);
  return copy;
}

/* Follows the link to its current target, or as far as there are directories. */
static void
watch_target (CsResolvConfWatch *self)
{
  g_autofree char *path = find_target ();

  cs_inotify_remove (self->inotify, self->target);
  self->target = -1;
  g_clear_pointer (&self->name, g_free);
  while (path != NULL && self->target < 0 && strcmp (path, "/") != 0)
    {
      g_autofree char *directory = g_path_get_dirname (path);

      if (strcmp (directory, "/etc") == 0)
        return;
      g_free (self->name);
      self->name = g_path_get_basename (path);
      self->target = cs_inotify_add (
          self->inotify, directory, IN_CLOSE_WRITE | IN_MOVED_TO | IN_DELETE | IN_CREATE);
      g_free (path);
      path = g_steal_pointer (&directory);
    }
}

static void
on_event (int watch, guint32 what, const char *name, gpointer user_data)
{
  CsResolvConfWatch *self = user_data;

  if ((what & IN_Q_OVERFLOW) == 0 && g_strcmp0 (name, "resolv.conf") != 0
      && (name == NULL || g_strcmp0 (name, self->name) != 0))
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
