/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Loops over a table of fields; what differs between kinds is in field-types.c. */
#include "fields.h"

#include "quote.h"

#include "dbus/errors.h"

static gpointer
field_value (const CsField *field, const void *object)
{
  return G_STRUCT_MEMBER_P (object, field->offset);
}

/* Sets a field from untrusted text; @text has an element unless it is a list. */
static gboolean
read_field (const CsField *field, void *object, const char *const *text, GError **error)
{
  const CsFieldType *type = &cs_field_types[field->kind];
  g_autofree char *quoted = NULL;

  type->clear (field_value (field, object));
  if (type->read (field_value (field, object), text))
    return TRUE;
  type->clear (field_value (field, object));
  quoted = cs_quote (text[0]);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "invalid value %s for \"%s\": expected %s", quoted, field->key,
               type->expected);
  return FALSE;
}

void
cs_fields_init (const CsField *fields, void *object)
{
  for (const CsField *field = fields; field->key; field++)
    cs_field_types[field->kind].clear (field_value (field, object));
}

void
cs_fields_clear (const CsField *fields, void *object)
{
  for (const CsField *field = fields; field->key; field++)
    {
      gpointer value = field_value (field, object);

      cs_field_types[field->kind].clear (value);
      if (field->kind == CS_FIELD_ADDRESSES || field->kind == CS_FIELD_CIDRS
          || field->kind == CS_FIELD_ROUTES)
        g_clear_pointer ((GArray **)value, g_array_unref);
    }
}

void
cs_fields_copy (const CsField *fields, const void *from, void *to)
{
  for (const CsField *field = fields; field->key; field++)
    {
      const CsFieldType *type = &cs_field_types[field->kind];

      type->clear (field_value (field, to));
      type->copy (field_value (field, to), field_value (field, from));
    }
}

static gboolean
field_equal (const CsField *field, const void *a, const void *b)
{
  return cs_field_types[field->kind].equal (field_value (field, a),
                                            field_value (field, b));
}

gboolean
cs_fields_equal (const CsField *fields, const void *a, const void *b)
{
  for (const CsField *field = fields; field->key; field++)
    if (!field_equal (field, a, b))
      return FALSE;
  return TRUE;
}

void
cs_fields_to_key_file (const CsField *fields,
                       const void *object,
                       GKeyFile *file,
                       const char *group)
{
  for (const CsField *field = fields; field->key; field++)
    {
      g_auto (GStrv) text
          = cs_field_types[field->kind].write (field_value (field, object));

      if (!text)
        continue;
      if (cs_field_types[field->kind].list)
        g_key_file_set_string_list (file, group, field->key, (const char *const *)text,
                                    g_strv_length (text));
      else
        g_key_file_set_string (file, group, field->key, text[0]);
    }
}

gboolean
cs_fields_from_key_file (const CsField *fields,
                         void *object,
                         GKeyFile *file,
                         const char *group,
                         GError **error)
{
  for (const CsField *field = fields; field->key; field++)
    {
      g_autoptr (GError) local = NULL;
      g_auto (GStrv) text = NULL;

      if (!g_key_file_has_key (file, group, field->key, NULL))
        continue;
      if (cs_field_types[field->kind].list)
        text = g_key_file_get_string_list (file, group, field->key, NULL, &local);
      else
        text = cs_strv_one (g_key_file_get_string (file, group, field->key, &local));
      if (local)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "cannot read the value of \"%s\": %s", field->key, local->message);
          return FALSE;
        }
      if (!read_field (field, object, (const char *const *)text, error))
        return FALSE;
    }
  return TRUE;
}

/* The text form of @value, whose type is that of the field. */
static char **
variant_to_text (GVariant *value)
{
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return g_variant_dup_strv (value, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return cs_strv_one (g_strdup (g_variant_get_boolean (value) ? "true" : "false"));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT32))
    return cs_strv_one (g_strdup_printf ("%u", g_variant_get_uint32 (value)));
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    return cs_strv_one (
        g_strdup_printf ("%" G_GUINT64_FORMAT, g_variant_get_uint64 (value)));
  return cs_strv_one (g_variant_dup_string (value, NULL));
}

static gboolean
field_from_variant (const CsField *field, void *object, GVariant *value, GError **error)
{
  const CsFieldType *type = &cs_field_types[field->kind];
  g_auto (GStrv) text = NULL;

  if (!g_str_equal (g_variant_get_type_string (value), type->variant))
    {
      g_autofree char *actual = cs_quote (g_variant_get_type_string (value));

      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "invalid type for \"%s\": %s instead of \"%s\" (%s)", field->key,
                   actual, type->variant, type->expected);
      return FALSE;
    }
  text = variant_to_text (value);
  return read_field (field, object, (const char *const *)text, error);
}

static void
set_unknown_error (const CsField *fields, const char *key, GError **error)
{
  g_autoptr (GString) known = g_string_new (NULL);
  g_autofree char *quoted = cs_quote (key);

  for (const CsField *field = fields; field->key; field++)
    g_string_append_printf (known, "%s%s", known->len ? ", " : "", field->key);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "unknown option %s; the options are %s", quoted, known->str);
}

gboolean
cs_fields_from_variant (const CsField *fields,
                        void *object,
                        GVariant *values,
                        GError **error)
{
  GVariantIter iter;
  const char *key;
  GVariant *child;

  g_variant_iter_init (&iter, values);
  while (g_variant_iter_next (&iter, "{&sv}", &key, &child))
    {
      g_autoptr (GVariant) value = child;
      const CsField *field = fields;

      while (field->key && !g_str_equal (field->key, key))
        field++;
      if (!field->key)
        {
          set_unknown_error (fields, key, error);
          return FALSE;
        }
      if (!field_from_variant (field, object, value, error))
        return FALSE;
    }
  return TRUE;
}

GVariant *
cs_fields_to_variant (const CsField *fields, const void *object, const void *defaults)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  for (const CsField *field = fields; field->key; field++)
    {
      g_auto (GStrv) text
          = cs_field_types[field->kind].write (field_value (field, object));

      if (!text || field->kind == CS_FIELD_SECRET
          || field_equal (field, object, defaults))
        continue;
      if (field->kind == CS_FIELD_NUMBER)
        g_variant_dict_insert (&dict, field->key, "u",
                               *(const guint *)field_value (field, object));
      else if (field->kind == CS_FIELD_SIZE)
        g_variant_dict_insert (&dict, field->key, "t",
                               *(const guint64 *)field_value (field, object));
      else if (field->kind == CS_FIELD_BOOL)
        g_variant_dict_insert (&dict, field->key, "b", g_str_equal (text[0], "true"));
      else if (cs_field_types[field->kind].list)
        g_variant_dict_insert (&dict, field->key, "^as", text);
      else
        g_variant_dict_insert (&dict, field->key, "s", text[0]);
    }
  return g_variant_dict_end (&dict);
}
