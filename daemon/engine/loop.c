/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of passes: whatever happens queues one; it takes the orders that are there,
 * plans, acts (pass.c), publishes, and answers the orders. Some things need another look
 * later though nothing happens: the plan's own decisions, and what has failed. */
#include "engine-private.h"
#include "log.h"

#include "core/holds.h"

/* Who has been answered asks next for what he got; what has moved meanwhile, mostly by
 * the pass itself, is looked at after that. Microseconds. */
#define AFTER_ANSWER (10 * G_TIME_SPAN_MILLISECOND)

/* When the network cannot be read or the disk refuses, it is tried again after this long.
 * Seconds. */
#define RETRY_DELAY 5

static gboolean
on_wake (gpointer user_data)
{
  CsEngine *self = user_data;

  self->wake = 0;
  cs_engine_queue_pass (self);
  return G_SOURCE_REMOVE;
}

/* The plan has something to decide at that time, whether or not anything happens. The
 * pass that is over has forgotten the time before. */
static void
schedule_wake (CsEngine *self, gint64 at)
{
  gint64 delay = MAX (at - g_get_monotonic_time (), 0) / 1000 + 1;

  if (at != 0)
    self->wake = g_timeout_add (MIN (delay, G_MAXUINT), on_wake, self);
}

static gboolean
on_retry (gpointer user_data)
{
  CsEngine *self = user_data;

  self->retry = 0;
  cs_engine_queue_pass (self);
  return G_SOURCE_REMOVE;
}

static void
schedule_retry (CsEngine *self, gboolean failed)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (failed)
    self->retry = g_timeout_add_seconds (RETRY_DELAY, on_retry, self);
}

/* What could not be done is to be done another time: a change differs from what is in
 * force, a repair has to be remembered. */
static void
note_failures (CsEngine *self, const CsPassResult *result, GHashTable *back)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < result->target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (result->target->shares, i);
      const GError *error = cs_pass_result_failure (result, share->lan);

      if (error == NULL || g_hash_table_contains (back, share->lan))
        {
          cs_failures_forget (self->failures, share->lan);
          continue;
        }
      if (cs_share_plan_equal (cs_plan_find (self->applied, share->lan), share))
        g_hash_table_add (self->dirty, g_strdup (share->lan));
      if (g_hash_table_contains (result->errors, share->lan))
        cs_failures_add (self->failures, share->lan, share, error, now);
    }
}

/* As note_failures (), of shares that nobody wants any more, while .applied is what was
 * in force before the pass. The ledger keeps what could not be put back. */
static void
note_ends (CsEngine *self, const CsPassResult *result)
{
  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (self->applied->shares, i);
      const GError *error = cs_pass_result_failure (result, share->lan);

      if (cs_plan_find (result->target, share->lan) != NULL)
        continue;
      if (g_hash_table_contains (result->errors, share->lan))
        cs_failures_add (self->failures, share->lan, NULL, error,
                         g_get_monotonic_time ());
      else if (error == NULL)
        cs_failures_forget (self->failures, share->lan);
    }
}

/* Holds @lan back if it failed with the same plan a moment ago. One that is asked for is
 * tried. */
static void
hold (CsEngine *self,
      GHashTable *held,
      const char *lan,
      const CsSharePlan *share,
      gint64 now)
{
  const GError *error = cs_failures_hold (self->failures, lan, share, now);

  if (error != NULL && !cs_engine_is_ordered (self, lan))
    g_hash_table_replace (held, g_strdup (lan), g_error_copy (error));
}

static GHashTable *
find_held (CsEngine *self, const CsPlan *target, gint64 now)
{
  GHashTable *held = cs_pass_new_errors ();

  for (guint i = 0; i < target->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (target->shares, i);

      hold (self, held, share->lan, share, now);
    }
  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const char *lan
          = ((CsSharePlan *)g_ptr_array_index (self->applied->shares, i))->lan;

      if (cs_plan_find (target, lan) == NULL)
        hold (self, held, lan, NULL, now);
    }
  return held;
}

/* A share that returns, as after a reboot, is closed before it is anything else: its
 * clients may be there already, and what comes next may fail. */
static void
close_first (CsEngine *self, CsPlan *target)
{
  for (guint i = 0; i < target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (target->shares, i);

      if (share->error != NULL || cs_plan_find (self->applied, share->lan) != NULL
          || cs_engine_is_ordered (self, share->lan))
        continue;
      target->shares->pdata[i] = cs_share_plan_close (share);
      cs_share_plan_unref (share);
    }
}

/* Whether that was done, and the share itself can follow. */
static gboolean
has_closed_first (CsEngine *self, const CsPassResult *result)
{
  for (guint i = 0; i < result->target->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (result->target->shares, i);

      if (share->closed && share->error == NULL
          && cs_share_plan_equal (cs_plan_find (self->applied, share->lan), share))
        return TRUE;
    }
  return FALSE;
}

/* Of two times, of which 0 is none. */
static gint64
earlier (gint64 a, gint64 b)
{
  return a == 0 || (b != 0 && b < a) ? b : a;
}

/* Whatever asks for another pass: at once, or at a time. */
static void
schedule_next (CsEngine *self, const CsPassResult *result, gboolean taken_back)
{
  gint64 at = earlier (result->target->wake_at, cs_failures_next (self->failures));
  gboolean may_wait = self->taken->len > 0 && self->orders->len == 0;

  if (self->again && may_wait)
    at = earlier (at, g_get_monotonic_time () + AFTER_ANSWER);
  schedule_wake (self, at);
  schedule_retry (self, result->store_error != NULL && !taken_back);
  if ((self->again && !may_wait) || taken_back || has_closed_first (self, result))
    cs_engine_queue_pass (self);
}

