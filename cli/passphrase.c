/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the text must be is for the service to say; see passphrase.h. */
#include "passphrase.h"

#include <errno.h>
#include <gio/gio.h>
#include <stdio.h>
#include <string.h>

/* More than a passphrase can have: the rest of a large file need not be read. */
#define MOST 1024

char *
cs_passphrase_read (const char *path, GError **error)
{
  gboolean standard = g_str_equal (path, "-");
  FILE *file = standard ? stdin : fopen (path, "re");
  char text[MOST + 1];
  int failure = errno;
  gsize length = 0;
  char *end;

  if (file != NULL)
    {
      errno = 0;
      length = fread (text, 1, MOST, file);
      failure = ferror (file) ? errno : 0;
    }
  if (file != NULL && !standard)
    fclose (file);
  text[length] = '\0';
  end = memchr (text, '\n', length);
  if (end != NULL)
    length = (gsize)(end - text);
  if (length > 0 && text[length - 1] == '\r')
    length--;
  text[length] = '\0';
  if (failure != 0)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                 "the passphrase cannot be read from '%s': %s", path,
                 g_strerror (failure));
  else if (memchr (text, '\0', length) != NULL || !g_utf8_validate (text, -1, NULL))
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "'%s' is not a file of text",
                 path);
  else
    return g_strdup (text);
  return NULL;
}
