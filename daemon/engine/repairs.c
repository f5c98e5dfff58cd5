/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What others have changed in what is in force, and whether to repair it now. */
#include "engine-private.h"

#include "base/log.h"
#include "core/check/drift.h"

/* Whether to repair @share, which is in force, now; logs it if so. Otherwise @again is
 * when to check again, or 0. What guards is put back every time somebody removes it:
 * without it packets go astray, and putting it back takes milliseconds. Such repairs are
 * logged only as often as others would be made. */
static gboolean
is_repair_due (CsEngine *self,
               const CsSharePlan *share,
               gboolean is_held,
               const CsSnapshot *snapshot,
               gint64 *again)
{
  g_autofree char *drift = cs_share_plan_guard_drift (share, snapshot);
  gboolean guards = drift != NULL;
  gint64 delay = 0;
  gboolean may;

  if (drift == NULL)
    drift = cs_share_plan_sure_drift (share, snapshot);
  if (drift == NULL && !is_held)
    {
      drift = cs_share_plan_drift (share, snapshot);
      delay = CS_REPAIRS_DELAY;
    }
  *again = 0;
  if (drift == NULL)
    {
      cs_retries_healthy (self->retries, share->lan);
      return FALSE;
    }
  may = cs_retries_may_repair (self->retries, share->lan, snapshot->now, delay, again);
  if (may)
    cs_message (share->lan, "%s; repairing it", drift);
  return may || guards;
}

/* For shares that have paused, only the guard is put back. */
static void
find_open (CsEngine *self, GHashTable *dirty, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < self->paused->len; i++)
    {
      const CsSharePlan *share = cs_transaction_get_guarded (self->paused->pdata[i]);
      g_autofree char *drift
          = share != NULL ? cs_share_plan_guard_drift (share, snapshot) : NULL;

      if (drift != NULL)
        g_hash_table_add (dirty, g_strdup (share->lan));
    }
}

/* The change itself makes the share whole, except for flows that began while it was not:
 * its repair follows. */
static void
note_drift (CsEngine *self, const CsSharePlan *share, const CsSnapshot *snapshot)
{
  g_autofree char *drift = cs_share_plan_guard_drift (share, snapshot);

  if (drift == NULL)
    return;
  g_hash_table_add (self->dirty, g_strdup (share->lan));
  self->again = TRUE;
}

gint64
cs_engine_find_repairs (CsEngine *self,
                        const CsPlan *target,
                        GHashTable *dirty,
                        GHashTable *held,
                        const CsSnapshot *snapshot)
{
  gint64 wake_at = 0, again;

  find_open (self, dirty, snapshot);
  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (self->applied->shares, i);
      const CsSharePlan *wanted = cs_plan_find (target, share->lan);
      gboolean is_held = g_hash_table_contains (held, share->lan);

      if (wanted == NULL || cs_engine_is_paused (self, share->lan)
          || (!is_held && g_hash_table_contains (dirty, share->lan)))
        continue;
      if (!is_held && !cs_share_plan_equal (share, wanted))
        note_drift (self, share, snapshot);
      else if (is_repair_due (self, share, is_held, snapshot, &again))
        {
          g_hash_table_add (dirty, g_strdup (share->lan));
          g_hash_table_remove (held, share->lan);
        }
      else
        wake_at = cs_earlier (wake_at, again);
    }
  return wake_at;
}

GHashTable *
cs_engine_take_dirty (CsEngine *self)
{
  GHashTable *dirty = cs_engine_new_set ();
  GHashTableIter iter;
  gpointer lan;

  g_hash_table_iter_init (&iter, self->dirty);
  while (g_hash_table_iter_next (&iter, &lan, NULL))
    {
      if (cs_engine_is_paused (self, lan))
        continue;
      g_hash_table_add (dirty, g_strdup (lan));
      g_hash_table_iter_remove (&iter);
    }
  return dirty;
}
