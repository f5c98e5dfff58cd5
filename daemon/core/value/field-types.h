/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each kind of field is: how it is freed, copied, compared, written as text and
 * read back. Our own text and a stranger's are read by the same code, which therefore
 * checks everything. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_FIELD_STRING, /* char *; NULL: absent */
  CS_FIELD_SECRET, /* the same, and not shown: for a key file that only root can read */
  CS_FIELD_BOOL,   /* gboolean */
  CS_FIELD_NUMBER, /* guint, or an int or enum that is not negative */
  CS_FIELD_TIME,   /* gint64, not negative */
  CS_FIELD_SIZE,   /* guint64; 0: absent */
  CS_FIELD_CIDR,   /* CsCidr; prefix 0: absent */
  CS_FIELD_STRV,   /* char **; NULL: absent */
  CS_FIELD_PLACES, /* guint, of CS_PLACE_BIT () */
  CS_FIELD_ADDRESSES, /* GArray * of CsAddress; empty: absent */
  CS_FIELD_CIDRS,     /* GArray * of CsCidr */
  CS_FIELD_ROUTES,    /* GArray * of CsRoute, all unicast and of one table */
} CsFieldKind;

typedef struct
{
  const char *variant;  /* D-Bus type, or NULL */
  const char *expected; /* in words */
  gboolean list;
  void (*clear) (gpointer value);
  /* @to is clear before */
  void (*copy) (gpointer to, gconstpointer from);
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
