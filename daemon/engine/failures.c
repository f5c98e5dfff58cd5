/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "failures.h"

typedef struct
{
  CsSharePlan *plan; /* (owned) (nullable) that failed */
  GError *error;     /* (owned) */
  guint count;
  gint64 wait;
  gint64 next; /* not before */
} Row;

struct _CsFailures
{
  GHashTable *rows; /* (owned) LAN (owned) -> Row (owned) */
};

static void
row_free (gpointer data)
{
  Row *row = data;

  g_clear_pointer (&row->plan, cs_share_plan_unref);
  g_error_free (row->error);
  g_free (row);
}

CsFailures *
cs_failures_new (void)
{
  CsFailures *self = g_new (CsFailures, 1);

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  return self;
}

void
cs_failures_free (CsFailures *self)
{
  g_hash_table_unref (self->rows);
  g_free (self);
}

void
cs_failures_add (CsFailures *self,
                 const char *lan,
                 CsSharePlan *plan,
                 const GError *error,
                 gint64 now)
{
  const Row *before = g_hash_table_lookup (self->rows, lan);
  Row *row = g_new0 (Row, 1);

  row->plan = plan != NULL ? cs_share_plan_ref (plan) : NULL;
  row->error = g_error_copy (error);
  row->count = before != NULL ? before->count + 1 : 1;
  row->wait
      = before != NULL ? MIN (2 * before->wait, CS_FAILURES_LIMIT) : CS_FAILURES_FIRST;
  row->next = now + row->wait;
  g_hash_table_replace (self->rows, g_strdup (lan), row);
}

void
cs_failures_forget (CsFailures *self, const char *lan)
{
  g_hash_table_remove (self->rows, lan);
}

const GError *
cs_failures_hold (CsFailures *self, const char *lan, const CsSharePlan *plan, gint64 now)
{
  const Row *row = g_hash_table_lookup (self->rows, lan);

  if (row == NULL || now >= row->next)
    return NULL;
  return row->count > CS_FAILURES_FREE || cs_share_plan_equal (row->plan, plan)
             ? row->error
             : NULL;
}

gint64
cs_failures_next (CsFailures *self)
{
  GHashTableIter iter;
  gpointer value;
  gint64 next = 0;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, NULL, &value))
    {
      const Row *row = value;

      if (next == 0 || row->next < next)
        next = row->next;
    }
  return next;
}
