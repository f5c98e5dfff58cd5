/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file is synced before it is moved, and its folder afterwards (rename(2) says what a
 * crash can leave otherwise). The name beside is a fixed one: a file that somebody else
 * keeps there, such as a copy, is never taken for what a crash has left. */
#include "files.h"

#include "errno-words.h"

#include "dbus/errors.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#define SUFFIX ".new"

/* Of what is read; a thousand shares' ledger is smaller. Bytes. */
#define SIZE_MAX_READ (4 * 1024 * 1024)

static char *
path_beside (const char *folder, const char *path)
{
  g_autofree char *name = g_path_get_basename (path);

  return g_strconcat (folder, "/.", name, SUFFIX, NULL);
}

/* The following return FALSE and errno. */

static gboolean
write_all (int fd, const char *text)
{
  gsize length = strlen (text);

  while (length > 0)
    {
      gssize written = write (fd, text, length);

      if (written < 0 && errno != EINTR)
        return FALSE;
      text += MAX (written, 0);
      length -= (gsize)MAX (written, 0);
    }
  return TRUE;
}

static gboolean
write_synced (const char *path, const char *text)
{
  int fd = g_open (path, O_WRONLY | O_CREAT | O_TRUNC | O_NOFOLLOW | O_CLOEXEC, 0600);
  gboolean done = fd >= 0 && write_all (fd, text) && fsync (fd) == 0;
  int saved = errno;

  if (fd >= 0)
    close (fd);
  errno = saved;
  return done;
}

/* Returns what is wrong with it, or NULL. */
static const char *
file_flaw (int fd)
{
  struct stat status;

  if (fstat (fd, &status) != 0 || !S_ISREG (status.st_mode))
    return "it is not a regular file";
  if (status.st_uid != geteuid () || (status.st_mode & (S_IWGRP | S_IWOTH)) != 0)
    return "users other than root could have written it";
  return status.st_size > SIZE_MAX_READ ? "it is too large" : NULL;
}

/* FALSE: errno. */
static gboolean
read_all (int fd, GString *text)
{
  char buffer[4096];
  gssize length;

  while ((length = read (fd, buffer, sizeof buffer)) != 0)
    {
      if (length < 0 && errno != EINTR)
        return FALSE;
      g_string_append_len (text, buffer, MAX (length, 0));
    }
  return TRUE;
}

char *
cs_file_read (const char *path, GError **error)
{
  g_autoptr (GString) text = g_string_new (NULL);
  int fd = g_open (path, O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0);
  const char *flaw = fd >= 0 ? file_flaw (fd) : NULL;
  gboolean done = fd >= 0 && flaw == NULL && read_all (fd, text);
  int saved = errno;

  if (fd >= 0)
    close (fd);
  if (done)
    return g_string_free (g_steal_pointer (&text), FALSE);
  if (flaw != NULL)
    g_set_error_literal (error, G_FILE_ERROR, G_FILE_ERROR_INVAL, flaw);
  else
    g_set_error_literal (error, G_FILE_ERROR, g_file_error_from_errno (saved),
                         saved == ELOOP ? "it is a symbolic link" : g_strerror (saved));
  return NULL;
}

/* Also over an empty folder. */
static gboolean
replace (const char *beside, const char *path)
{
  return g_rename (beside, path) == 0
         || (errno == EISDIR && g_rmdir (path) == 0 && g_rename (beside, path) == 0);
}

/* A file system that cannot sync folders does not need it. */
static void
sync_folder (const char *folder)
{
  int fd = g_open (folder, O_RDONLY | O_DIRECTORY | O_CLOEXEC, 0);

  if (fd < 0)
    return;
  fsync (fd);
  close (fd);
}

gboolean
cs_file_write (const char *path, const char *text, GError **error)
{
  g_autofree char *folder = g_path_get_dirname (path);
  g_autofree char *beside = path_beside (folder, path);
  int saved;

  if (g_mkdir_with_parents (folder, 0755) == 0 && write_synced (beside, text)
      && replace (beside, path))
    {
      sync_folder (folder);
      return TRUE;
    }
  saved = errno;
  g_unlink (beside);
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "cannot write %s, so nothing was changed: %s", path,
               cs_errno_words (saved));
  return FALSE;
}

gboolean
cs_file_remove (const char *path, GError **error)
{
  if (g_remove (path) == 0 || errno == ENOENT)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot remove %s: %s", path,
               cs_errno_words (errno));
  return FALSE;
}

gboolean
cs_files_can_open (guint count, GError **error)
{
  g_autofree int *fds = g_new (int, count);
  guint opened = 0;
  int saved;

  while (opened < count
         && (fds[opened] = g_open ("/dev/null", O_RDONLY | O_CLOEXEC, 0)) >= 0)
    opened++;
  saved = errno;
  for (guint i = 0; i < opened; i++)
    close (fds[i]);
  if (opened == count)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "nothing was changed: %s",
               cs_errno_words (saved));
  return FALSE;
}

void
cs_files_sweep (const char *folder)
{
  g_autoptr (GDir) dir = g_dir_open (folder, 0, NULL);
  const char *name;

  while (dir != NULL && (name = g_dir_read_name (dir)) != NULL)
    if (name[0] == '.' && g_str_has_suffix (name, SUFFIX))
      {
        g_autofree char *path = g_build_filename (folder, name, NULL);

        g_unlink (path);
      }
}
