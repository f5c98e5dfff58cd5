/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From mark to mark; lines of interest are "00-D0-EF   (hex)\t\tIGT". */
#include "vendor.h"

#include <string.h>

#define MARK       "   (hex)"
#define KEY_LENGTH 8
#define LONGEST    64

gboolean
cs_mac_is_private (const guint8 *mac)
{
  return (mac[0] & 0x03) == 0x02;
}

guint
cs_vendor_key (const guint8 *mac)
{
  return (guint)mac[0] << 16 | (guint)mac[1] << 8 | mac[2];
}

/* The number before @mark, in a line that begins at @text or later. */
static gboolean
read_key (const char *text, const char *mark, guint *key)
{
  const char *start = mark - KEY_LENGTH;

  *key = 0;
  if (mark - text < (gssize)KEY_LENGTH || (start > text && start[-1] != '\n'))
    return FALSE;
  for (guint i = 0; i < KEY_LENGTH; i++)
    {
      if (i % 3 == 2 ? start[i] != '-' : !g_ascii_isxdigit (start[i]))
        return FALSE;
      if (i % 3 != 2)
        *key = *key << 4 | (guint)g_ascii_xdigit_value (start[i]);
    }
  return TRUE;
}

/* NULL: it tells nothing, as whoever holds a part of the block is listed elsewhere. */
static char *
read_name (const char *start, gsize length)
{
  g_autofree char *raw = g_strndup (start, length);
  g_autofree char *name = g_utf8_make_valid (raw, -1);

  for (char *c = name; *c != '\0'; c++)
    if (g_ascii_iscntrl (*c))
      *c = ' ';
  g_strstrip (name);
  if (*name == '\0' || g_str_equal (name, "IEEE Registration Authority")
      || g_str_equal (name, "Private"))
    return NULL;
  return g_utf8_substring (name, 0, MIN (LONGEST, g_utf8_strlen (name, -1)));
}

void
cs_vendors_find (const char *text, gsize size, GHashTable *vendors)
{
  const char *end = text + size;
  const char *mark;

  if (size == 0)
    return;
  for (const char *rest = text;
       (mark = memmem (rest, (gsize)(end - rest), MARK, strlen (MARK))) != NULL;)
    {
      const char *start = mark + strlen (MARK);
      const char *stop = memchr (start, '\n', (gsize)(end - start));
      char *name = NULL;
      guint key;

      rest = stop ? stop : end;
      if (read_key (text, mark, &key)
          && g_hash_table_contains (vendors, GUINT_TO_POINTER (key)))
        name = read_name (start, (gsize)(rest - start));
      if (name)
        g_hash_table_replace (vendors, GUINT_TO_POINTER (key), name);
    }
}
