/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "retries.h"

#include "core/value/backoff.h"

typedef struct
{
  gint64 drift_since; /* 0: there is none */
  CsBackoff repairs;
  CsBackoff failures;
  CsSharePlan *plan; /* (owned) (nullable) the one that failed last */
  GError *error;     /* (owned) (nullable) how it failed; NULL: it did not */
} Row;

struct _CsRetries
{
  GHashTable *rows; /* (owned) LAN (owned) -> Row (owned) */
};

static void
clear_failures (Row *row)
{
  g_clear_pointer (&row->plan, cs_share_plan_unref);
  g_clear_error (&row->error);
}

static void
row_free (gpointer row)
{
  clear_failures (row);
  g_free (row);
}

CsRetries *
cs_retries_new (void)
{
  CsRetries *self = g_new (CsRetries, 1);

  self->rows = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, row_free);
  return self;
}

void
cs_retries_free (CsRetries *self)
{
  g_hash_table_unref (self->rows);
  g_free (self);
}

static Row *
get_row (CsRetries *self, const char *lan)
{
  Row *row = g_hash_table_lookup (self->rows, lan);

  if (row == NULL)
    {
      row = g_new0 (Row, 1);
      g_hash_table_insert (self->rows, g_strdup (lan), row);
    }
  return row;
}

void
cs_retries_healthy (CsRetries *self, const char *lan)
{
  Row *row = g_hash_table_lookup (self->rows, lan);

  if (row != NULL)
    row->drift_since = 0;
}

gboolean
cs_retries_may_repair (CsRetries *self,
                       const char *lan,
                       gint64 now,
                       gint64 delay,
                       gint64 *again)
{
  Row *row = get_row (self, lan);

  if (row->drift_since == 0)
    row->drift_since = now;
  *again = MAX (row->repairs.next, row->drift_since + delay);
  if (now < *again)
    return FALSE;
  row->drift_since = 0;
  cs_backoff_add (&row->repairs, CS_BACKOFF_REPAIR, now);
  return TRUE;
}

gboolean
cs_retries_is_fighting (CsRetries *self, const char *lan, gint64 now)
{
  const Row *row = g_hash_table_lookup (self->rows, lan);

  return row != NULL && cs_backoff_has_pauses (&row->repairs, CS_BACKOFF_REPAIR, now);
}

void
cs_retries_fail (CsRetries *self,
                 const char *lan,
                 CsSharePlan *plan,
                 const GError *error,
                 gint64 now)
{
  Row *row = get_row (self, lan);

  clear_failures (row);
  row->plan = cs_share_plan_ref (plan);
  row->error = g_error_copy (error);
  cs_backoff_add (&row->failures, CS_BACKOFF_SHARE, now);
}

void
cs_retries_succeed (CsRetries *self, const char *lan)
{
  Row *row = g_hash_table_lookup (self->rows, lan);

  if (row == NULL)
    return;
  clear_failures (row);
  row->failures = (CsBackoff){ 0 };
}

const GError *
cs_retries_backoff (CsRetries *self, const char *lan, const CsSharePlan *plan, gint64 now)
{
  const Row *row = g_hash_table_lookup (self->rows, lan);

  if (row == NULL || now >= row->failures.next)
    return NULL;
  return row->failures.count > CS_BACKOFF_FREE || cs_share_plan_equal (row->plan, plan)
             ? row->error
             : NULL;
}

gint64
cs_retries_next (CsRetries *self, GHashTable *but)
{
  GHashTableIter iter;
  gpointer lan, row;
  gint64 next = 0;

  g_hash_table_iter_init (&iter, self->rows);
  while (g_hash_table_iter_next (&iter, &lan, &row))
    if (!g_hash_table_contains (but, lan))
      next = cs_earlier (next, ((Row *)row)->failures.next);
  return next;
}

void
cs_retries_forget (CsRetries *self, const char *lan)
{
  g_hash_table_remove (self->rows, lan);
}
