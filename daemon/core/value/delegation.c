/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "delegation.h"

#include "ipv6.h"

#include <string.h>

#define WORD "new_dhcp6_ia_pd"
/* More than any network delegates to one computer. */
#define MOST 16

typedef struct
{
  const char *name; /* unowned: "new_dhcp6_ia_pd1_prefix1" */
  CsAddress address;
  guint32 length, preferred, valid;
} Delegation;

/* @name is a line's up to its "=", without what comes behind the number of the prefix. */
static Delegation *
find (GArray *list, const char *name)
{
  const Delegation new = { .name = name };

  for (guint i = 0; i < list->len; i++)
    if (g_str_equal (g_array_index (list, Delegation, i).name, name))
      return &g_array_index (list, Delegation, i);
  if (list->len == MOST)
    return NULL;
  g_array_append_val (list, new);
  return &g_array_index (list, Delegation, list->len - 1);
}

static void
set_number (guint32 *number, const char *text)
{
  guint64 value;

  if (g_ascii_string_to_unsigned (text, 10, 0, G_MAXUINT32, &value, NULL))
    *number = (guint32)value;
}

/* @line: "NAME=VALUE", which this cuts in pieces. */
static void
parse_line (GArray *list, char *line)
{
  char *value = strchr (line, '=');
  char *rest;
  Delegation *delegation;

  if (!g_str_has_prefix (line, WORD) || !value)
    return;
  *value++ = '\0';
  rest = strstr (line, "_prefix");
  if (!rest)
    return;
  rest += strlen ("_prefix");
  rest += strspn (rest, "0123456789");
  if (*rest != '\0' && *rest != '_')
    return;
  /* what is behind the number, less its "_" */
  if (*rest == '_')
    *rest++ = '\0';
  delegation = find (list, line);
  if (!delegation)
    return;
  if (*rest == '\0')
    cs_address_parse (value, &delegation->address);
  else if (g_str_equal (rest, "length"))
    set_number (&delegation->length, value);
  else if (g_str_equal (rest, "pltime"))
    set_number (&delegation->preferred, value);
  else if (g_str_equal (rest, "vltime"))
    set_number (&delegation->valid, value);
}

static gboolean
is_usable (const Delegation *delegation)
{
  return (cs_ipv6_is_global (delegation->address)
          || cs_ipv6_is_unique_local (delegation->address))
         && delegation->length >= 8 && delegation->length <= 64
         && delegation->preferred > 0 && delegation->preferred <= delegation->valid;
}

static int
compare_lives (gconstpointer a, gconstpointer b)
{
  guint32 left = ((const Delegation *)a)->preferred;
  guint32 right = ((const Delegation *)b)->preferred;

  return left > right ? -1 : left < right;
}

GArray *
cs_delegation_parse (const char *text)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);
  g_autoptr (GArray) list = g_array_new (FALSE, FALSE, sizeof (Delegation));
  GArray *prefixes = g_array_new (FALSE, TRUE, sizeof (CsCidr));

  for (char **line = lines; *line; line++)
    parse_line (list, *line);
  g_array_sort (list, compare_lives);
  for (guint i = 0; i < list->len; i++)
    {
      const Delegation *delegation = &g_array_index (list, Delegation, i);
      CsCidr prefix = { delegation->address, (guint8)delegation->length };

      if (!is_usable (delegation))
        continue;
      prefix = cs_cidr_network (prefix);
      g_array_append_val (prefixes, prefix);
    }
  return prefixes;
}
