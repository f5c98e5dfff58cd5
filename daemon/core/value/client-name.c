/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Character by character. A claim is never refused for what is in it, as a name in
 * pieces is still of more use than none: whatever is no letter and no digit becomes a
 * hyphen. */
#include "client-name.h"

#include <string.h>

/* What DHCP's option 12 can hold. */
#define LONGEST_CLAIM 255
#define LONGEST_LABEL 63
#define LONGEST_NAME  64

/* Appends a hyphen for what is left out, but neither a second one nor the first
 * character. */
static void
append_gap (GString *label)
{
  if (label->len > 0 && label->str[label->len - 1] != '-')
    g_string_append_c (label, '-');
}

static GString *
read_label (const char *claim, gsize length)
{
  GString *label = g_string_new (NULL);
  const char *end = claim + MIN (length, LONGEST_CLAIM);

  while (claim < end && *claim != '\0' && *claim != '.')
    {
      gunichar c = g_utf8_get_char_validated (claim, end - claim);
      gboolean is_character = c < (gunichar)-2;

      if (is_character && g_unichar_isalnum (c))
        g_string_append_unichar (label, c);
      else
        append_gap (label);
      claim = is_character ? g_utf8_next_char (claim) : claim + 1;
    }
  return label;
}

static void
shorten (GString *label)
{
  if (label->len > LONGEST_LABEL)
    {
      const char *start
          = g_utf8_find_prev_char (label->str, label->str + LONGEST_LABEL + 1);

      g_string_truncate (label, (gsize)(start - label->str));
    }
  if (label->len > 0 && label->str[label->len - 1] == '-')
    g_string_truncate (label, label->len - 1);
}

static gboolean
misleads (const char *label, const char *gateway)
{
  return g_ascii_strcasecmp (label, "localhost") == 0
         || g_ascii_strcasecmp (label, "wpad") == 0
         || g_ascii_strcasecmp (label, "isatap") == 0
         || (gateway && g_ascii_strcasecmp (label, gateway) == 0);
}

char *
cs_client_name_from_claim (const char *claim, gsize length, const char *gateway)
{
  GString *label = read_label (claim, length);
  g_autofree char *name = NULL;

  shorten (label);
  name = g_string_free (label, FALSE);
  return *name != '\0' && !misleads (name, gateway) ? g_steal_pointer (&name) : NULL;
}

/* Control characters, line breaks, and what turns around the order of what follows
 * (Unicode's Bidi_Control). */
static gboolean
breaks_a_line (gunichar c)
{
  return g_unichar_iscntrl (c) || c == 0x2028 || c == 0x2029 || c == 0x061c || c == 0x200e
         || c == 0x200f || (c >= 0x202a && c <= 0x202e) || (c >= 0x2066 && c <= 0x2069);
}

gboolean
cs_client_name_is_valid (const char *name)
{
  gboolean is_visible = FALSE;

  if (!g_utf8_validate (name, -1, NULL) || g_utf8_strlen (name, -1) > LONGEST_NAME)
    return FALSE;
  for (; *name != '\0'; name = g_utf8_next_char (name))
    {
      gunichar c = g_utf8_get_char (name);

      if (breaks_a_line (c))
        return FALSE;
      is_visible |= g_unichar_isgraph (c);
    }
  return is_visible;
}
