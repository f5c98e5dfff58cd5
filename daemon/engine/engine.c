/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The object: its parts, its queries, and how it starts. */
#include "engine-private.h"

#include "base/log.h"
#include "core/plan/orphan.h"

G_DEFINE_FINAL_TYPE (CsEngine, cs_engine, G_TYPE_OBJECT)

enum
{
  SHARE_CHANGED,
  SHARE_REMOVED,
  ADOPT_WAN_CHANGED,
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

  for (guint i = 0; i < self->paused->len; i++)
    cs_transaction_await (self->paused->pdata[i], NULL, NULL);
  g_ptr_array_unref (self->paused);
  g_ptr_array_unref (self->ready);
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->wake, g_source_remove);
  g_object_unref (self->monitor);
  for (guint i = 0; i < self->steps->len; i++)
    cs_step_watch (self->steps->pdata[i], NULL, NULL);
  g_ptr_array_unref (self->steps);
  g_object_unref (self->store);
  g_ptr_array_unref (self->requests);
  g_ptr_array_unref (self->orders);
  g_ptr_array_unref (self->taken);
  cs_plan_unref (self->applied);
  g_clear_pointer (&self->seen, cs_snapshot_free);
  cs_plan_unref (self->shown);
  cs_retries_free (self->retries);
  g_hash_table_unref (self->dirty);
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  g_free (self->adopt_wan);
  g_ptr_array_unref (self->adoptions);
  g_ptr_array_unref (self->adopting);
  g_ptr_array_unref (self->ends);
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
  signals[ADOPT_WAN_CHANGED]
      = g_signal_new ("adopt-wan-changed", CS_TYPE_ENGINE, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
}

void
cs_engine_set_adopt_wan (CsEngine *self, const char *wan)
{
  if (g_strcmp0 (wan, self->adopt_wan) == 0)
    return;
  g_free (self->adopt_wan);
  self->adopt_wan = g_strdup (wan);
  g_signal_emit (self, signals[ADOPT_WAN_CHANGED], 0);
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
  self->paused = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_transaction_unref);
  self->ready = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_transaction_unref);
  self->shown = cs_plan_new_empty ();
  self->retries = cs_retries_new ();
  self->dirty = cs_engine_new_set ();
  self->adoptions = g_ptr_array_new_with_free_func (g_object_unref);
  self->adopting = g_ptr_array_new_with_free_func (g_object_unref);
  self->ends = cs_engine_new_ends ();
}

static void
on_step_changed (const char *lan, gpointer user_data)
{
  CsEngine *self = user_data;

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
    cs_step_watch (steps->pdata[i], on_step_changed, self);
  return self;
}

gboolean
cs_engine_is_busy (CsEngine *self)
{
  return self->running || self->again || self->source != 0;
}

