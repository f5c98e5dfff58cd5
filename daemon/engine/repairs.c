/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A counter and two times a LAN. */
#include "repairs.h"

typedef struct
{
  gint64 seen; /* since when it is damaged, 0: it is not */
  guint count;
  gint64 last;
  gint64 next; /* not before */
} Row;

struct _CsRepairs
{
  GHashTable *rows; /* (owned) LAN (owned) -> Row (owned) */
};

CsRepairs *
cs_repairs_new (void)
{
  CsRepairs *self = g_new (CsRepairs, 1);

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  return self;
}

void
cs_repairs_free (CsRepairs *self)
{
  g_hash_table_unref (self->rows);
  g_free (self);
}

static Row *
get_row (CsRepairs *self, const char *lan)
{
  Row *row = g_hash_table_lookup (self->rows, lan);

  if (row == NULL)
    {
      row = g_new0 (Row, 1);
      g_hash_table_insert (self->rows, g_strdup (lan), row);
    }
  return row;
}

/* Of the repair that follows the @count -th. */
static gint64
pause_after (guint count)
{
  if (count < CS_REPAIRS_FREE)
    return 0;
  if (count - CS_REPAIRS_FREE >= 7)
    return CS_REPAIRS_LIMIT;
  return MIN (CS_REPAIRS_FIRST << (count - CS_REPAIRS_FREE), CS_REPAIRS_LIMIT);
}

void
cs_repairs_healthy (CsRepairs *self, const char *lan)
{
  Row *row = g_hash_table_lookup (self->rows, lan);

  if (row != NULL)
    row->seen = 0;
}

gboolean
cs_repairs_may (CsRepairs *self,
                const char *lan,
                gint64 now,
                gint64 settle,
                gint64 *again)
{
  Row *row = get_row (self, lan);

  if (row->seen == 0)
    row->seen = now;
  *again = MAX (row->next, row->seen + settle);
  if (now < *again)
    return FALSE;
  if (now - MAX (row->last, row->next) > CS_REPAIRS_CALM)
    row->count = 0;
  row->seen = 0;
  row->count++;
  row->last = now;
  row->next = now + pause_after (row->count);
  return TRUE;
}

gboolean
cs_repairs_is_fighting (CsRepairs *self, const char *lan, gint64 now)
{
  const Row *row = g_hash_table_lookup (self->rows, lan);

  return row != NULL && row->count > CS_REPAIRS_FREE
         && now - MAX (row->last, row->next) <= CS_REPAIRS_CALM;
}

void
cs_repairs_forget (CsRepairs *self, const char *lan)
{
  g_hash_table_remove (self->rows, lan);
}
