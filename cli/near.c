/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counts the letters that are missing, too many, wrong or exchanged with their neighbour
 * ("optimal string alignment"). */
#include "near.h"

#include <string.h>

/* One mistake in so many letters is still the same word. */
#define LETTERS_PER_MISTAKE 3
#define MOST_MISTAKES       3

static guint
distance (const char *a, const char *b)
{
  gsize width = strlen (b) + 1;
  g_autofree guint *rows = g_new (guint, 3 * width);
  guint *before = rows, *last = rows + width, *row = rows + 2 * width;

  for (guint j = 0; j < width; j++)
    row[j] = j;
  for (guint i = 1; a[i - 1] != '\0'; i++)
    {
      guint *oldest = before;

      before = last;
      last = row;
      row = oldest;
      row[0] = i;
      for (guint j = 1; j < width; j++)
        {
          row[j] = MIN (MIN (last[j], row[j - 1]) + 1,
                        last[j - 1] + (a[i - 1] != b[j - 1] ? 1 : 0));
          if (i > 1 && j > 1 && a[i - 1] == b[j - 2] && a[i - 2] == b[j - 1])
            row[j] = MIN (row[j], before[j - 2] + 1);
        }
    }
  return row[width - 1];
}

const char *
cs_near_find (const char *word, const char *const *names)
{
  g_autofree char *folded = g_utf8_casefold (word, -1);
  gsize limit = MIN (strlen (folded) / LETTERS_PER_MISTAKE, MOST_MISTAKES);
  const char *nearest = NULL;
  const char *longer = NULL;
  guint least = G_MAXUINT;

  for (; *names != NULL; names++)
    {
      g_autofree char *name = g_utf8_casefold (*names, -1);
      guint mistakes = distance (folded, name);

      if (g_str_equal (word, *names))
        continue;
      if (limit > 0 && longer == NULL && g_str_has_prefix (name, folded))
        longer = *names;
      if (mistakes <= limit && mistakes < least)
        {
          nearest = *names;
          least = mistakes;
        }
    }
  return nearest != NULL ? nearest : longer;
}