gboolean
cs_engine_is_waiting (CsEngine *self)
{
  return self->paused->len > 0;
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
cs_engine_is_inhibited (CsEngine *self)
{
  return self->inhibitors > 0;
}

void
cs_engine_inhibit (CsEngine *self)
{
  self->inhibitors++;
}

void
cs_engine_uninhibit (CsEngine *self)
{
  g_return_if_fail (self->inhibitors > 0);
  self->inhibitors--;
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
  for (guint i = 0; *applied != NULL && i < self->paused->len; i++)
    {
      const char *lan = cs_transaction_get_lan (self->paused->pdata[i]);
      CsSharePlan *share = cs_plan_find (*applied, lan);

      if (share != NULL)
        g_ptr_array_remove ((*applied)->shares, share);
    }
  return cs_plan_copy (self->shown);
}

gboolean
cs_engine_is_fighting (CsEngine *self, const char *lan)
{
  return cs_retries_is_fighting (self->retries, lan, g_get_monotonic_time ());
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

char **
cs_engine_list_lans (CsEngine *self)
{
  GStrvBuilder *lans = g_strv_builder_new ();
  char **list;

  for (guint i = 0; i < self->requests->len; i++)
    g_strv_builder_add (lans, ((CsRequest *)g_ptr_array_index (self->requests, i))->lan);
  list = g_strv_builder_end (lans);
  g_strv_builder_unref (lans);
  return list;
}

/* --- Start-up ------------------------------------------------------------------------
 */

static void
on_recovered (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_autoptr (CsEngine) self = user_data;
  g_autoptr (CsPassResult) result = cs_pass_run_finish (async_result);

  self->running = FALSE;
  cs_engine_take_applied (self, result);
  for (guint i = 0; i < self->applied->shares->len; i++)
    g_hash_table_add (
        self->dirty,
        g_strdup (((CsSharePlan *)g_ptr_array_index (self->applied->shares, i))->lan));
  cs_engine_queue_pass (self);
}

/* Takes back what an earlier run was bringing about when it ended, with a pass from there
 * to what was in force. A share that it was ending is in @applied only, and ends with the
 * first ordinary pass, because no request wants it. */
static void
recover (CsEngine *self, CsPlan *applied, CsPlan *unfinished)
{
  const CsPassWorld world = cs_engine_get_world (self);

  for (guint i = 0; i < applied->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (applied->shares, i);

      if (cs_plan_find (unfinished, share->lan) == NULL)
        g_ptr_array_add (unfinished->shares, cs_share_plan_ref (share));
    }
  self->running = TRUE;
  cs_pass_run_async (&world, unfinished, applied, cs_engine_new_set (),
                     cs_pass_new_errors (), on_recovered, g_object_ref (self));
}

gboolean
cs_engine_load (CsEngine *self, GError **error)
{
  GPtrArray *requests = cs_store_load_requests (self->store, error);
  g_autofree char *adopt_wan = cs_store_load_adopt_wan (self->store);
  CsPlan *shown;

  if (requests == NULL)
    return FALSE;
  self->running = TRUE; /* orders wait for the start */
  g_ptr_array_unref (self->requests);
  self->requests = requests;
  cs_engine_set_adopt_wan (self, adopt_wan);
  shown = cs_plan_new_empty ();
  for (guint i = 0; i < self->requests->len; i++)
    g_ptr_array_add (shown->shares,
                     cs_engine_starting_plan (
                         ((CsRequest *)g_ptr_array_index (self->requests, i))->lan));
  cs_engine_publish (self, shown);
  return TRUE;
}

void
cs_engine_set_orphans (CsEngine *self, GPtrArray *orphans)
{
  g_clear_pointer (&self->orphans, g_ptr_array_unref);
  self->orphans = g_ptr_array_ref (orphans);
}

static void
tell_orphan (CsEngine *self, const char *lan)
{
  cs_message (lan,
              "a share is in force but not in the ledger, and is %s; its state before is "
              "unknown: forwarding counts as off, rp_filter stays as it is, and no other "
              "connection of the LAN is activated again",
              cs_request_list_find (self->requests, lan) != NULL ? "taken over"
                                                                 : "ended");
}

/* As if they had been in the ledger; the first pass decides what becomes of them. */
static void
adopt_orphans (CsEngine *self, CsPlan *applied, const CsPlan *unfinished)
{
  g_autoptr (GPtrArray) orphans = g_steal_pointer (&self->orphans);
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSnapshot) snapshot = cs_monitor_snapshot (self->monitor, &error);

  if (snapshot == NULL)
    {
      g_warning ("cannot remove what shares without a ledger have left: %s",
                 error->message);
      return;
    }
  cs_orphan_list_add_profiles (orphans, snapshot);
  for (guint i = 0; i < orphans->len; i++)
    {
      const CsOrphan *orphan = g_ptr_array_index (orphans, i);

      if (cs_plan_find (applied, orphan->lan) != NULL
          || cs_plan_find (unfinished, orphan->lan) != NULL)
        continue;
      tell_orphan (self, orphan->lan);
      g_ptr_array_add (applied->shares, cs_orphan_plan (orphan, snapshot, applied));
    }
}

gboolean
cs_engine_start (CsEngine *self, GError **error)
{
  g_autoptr (CsPlan) unfinished = NULL;
  g_autoptr (CsPlan) applied = NULL;

  if (!cs_store_load_ledger (self->store, &applied, &unfinished, error))
    return FALSE;
  if (self->orphans != NULL)
    adopt_orphans (self, applied, unfinished);
  recover (self, g_steal_pointer (&applied), unfinished);
  return TRUE;
}
