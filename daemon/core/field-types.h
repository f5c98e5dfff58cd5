/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each kind of field is: how it is freed, compared, written as text and read back.
 * Reading is the same code for our own text and for a stranger's, and so checks
 * everything. */
#pragma once

#include "fields.h"

typedef struct
{
  const char *variant;  /* D-Bus type, NULL: has none */
  const char *expected; /* in words */
  gboolean list;
  void (*clear) (gpointer value);
  /* whether both are written as the same text */
  gboolean (*equal) (gconstpointer a, gconstpointer b);
  /* NULL: absent */
  char **(*write) (gconstpointer value);
  /* @value is clear before and, where this fails, after */
  gboolean (*read) (gpointer value, const char *const *text);
} CsFieldType;

/* By CsFieldKind. */
extern const CsFieldType cs_field_types[];

/* A strv of one, of @text (transfer full). */
char **cs_strv_one (char *text);
