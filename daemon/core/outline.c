/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Our own templates put each rule on a line of its own, and each element into a command
 * of its own; nothing else needs to be understood. */
#include "outline.h"

#include <string.h>

#define ELEMENT "add element inet connshare "

CsOutline *
cs_outline_new (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static guint
count_of (CsOutline *outline, const char *key)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (outline, key));
}

void
cs_outline_add (CsOutline *outline, const char *kind, const char *name, guint count)
{
  char *key = g_strconcat (kind, " ", name, NULL);

  count += count_of (outline, key);
  g_hash_table_replace (outline, key, GUINT_TO_POINTER (count));
}

/* "\tchain forward {" is "forward" if @word is "chain"; owned, or NULL. */
static char *
find_name (const char *line, const char *word)
{
  g_autofree char *start = g_strconcat ("\t", word, " ", NULL);

  if (!g_str_has_prefix (line, start) || !g_str_has_suffix (line, " {"))
    return NULL;
  line += strlen (start);
  return g_strndup (line, strlen (line) - strlen (" {"));
}

static void
add_set (CsOutline *outline, const char *line)
{
  g_autofree char *name = NULL;

  if (g_str_has_prefix (line, ELEMENT))
    {
      line += strlen (ELEMENT);
      name = g_strndup (line, strcspn (line, " "));
      cs_outline_add (outline, "set", name, 1);
      return;
    }
  name = find_name (line, "set");
  if (!name)
    name = find_name (line, "map");
  if (name)
    cs_outline_add (outline, "set", name, 0);
}

CsOutline *
cs_outline_of_ruleset (const char *ruleset)
{
  CsOutline *outline = cs_outline_new ();
  g_auto (GStrv) lines = g_strsplit (ruleset, "\n", -1);
  g_autofree char *chain = NULL;

  for (char **line = lines; *line; line++)
    {
      if (chain && g_str_equal (*line, "\t}"))
        g_clear_pointer (&chain, g_free);
      else if (chain && !g_str_has_prefix (*line, "\t\ttype "))
        cs_outline_add (outline, "chain", chain, 1);
      else if (!chain)
        {
          chain = find_name (*line, "chain");
          add_set (outline, *line);
        }
    }
  return outline;
}

static char *
describe (const char *key, guint wanted, guint found, gboolean there)
{
  const char *what = g_str_has_prefix (key, "chain ") ? "rules" : "elements";

  if (!there)
    return g_strdup_printf ("%s is missing", key);
  return g_strdup_printf ("%s has %u instead of %u %s", key, found, wanted, what);
}

char *
cs_outline_compare (CsOutline *wanted, CsOutline *found)
{
  g_autoptr (GList) keys
      = g_list_sort (g_hash_table_get_keys (wanted), (GCompareFunc)strcmp);
  g_autoptr (GList) others
      = g_list_sort (g_hash_table_get_keys (found), (GCompareFunc)strcmp);

  for (const GList *key = keys; key; key = key->next)
    {
      gboolean there = g_hash_table_contains (found, key->data);
      guint count = count_of (found, key->data);

      if (!there || count != count_of (wanted, key->data))
        return describe (key->data, count_of (wanted, key->data), count, there);
    }
  for (const GList *key = others; key; key = key->next)
    if (!g_hash_table_contains (wanted, key->data))
      return g_strdup_printf ("%s is not one of ours", (const char *)key->data);
  return NULL;
}
