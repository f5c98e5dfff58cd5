/* SPDX-License-Identifier: GPL-2.0-or-later */
/* JSON for scripts; see json.h. */
#include "json.h"

#include <stdio.h>

char *
cs_json_key (const char *name)
{
  return g_strdelimit (g_strdup (name), "-", '_');
}

void
cs_json_add_dictionary (JsonBuilder *builder, GVariant *dictionary)
{
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, dictionary);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    {
      g_autofree char *key = cs_json_key (name);

      json_builder_set_member_name (builder, key);
      if (g_variant_is_of_type (value, G_VARIANT_TYPE_VARDICT))
        {
          json_builder_begin_object (builder);
          cs_json_add_dictionary (builder, value);
          json_builder_end_object (builder);
        }
      else
        json_builder_add_value (builder, json_gvariant_serialize (value));
    }
}

/* JSON-GLib leaves control characters beyond ASCII as they are, and terminals act on
 * them. */
static char *
escape_controls (const char *text)
{
  GString *escaped = g_string_new (NULL);

  for (const char *p = text; *p != '\0'; p = g_utf8_next_char (p))
    {
      gunichar c = g_utf8_get_char (p);

      if (c >= 0x7f && g_unichar_iscntrl (c))
        g_string_append_printf (escaped, "\\u%04x", c);
      else
        g_string_append_unichar (escaped, c);
    }
  return g_string_free (escaped, FALSE);
}

static char *
to_text (JsonBuilder *builder, gboolean pretty)
{
  g_autoptr (JsonNode) root = json_builder_get_root (builder);
  g_autofree char *text = json_to_string (root, pretty);
  g_autofree char *escaped = escape_controls (text);

  return g_strconcat (escaped, "\n", NULL);
}

char *
cs_json_to_line (JsonBuilder *builder)
{
  return to_text (builder, FALSE);
}

void
cs_json_print (JsonBuilder *builder)
{
  g_autofree char *text = to_text (builder, TRUE);

  fputs (text, stdout);
}

void
cs_json_print_list (const char *name, GVariant *dictionaries)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, name);
  json_builder_begin_array (builder);
  for (gsize i = 0; i < g_variant_n_children (dictionaries); i++)
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (dictionaries, i);

      json_builder_begin_object (builder);
      cs_json_add_dictionary (builder, dictionary);
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cs_json_print (builder);
}
