/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Structs described by a table of their fields. One table serves copying, comparing,
 * clearing, the key file and, for a request's options, D-Bus, so that a new field is one
 * line. Each kind of field has one text form, a list of strings, for the key file and
 * D-Bus. */
#pragma once

#include "field-types.h"

typedef struct
{
  const char *key; /* NULL ends the table */
  CsFieldKind kind;
  gsize offset;
} CsField;

#define CS_FIELD(Type, member, key, kind) \
  { \
    key, CS_FIELD_##kind, G_STRUCT_OFFSET (Type, member) \
  }

/* Makes every field of @object, which was all zero bytes, empty. */
void cs_fields_init (const CsField *fields, void *object);
void cs_fields_clear (const CsField *fields, void *object);
void cs_fields_copy (const CsField *fields, const void *from, void *to);
gboolean cs_fields_equal (const CsField *fields, const void *a, const void *b);

/* An absent value has no key; reading leaves a field without a key as it is. */
void cs_fields_to_key_file (const CsField *fields,
                            const void *object,
                            GKeyFile *file,
                            const char *group);
gboolean cs_fields_from_key_file (const CsField *fields,
                                  void *object,
                                  GKeyFile *file,
                                  const char *group,
                                  GError **error);

/* Sets what the a{sv} @values names. An unknown key, a wrong type or a bad value is
 * CS_ERROR_INVALID_ARGUMENT. */
gboolean cs_fields_from_variant (const CsField *fields,
                                 void *object,
                                 GVariant *values,
                                 GError **error);
/* The fields in which @object differs from @defaults, without the secret ones: a{sv},
 * floating. */
GVariant *
cs_fields_to_variant (const CsField *fields, const void *object, const void *defaults);
