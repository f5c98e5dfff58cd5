/* SPDX-License-Identifier: GPL-2.0-or-later */
/* White space between words is as long as it likes. */
#include "statements.h"

/* The words of @text without empty ones. */
static char **
split_words (const char *text)
{
  g_auto (GStrv) all = g_strsplit_set (text, " \n\t", -1);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (char **word = all; *word; word++)
    if (**word)
      g_strv_builder_add (builder, *word);
  return g_strv_builder_end (builder);
}

GPtrArray *
statements_split (const char *text)
{
  g_auto (GStrv) parts = g_strsplit (text, ";", -1);
  GPtrArray *statements = g_ptr_array_new_with_free_func ((GDestroyNotify)g_strfreev);

  for (char **part = parts; *part; part++)
    {
      g_auto (GStrv) words = split_words (*part);

      if (words[0])
        g_ptr_array_add (statements, g_steal_pointer (&words));
    }
  return statements;
}

char *
word_to_text (const char *word)
{
  return g_strdelimit (g_strdup (word), "~", ' ');
}

guint
word_to_number (const char *word)
{
  return (guint)g_ascii_strtoull (word, NULL, 10);
}
