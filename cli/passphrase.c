/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The service checks the passphrase itself; see passphrase.h. */
#include "passphrase.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>

/* More than a passphrase can have: the rest of a long line is not read. */
#define MOST 1024

/* The first line of @file; errno is 0 unless reading failed. Does not wait for
 * anything after that line: a user may be typing it. */
static GString *
read_line (FILE *file)
{
  GString *line = g_string_new (NULL);
  int c;

  while (line->len < MOST && (c = getc (file)) != EOF && c != '\n')
    g_string_append_c (line, (char)c);
  errno = ferror (file) ? errno : 0;
  if (line->len > 0 && line->str[line->len - 1] == '\r')
    g_string_truncate (line, line->len - 1);
  return line;
}

char *
cs_passphrase_read (const char *path, GError **error)
{
  gboolean standard = g_str_equal (path, "-");
  FILE *file = standard ? stdin : fopen (path, "re");
  GString *line = file != NULL ? read_line (file) : g_string_new (NULL);
  int failure = errno;
  gboolean is_text = g_utf8_validate (line->str, (gssize)line->len, NULL);
  g_autofree char *text = g_string_free (line, FALSE);

  if (file != NULL && !standard)
    fclose (file);
  if (file == NULL || failure != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "cannot read the passphrase from \"%s\": %s", path,
                 g_strerror (failure));
  else if (!is_text)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "\"%s\" is not a text file", path);
  else if (*text == '\0')
    /* what a script failed to write: for an existing share, "" would silently mean a
     * generated passphrase */
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "the first line of \"%s\", the passphrase, is empty", path);
  else
    return g_steal_pointer (&text);
  return NULL;
}