static void
on_pass (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_autoptr (CsEngine) self = user_data;
  g_autoptr (CsPassResult) result = cs_pass_run_finish (async_result);
  g_autoptr (GHashTable) back = cs_engine_take_back (self, result);

  self->running = FALSE;
  note_ends (self, result);
  cs_plan_free (self->applied);
  self->applied = g_steal_pointer (&result->applied);
  note_failures (self, result, back);
  cs_engine_publish (self, cs_engine_outcomes (self, result, back));
  schedule_next (self, result, g_hash_table_size (back) > 0);
  cs_engine_answer_orders (self, result);
}

/* Marks the shares whose part of the host somebody has changed, though the plan is the
 * same: they are applied again. One that is @held back is tried for what is sure to be
 * damage: whether or not it comes to its plan, what is in force is put right. Returns
 * when to look again, for one that is repaired too often, or 0. */
static gint64
find_damage (CsEngine *self,
             const CsPlan *target,
             GHashTable *held,
             const CsSnapshot *snapshot)
{
  gint64 wake_at = 0, again = 0;

  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (self->applied->shares, i);
      const CsSharePlan *wanted = cs_plan_find (target, share->lan);
      g_autofree char *damage = NULL;
      gboolean is_held = g_hash_table_contains (held, share->lan);
      gint64 settle = 0;

      if (wanted == NULL
          || (!is_held
              && (g_hash_table_contains (self->dirty, share->lan)
                  || !cs_share_plan_equal (share, wanted))))
        continue;
      damage = cs_share_plan_sure_damage (share, snapshot);
      if (damage == NULL && !is_held)
        {
          damage = cs_share_plan_damage (share, snapshot);
          settle = CS_REPAIRS_SETTLE;
        }
      if (damage == NULL)
        cs_repairs_healthy (self->repairs, share->lan);
      else if (cs_repairs_may (self->repairs, share->lan, snapshot->now, settle, &again))
        {
          cs_message (share->lan, "%s; repairing it", damage);
          g_hash_table_add (self->dirty, g_strdup (share->lan));
          g_hash_table_remove (held, share->lan);
        }
      else
        wake_at = earlier (wake_at, again);
    }
  return wake_at;
}

/* Whether all that differs is about an uplink that stays the same, and can wait: not a
 * rule that another share had for both. */
static gboolean
is_detail (const CsSharePlan *before, const CsSharePlan *after)
{
  if (cs_share_plan_applied (before) == NULL || cs_share_plan_applied (after) == NULL
      || cs_share_plan_equal (before, after))
    return FALSE;
  return after->uplink_ifindex != 0 && after->uplink_ifindex == before->uplink_ifindex
         && g_strcmp0 (after->uplink, before->uplink) == 0
         && after->uplink_led == before->uplink_led
         && after->lan_ifindex == before->lan_ifindex
         && after->lan_method == before->lan_method
         && cs_cidr_equal (after->address, before->address);
}

/* Lets what changes all the time stay as it is for a while. Returns when to look again,
 * or 0. */
static gint64
postpone_details (CsEngine *self, CsPlan *target, gint64 now)
{
  gint64 wake_at = 0;

  for (guint i = 0; i < target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (target->shares, i);
      const CsSharePlan *old = cs_plan_find (self->applied, share->lan);
      gint64 at = 0;

      if (is_detail (old, share) && !cs_engine_is_ordered (self, share->lan)
          && !g_hash_table_contains (self->dirty, share->lan))
        at = cs_settle_detail (&share->settle, now);
      if (at == 0)
        continue;
      target->shares->pdata[i] = cs_share_plan_restate (old, share);
      cs_share_plan_unref (share);
      wake_at = earlier (wake_at, at);
    }
  return wake_at;
}

static void
run_pass (CsEngine *self)
{
  g_autoptr (GError) error = NULL;
  CsSnapshot *snapshot = cs_monitor_snapshot (self->monitor, &error);
  GHashTable *held;
  CsPlan *target;
  gint64 again;

  self->again = FALSE;
  g_clear_handle_id (&self->wake, g_source_remove);
  if (snapshot == NULL)
    {
      g_warning ("The network cannot be read: %s", error->message);
      cs_engine_fail_orders (self, error);
      schedule_retry (self, TRUE);
      return;
    }
  g_clear_pointer (&self->seen, cs_snapshot_free);
  self->seen = snapshot;
  target = cs_engine_take_orders (self, snapshot);
  close_first (self, target);
  held = find_held (self, target, snapshot->now);
  again = find_damage (self, target, held, snapshot);
  again = earlier (again, postpone_details (self, target, snapshot->now));
  target->wake_at = earlier (target->wake_at, again);
  self->running = TRUE;
  cs_pass_run_async (self->steps, self->store, self->applied, target,
                     g_steal_pointer (&self->dirty), held, on_pass, g_object_ref (self));
  self->dirty = cs_engine_new_set ();
}

static gboolean
on_idle (gpointer user_data)
{
  CsEngine *self = user_data;

  self->source = 0;
  run_pass (self);
  return G_SOURCE_REMOVE;
}

void
cs_engine_queue_pass (CsEngine *self)
{
  if (self->running)
    self->again = TRUE;
  else if (self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, self, NULL);
}
