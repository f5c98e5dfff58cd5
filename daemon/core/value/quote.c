/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character by character; anything but a printable character of valid UTF-8 becomes
 * \xNN. */
#include "quote.h"

#define LONGEST 40

char *
cs_quote (const char *text)
{
  GString *out = g_string_new ("\"");
  guint n = 0;

  for (; *text != '\0' && n < LONGEST; n++)
    {
      gunichar c = g_utf8_get_char_validated (text, -1);

      if (c >= (gunichar)-2 || !g_unichar_isprint (c))
        {
          g_string_append_printf (out, "\\x%02x", (guchar)*text);
          text++;
          continue;
        }
      if (c == '"' || c == '\\')
        g_string_append_c (out, '\\');
      g_string_append_unichar (out, c);
      text = g_utf8_next_char (text);
    }
  g_string_append (out, *text ? "...\"" : "\"");
  return g_string_free (out, FALSE);
}
