/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text must be is for the service to say; see passphrase.h. */
#include "passphrase.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>

/* More than a passphrase can have: the rest of a long line need not be read. */
#define MOST 1024

/* The first line of @file; errno is 0 unless it cannot be read. Nothing behind that line
 * is waited for: a user may be typing it. */
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
                 "the passphrase cannot be read from '%s': %s", path,
                 g_strerror (failure));
  else if (!is_text)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "'%s' is not a file of text",
                 path);
  else
    return g_steal_pointer (&text);
  return NULL;
}
