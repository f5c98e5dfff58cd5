/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The loop of passes: every event queues one; it takes the pending orders, plans, acts
 * (pass.c), publishes, and answers the orders. Some things need another look later even
 * if nothing happens: the plan's own decisions, and what has failed. */
#include "engine-private.h"

#include "core/plan/share-uplink.h"
#include "core/value/backoff.h"

/* A caller asks for the result once it has its answer; what has moved meanwhile, mostly
 * because of the pass itself, is checked after that. Microseconds. */
#define AFTER_ANSWER (10 * G_TIME_SPAN_MILLISECOND)

static gboolean
on_wake (gpointer user_data)
{
  CsEngine *self = user_data;

  self->wake = 0;
  cs_engine_queue_pass (self);
  return G_SOURCE_REMOVE;
}

/* The plan has something to decide at that time, whether or not anything happens. The
 * pass that is over has dropped the previous time. */
static void
schedule_wake (CsEngine *self, gint64 at)
{
  gint64 delay = MAX (at - g_get_monotonic_time (), 0) / 1000 + 1;

  if (at != 0)
    self->wake = g_timeout_add (MIN (delay, G_MAXUINT), on_wake, self);
}

/* When to try everything again, because the network cannot be read or the disk
 * refuses. */
static gint64
retry_at (void)
{
  return g_get_monotonic_time () + cs_backoff_pause (CS_BACKOFF_PASS, 1);
}

/* What failed is tried again later: a change still differs from what is in force, but a
 * repair must be remembered, and so must what could not be undone, because it shows in no
 * difference. */
static void
note_failures (CsEngine *self, const CsPassResult *result, GHashTable *back)
{
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < result->target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (result->target->shares, i);
      const GError *error = cs_pass_result_failure (result, share->lan);

      if (!cs_pass_result_is_about (result, share->lan))
        continue;
      if (g_hash_table_contains (result->unsure, share->lan))
        g_hash_table_add (self->dirty, g_strdup (share->lan));
      if (error == NULL || g_hash_table_contains (back, share->lan))
        {
          cs_retries_succeed (self->retries, share->lan);
          continue;
        }
      if (cs_share_plan_equal (cs_plan_find (self->applied, share->lan), share))
        g_hash_table_add (self->dirty, g_strdup (share->lan));
      if (g_hash_table_contains (result->errors, share->lan))
        cs_retries_fail (self->retries, share->lan, share, error, now);
    }
}

/* Like note_failures (), for shares that nobody wants any more, while .applied is still
 * what was in force before the pass. The ledger keeps what could not be put back. */
static void
note_ends (CsEngine *self, const CsPassResult *result)
{
  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (self->applied->shares, i);
      const GError *error = cs_pass_result_failure (result, share->lan);

      if (!cs_pass_result_is_about (result, share->lan)
          || cs_plan_find (result->target, share->lan) != NULL)
        continue;
      if (g_hash_table_contains (result->errors, share->lan))
        cs_retries_fail (self->retries, share->lan, NULL, error, g_get_monotonic_time ());
      else if (error == NULL)
        cs_retries_forget (self->retries, share->lan);
    }
}

/* Defers @lan if it failed with the same plan a moment ago. One that is asked for is
 * tried anyway. */
static void
defer (CsEngine *self,
       GHashTable *deferred,
       const char *lan,
       const CsSharePlan *share,
       gint64 now)
{
  const GError *error = cs_retries_backoff (self->retries, lan, share, now);

  if (error != NULL && !cs_engine_is_ordered (self, lan)
      && !cs_engine_is_paused (self, lan))
    g_hash_table_replace (deferred, g_strdup (lan), g_error_copy (error));
}

static GHashTable *
find_deferred (CsEngine *self, const CsPlan *target, gint64 now)
{
  GHashTable *deferred = cs_pass_new_errors ();

  for (guint i = 0; i < target->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (target->shares, i);

      defer (self, deferred, share->lan, share, now);
    }
  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const char *lan
          = ((CsSharePlan *)g_ptr_array_index (self->applied->shares, i))->lan;

      if (cs_plan_find (target, lan) == NULL)
        defer (self, deferred, lan, NULL, now);
    }
  return deferred;
}

/* A share that returns, for example after a reboot, is closed before anything else: its
 * clients may be there already, and what follows may fail. */
