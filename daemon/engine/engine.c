/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object: what it is made of, what can be asked of it, and how it starts. */
#include "engine-private.h"

G_DEFINE_FINAL_TYPE (CsEngine, cs_engine, G_TYPE_OBJECT)

enum
{
  SHARE_CHANGED,
  SHARE_REMOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

GHashTable *
cs_engine_new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
cs_engine_finalize (GObject *object)
{
  CsEngine *self = CS_ENGINE (object);

  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->wake, g_source_remove);
  g_clear_handle_id (&self->retry, g_source_remove);
  g_object_unref (self->monitor);
  g_ptr_array_unref (self->steps);
  g_object_unref (self->store);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->orders);
  g_ptr_array_unref (self->taken);
  cs_plan_free (self->applied);
  g_clear_pointer (&self->seen, cs_snapshot_free);
  cs_plan_free (self->shown);
  cs_repairs_free (self->repairs);
  cs_failures_free (self->failures);
  g_hash_table_unref (self->dirty);
  G_OBJECT_CLASS (cs_engine_parent_class)->finalize (object);
}

static void
cs_engine_class_init (CsEngineClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_engine_finalize;
  signals[SHARE_CHANGED]
      = g_signal_new ("share-changed", CS_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
  signals[SHARE_REMOVED]
      = g_signal_new ("share-removed", CS_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL, NULL,
                      NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

void
cs_engine_emit_changed (CsEngine *self, const char *lan)
{
  g_signal_emit (self, signals[SHARE_CHANGED], 0, lan);
}

void
cs_engine_emit_removed (CsEngine *self, const char *lan)
{
  g_signal_emit (self, signals[SHARE_REMOVED], 0, lan);
}

static void
cs_engine_init (CsEngine *self)
{
  self->requests = cs_request_list_new ();
  self->orders = cs_engine_new_orders ();
  self->taken = cs_engine_new_orders ();
  self->applied = cs_plan_new_empty ();
  self->shown = cs_plan_new_empty ();
  self->repairs = cs_repairs_new ();
  self->failures = cs_failures_new ();
  self->dirty = cs_engine_new_set ();
}

static void
on_step_changed (CsEngine *self, const char *lan)
{
  g_hash_table_add (self->dirty, g_strdup (lan));
  cs_engine_queue_pass (self);
}

CsEngine *
cs_engine_new (CsMonitor *monitor, GPtrArray *steps, CsStore *store)
{
  CsEngine *self = g_object_new (CS_TYPE_ENGINE, NULL);

  self->monitor = g_object_ref (monitor);
  self->steps = g_ptr_array_ref (steps);
  self->store = g_object_ref (store);
  g_signal_connect_object (monitor, "changed", G_CALLBACK (cs_engine_queue_pass), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < steps->len; i++)
    g_signal_connect_object (g_ptr_array_index (steps, i), "changed",
                             G_CALLBACK (on_step_changed), self, G_CONNECT_SWAPPED);
  return self;
}

gboolean
cs_engine_is_busy (CsEngine *self)
{
  return self->running || self->again || self->source != 0;
}

gboolean
cs_engine_has_requests (CsEngine *self)
{
  return self->requests->len > 0;
}

gboolean
cs_engine_has_remains (CsEngine *self)
{
  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (self->applied->shares, i);

      if (cs_request_list_find (self->requests, share->lan) == NULL)
        return TRUE;
    }
  return FALSE;
}

gboolean
cs_engine_is_held (CsEngine *self)
{
  return self->holds > 0;
}

void
cs_engine_hold (CsEngine *self)
{
  self->holds++;
}

void
cs_engine_release (CsEngine *self)
{
  g_return_if_fail (self->holds > 0);
  self->holds--;
}

CsSnapshot *
cs_engine_snapshot (CsEngine *self, GError **error)
{
  return cs_monitor_snapshot (self->monitor, error);
}

CsPlan *
cs_engine_get_plan (CsEngine *self, CsPlan **applied)
{
  *applied = self->running ? NULL : cs_plan_copy (self->applied);
  return cs_plan_copy (self->shown);
}

gboolean
cs_engine_is_fighting (CsEngine *self, const char *lan)
{
  return cs_repairs_is_fighting (self->repairs, lan, g_get_monotonic_time ());
}

gboolean
cs_engine_get_share (CsEngine *self, const char *lan, CsShareStatus *status)
{
  const CsSharePlan *share = cs_plan_find (self->shown, lan);
  const CsRequest *request = cs_request_list_find (self->requests, lan);

  if (share == NULL || request == NULL)
    return FALSE;
  status->request = request;
  status->plan = share;
  return TRUE;
}

const CsRequest *
cs_engine_get_request (CsEngine *self, const char *lan)
{
  return cs_request_list_find (self->requests, lan);
}

/* --- Start-up ------------------------------------------------------------------------
 */

static void
on_recovered (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_autoptr (CsEngine) self = user_data;
  g_autoptr (CsPassResult) result = cs_pass_run_finish (async_result);

  self->running = FALSE;
  cs_plan_free (self->applied);
  self->applied = g_steal_pointer (&result->applied);
  for (guint i = 0; i < self->applied->shares->len; i++)
    g_hash_table_add (
        self->dirty,
        g_strdup (((CsSharePlan *)g_ptr_array_index (self->applied->shares, i))->lan));
  cs_engine_queue_pass (self);
}

/* What an earlier run was bringing about when it ended is taken back: a pass from there
 * to what was in force. A share that it was ending is in @applied only, and ends with the
 * first ordinary pass, as no request wants it. */
static void
recover (CsEngine *self, CsPlan *applied, CsPlan *unfinished)
{
  for (guint i = 0; i < applied->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (applied->shares, i);

      if (cs_plan_find (unfinished, share->lan) == NULL)
        g_ptr_array_add (unfinished->shares, cs_share_plan_ref (share));
    }
  self->running = TRUE;
  cs_pass_run_async (self->steps, self->store, unfinished, applied, cs_engine_new_set (),
                     cs_pass_new_errors (), on_recovered, g_object_ref (self));
}

void
cs_engine_load (CsEngine *self)
{
  CsPlan *shown = cs_plan_new_empty ();

  self->running = TRUE; /* orders wait for the start */
  g_ptr_array_unref (self->requests);
  self->requests = cs_store_load_requests (self->store);
  for (guint i = 0; i < self->requests->len; i++)
    g_ptr_array_add (shown->shares,
                     cs_engine_starting_plan (
                         ((CsRequest *)g_ptr_array_index (self->requests, i))->lan));
  cs_engine_publish (self, shown);
}

void
cs_engine_start (CsEngine *self)
{
  g_autoptr (CsPlan) unfinished = NULL;
  CsPlan *applied;

  cs_store_load_ledger (self->store, &applied, &unfinished);
  recover (self, applied, unfinished);
}
