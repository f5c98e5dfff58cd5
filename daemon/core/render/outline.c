/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "outline.h"

#include <string.h>

static const struct
{
  const char *word;
  const char *content;
} kinds[] = {
  [CS_OUTLINE_CHAIN] = { "chain", "rules" },
  [CS_OUTLINE_SET] = { "set", "elements" },
};

CsOutline *
cs_outline_new (void)
{
  CsOutline *self = g_new0 (CsOutline, 1);

  for (gsize kind = 0; kind < CS_OUTLINE_KINDS; kind++)
    self->counts[kind] = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  return self;
}

void
cs_outline_free (CsOutline *self)
{
  for (gsize kind = 0; kind < CS_OUTLINE_KINDS; kind++)
    g_hash_table_unref (self->counts[kind]);
  g_free (self);
}

static guint
count_of (GHashTable *counts, const char *name)
{
  return GPOINTER_TO_UINT (g_hash_table_lookup (counts, name));
}

void
cs_outline_add (CsOutline *self, CsOutlineKind kind, const char *name, guint count)
{
  count += count_of (self->counts[kind], name);
  g_hash_table_replace (self->counts[kind], g_strdup (name), GUINT_TO_POINTER (count));
}

static char *
compare_part (CsOutlineKind kind, const char *name, GHashTable *wanted, GHashTable *found)
{
  const char *word = kinds[kind].word;

  if (!g_hash_table_contains (found, name))
    return g_strdup_printf ("%s %s is missing", word, name);
  if (!g_hash_table_contains (wanted, name))
    return g_strdup_printf ("%s %s is not one of ours", word, name);
  if (count_of (found, name) != count_of (wanted, name))
    return g_strdup_printf ("%s %s has %u instead of %u %s", word, name,
                            count_of (found, name), count_of (wanted, name),
                            kinds[kind].content);
  return NULL;
}

/* Only those named in @names. */
static char *
compare (CsOutlineKind kind, GHashTable *names, GHashTable *wanted, GHashTable *found)
{
  g_autoptr (GList) sorted
      = g_list_sort (g_hash_table_get_keys (names), (GCompareFunc)strcmp);
  char *difference = NULL;

  for (const GList *name = sorted; name && !difference; name = name->next)
    difference = compare_part (kind, name->data, wanted, found);
  return difference;
}

char *
cs_outline_compare (const CsOutline *wanted, const CsOutline *found)
{
  char *difference = NULL;

  for (gsize kind = 0; kind < CS_OUTLINE_KINDS && !difference; kind++)
    difference
        = compare (kind, wanted->counts[kind], wanted->counts[kind], found->counts[kind]);
  for (gsize kind = 0; kind < CS_OUTLINE_KINDS && !difference; kind++)
    difference
        = compare (kind, found->counts[kind], wanted->counts[kind], found->counts[kind]);
  return difference;
}