static void
close_first (CsEngine *self, CsPlan *target)
{
  for (guint i = 0; i < target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (target->shares, i);

      if (share->error != NULL || cs_plan_find (self->applied, share->lan) != NULL
          || cs_engine_is_paused (self, share->lan)
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

/* When the next share that has paused starts to say so, or 0. */
static gint64
find_next_name (CsEngine *self)
{
  gint64 now = g_get_monotonic_time (), at = 0;

  for (guint i = 0; i < self->paused->len; i++)
    {
      gint64 name_at = cs_engine_name_pause_at (
          self, cs_transaction_get_lan (self->paused->pdata[i]));

      if (name_at > now)
        at = cs_earlier (at, name_at);
    }
  return at;
}

/* Everything that calls for another pass, at once or at a certain time. What could not be
 * written down was not tried, so its times are still in the past. */
static void
schedule_next (CsEngine *self, const CsPassResult *result, gboolean taken_back)
{
  gboolean kept = result->store_error == NULL || taken_back;
  gint64 at = kept ? cs_earlier (result->target->wake_at,
                                 cs_retries_next (self->retries, result->waiting))
                   : retry_at ();
  gboolean may_wait = cs_engine_has_answers (self, result) && self->orders->len == 0;

  if (self->again && may_wait)
    at = cs_earlier (at, g_get_monotonic_time () + AFTER_ANSWER);
  at = cs_earlier (at, find_next_name (self));
  schedule_wake (self, at);
  if ((self->again && !may_wait) || taken_back || has_closed_first (self, result))
    cs_engine_queue_pass (self);
}

gboolean
cs_engine_is_paused (CsEngine *self, const char *lan)
{
  return cs_transactions_find (self->paused, lan) != NULL;
}

CsPassWorld
cs_engine_get_world (CsEngine *self)
{
  return (CsPassWorld){ self->steps, self->store, self->paused };
}

static void
on_ready (CsTransaction *transaction, gpointer user_data)
{
  CsEngine *self = user_data;

  g_ptr_array_add (self->ready, cs_transaction_ref (transaction));
  cs_engine_queue_pass (self);
}

void
cs_engine_take_applied (CsEngine *self, CsPassResult *result)
{
  GPtrArray *begun = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_share_plan_unref);

  cs_plan_unref (self->applied);
  self->applied = g_steal_pointer (&result->applied);
  g_clear_pointer (&self->applied->remnants, g_ptr_array_unref);
  for (guint i = 0; i < self->paused->len; i++)
    {
      CsTransaction *paused = self->paused->pdata[i];
      CsSharePlan *to = cs_transaction_get_to (paused);
      CsSharePlan *former = cs_transaction_get_former (paused);

      if (to != NULL)
        g_ptr_array_add (begun, cs_share_plan_ref (to));
      if (former != NULL)
        cs_plan_add_remnant (self->applied, former);
      if (!g_ptr_array_find (self->ready, paused, NULL))
        cs_transaction_await (paused, on_ready, self);
    }
  g_clear_pointer (&self->applied->begun, g_ptr_array_unref);
  self->applied->begun = begun;
}

static void
on_pass (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_autoptr (CsEngine) self = user_data;
  g_autoptr (CsPassResult) result = cs_pass_run_finish (async_result);
  g_autoptr (GHashTable) back = cs_engine_take_back (self, result);

  self->running = FALSE;
  note_ends (self, result);
  cs_engine_take_applied (self, result);
  note_failures (self, result, back);
  cs_engine_publish (self, cs_engine_outcomes (self, result, back));
  schedule_next (self, result, g_hash_table_size (back) > 0);
  cs_engine_answer_orders (self, result);
  cs_engine_answer_adoptions (self, result->store_error);
  cs_engine_answer_ends (self, result);
}

/* Whether the plans differ only in details of an uplink that stays the same, which can
 * wait: not in a rule that another share had for both, nor in the rules' place. */
static gboolean
is_detail (const CsSharePlan *before, const CsSharePlan *after)
{
  if (cs_share_plan_applied (before) == NULL || cs_share_plan_applied (after) == NULL
      || cs_share_plan_equal (before, after))
    return FALSE;
  return after->uplink_ifindex != 0 && after->uplink_ifindex == before->uplink_ifindex
         && g_strcmp0 (after->uplink, before->uplink) == 0
         && after->uplink_rules_shared == before->uplink_rules_shared
         && after->displaced == before->displaced
         && after->ipv6.displaced == before->ipv6.displaced
         && after->lan_ifindex == before->lan_ifindex
         && after->lan_method == before->lan_method
         && cs_cidr_equal (after->address, before->address);
}

/* Leaves what changes all the time as it is for a while. Returns when to check again, or
 * 0. */
static gint64
postpone_details (CsEngine *self, CsPlan *target, GHashTable *dirty, gint64 now)
{
  gint64 wake_at = 0;

  for (guint i = 0; i < target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (target->shares, i);
      const CsSharePlan *old = cs_plan_find (self->applied, share->lan);
      gint64 at = 0;

      /* a LAN that was left to others must soon be theirs alone */
      if (is_detail (old, share) && cs_share_plan_guards (old)
          && !cs_engine_is_ordered (self, share->lan)
          && !cs_engine_is_paused (self, share->lan)
          && !g_hash_table_contains (dirty, share->lan))
        at = cs_damping_note_detail (&share->damping, now);
      if (at == 0)
        continue;
      target->shares->pdata[i] = cs_share_plan_restate (old, share);
      cs_share_plan_unref (share);
      wake_at = cs_earlier (wake_at, at);
    }
  return wake_at;
}

static void
run_pass (CsEngine *self)
{
  g_autoptr (GError) error = NULL;
  CsSnapshot *snapshot = cs_monitor_snapshot (self->monitor, &error);
  const CsPassWorld world = cs_engine_get_world (self);
  GHashTable *dirty, *deferred;
  CsPlan *target;
  gint64 again;

  self->again = FALSE;
  cs_monitor_mind (self->monitor, self->requests);
  g_clear_handle_id (&self->wake, g_source_remove);
  if (snapshot == NULL)
    {
      g_warning ("cannot read the state of the network: %s", error->message);
      cs_engine_fail_orders (self, error);
      schedule_wake (self, retry_at ());
      return;
    }
  g_clear_pointer (&self->seen, cs_snapshot_free);
  self->seen = snapshot;
  cs_engine_follow_adopted (self, snapshot);
  target = cs_engine_take_orders (self, snapshot);
  close_first (self, target);
  dirty = cs_engine_take_dirty (self);
  deferred = find_deferred (self, target, snapshot->now);
  again = cs_engine_find_repairs (self, target, dirty, deferred, snapshot);
  again = cs_earlier (again, postpone_details (self, target, dirty, snapshot->now));
  target->wake_at = cs_earlier (target->wake_at, again);
  self->running = TRUE;
  cs_pass_run_async (&world, self->applied, target, dirty, deferred, on_pass,
                     g_object_ref (self));
}

/* All that is in force; for the share that has paused, its target, although what it comes
 * from still is in part. */
static CsPlan *
assume (CsEngine *self, CsSharePlan *to)
{
  CsPlan *plan = cs_plan_copy (self->applied);
  CsSharePlan *from = cs_plan_find (plan, to->lan);

  if (from != NULL)
    {
      cs_plan_add_remnant (plan, from);
      g_ptr_array_remove (plan->shares, from);
    }
  g_ptr_array_add (plan->shares, cs_share_plan_ref (to));
  cs_plan_drop_begun (plan, to->lan);
  return plan;
}

static gboolean
has_same_lan (const CsSharePlan *a, const CsSharePlan *b)
{
  return !a->closed && !b->closed && a->lan_ifindex == b->lan_ifindex
         && a->lan_method == b->lan_method && cs_cidr_equal (a->address, b->address)
         && cs_hotspot_equal (&a->hotspot, &b->hotspot)
         && g_strcmp0 (a->zone, b->zone) == 0;
}

/* The network has moved while @transaction waited for the LAN: what its target should be
 * by now, if that differs and the LAN's part is the same. Owned, (nullable) */
static CsSharePlan *
find_turn (CsEngine *self, CsTransaction *transaction)
{
  g_autoptr (CsSnapshot) snapshot = NULL;
  g_autoptr (CsPlan) assumed = NULL;
  g_autoptr (CsPlan) plan = NULL;
  CsSharePlan *to = cs_transaction_get_to (transaction), *wanted;

  if (!cs_transaction_can_turn (transaction))
    return NULL;
  snapshot = cs_monitor_snapshot (self->monitor, NULL);
  if (snapshot == NULL)
    return NULL;
  assumed = assume (self, to);
  plan = cs_plan_new (self->requests, snapshot, assumed);
  wanted = cs_plan_find (plan, to->lan);
  if (wanted == NULL || wanted->error != NULL || cs_share_plan_equal (wanted, to)
      || is_detail (to, wanted) || !has_same_lan (wanted, to))
    return NULL;
  cs_share_uplink_inherit (wanted, to);
  return cs_share_plan_ref (wanted);
}

/* Everything is checked again afterwards. */
static void
resume (CsEngine *self)
{
  g_autoptr (CsTransaction) transaction = g_ptr_array_steal_index (self->ready, 0);
  g_autoptr (CsSharePlan) turn = find_turn (self, transaction);
  const CsPassWorld world = cs_engine_get_world (self);

  g_clear_handle_id (&self->wake, g_source_remove);
  self->running = TRUE;
  self->again = TRUE;
  cs_pass_resume_async (&world, self->applied, transaction, turn, on_pass,
                        g_object_ref (self));
}

static gboolean
on_idle (gpointer user_data)
{
  CsEngine *self = user_data;

  self->source = 0;
  if (self->ready->len > 0)
    resume (self);
  else
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
