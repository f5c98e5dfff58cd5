/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "dictionary.h"

const char *
cs_dictionary_get_string (GVariant *dictionary, const char *key)
{
  const char *value = "";

  g_variant_lookup (dictionary, key, "&s", &value);
  return value;
}

gboolean
cs_dictionary_get_boolean (GVariant *dictionary, const char *key)
{
  gboolean value = FALSE;

  g_variant_lookup (dictionary, key, "b", &value);
  return value;
}

guint64
cs_dictionary_get_number (GVariant *dictionary, const char *key)
{
  guint64 value = 0;

  g_variant_lookup (dictionary, key, "t", &value);
  return value;
}

const char *
cs_dictionary_get_first (GVariant *dictionary, const char *key)
{
  g_autofree const char **values = NULL;

  if (!g_variant_lookup (dictionary, key, "^a&s", &values) || values[0] == NULL)
    return "";
  return values[0];
}

char *
cs_dictionary_join_strings (GVariant *dictionary, const char *key, const char *separator)
{
  g_autofree const char **strings = NULL;

  if (!g_variant_lookup (dictionary, key, "^a&s", &strings))
    return g_strdup (cs_dictionary_get_string (dictionary, key));
  return g_strjoinv (separator, (char **)strings);
}
