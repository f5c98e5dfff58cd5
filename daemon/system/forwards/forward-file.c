/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line that was only written in part, or what a file system leaves in its place when
 * the computer loses power, would spoil the next one: then all is written again. */
#include "forward-file.h"

#include "base/files.h"
#include "core/value/ifname.h"

#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <unistd.h>

/* How many lines there may be for each that is needed, beside a few. */
#define WASTE 4
#define FEW   64

CsForwardFile *
cs_forward_file_new (const char *folder, const char *lan)
{
  CsForwardFile *self = g_new0 (CsForwardFile, 1);

  self->folder = g_strdup (folder);
  self->path = g_build_filename (folder, lan, NULL);
  return self;
}

void
cs_forward_file_free (CsForwardFile *self)
{
  g_free (self->folder);
  g_free (self->path);
  g_free (self);
}

/* Whether there is nothing behind a zero byte. */
static gboolean
is_whole (const CsForwardFile *self, const char *text)
{
  GStatBuf about;

  return g_stat (self->path, &about) == 0 && about.st_size == (goffset)strlen (text);
}

void
cs_forward_file_read (CsForwardFile *self, CsForwardTable *table)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *text = cs_file_read (self->path, &error);

  if (text != NULL)
    {
      guint lines = cs_forward_table_read (table, text);

      self->lines = g_str_has_suffix (text, "\n") && is_whole (self, text) ? lines : 0;
    }
  else if (!g_error_matches (error, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    g_warning ("port mappings are lost: %s", error->message);
}

static gboolean
write_line (int fd, const char *line, gboolean lasts)
{
  gsize length = strlen (line);

  return write (fd, line, length) == (gssize)length && (!lasts || fdatasync (fd) == 0);
}

static gboolean
append (const char *path, const char *line, gboolean lasts)
{
  int fd = open (path, O_WRONLY | O_APPEND | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK);
  gboolean done = fd >= 0 && write_line (fd, line, lasts);

  if (fd >= 0)
    close (fd);
  return done;
}

static gboolean
write_all (CsForwardFile *self, const CsForwardTable *table, GError **error)
{
  g_autofree char *text = cs_forward_table_to_text (table);

  if (!cs_file_write (self->path, text, error))
    return FALSE;
  self->lines = 0;
  for (const char *end = text; (end = strchr (end, '\n')) != NULL; end++)
    self->lines++;
  return TRUE;
}

gboolean
cs_forward_file_add (CsForwardFile *self,
                     const char *line,
                     const CsForwardTable *table,
                     gboolean lasts,
                     GError **error)
{
  if (self->lines == 0 || self->lines > FEW + WASTE * cs_forward_table_count (table))
    return write_all (self, table, error);
  if (append (self->path, line, lasts))
    {
      self->lines++;
      return TRUE;
    }
  self->lines = 0; /* it may be spoilt */
  return write_all (self, table, error);
}

void
cs_forward_file_remove (CsForwardFile *self)
{
  g_autoptr (GError) error = NULL;

  self->lines = 0;
  if (!cs_file_remove (self->path, &error))
    g_warning ("%s", error->message);
  g_rmdir (self->folder); /* unless another LAN has mappings */
}

char **
cs_forward_files_list (const char *folder)
{
  g_autoptr (GStrvBuilder) lans = g_strv_builder_new ();
  g_autoptr (GDir) dir = NULL;
  const char *name;

  cs_files_sweep (folder);
  dir = g_dir_open (folder, 0, NULL);
  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (cs_ifname_check (name, "LAN", NULL))
      g_strv_builder_add (lans, name);
  return g_strv_builder_end (lans);
}
