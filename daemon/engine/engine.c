/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests, orders, and the queue of passes. A pass takes the orders that are there, lets
 * each change the list of requests if the plan allows it, acts (pass.c), answers the
 * orders, and publishes. An order that fails takes its change of the requests back. */
#include "engine.h"

#include "pass.h"
#include "repairs.h"
#include "request-list.h"
#include "transaction.h"

#include "core/holds.h"
#include "dbus/errors.h"

/* A share that failed for a reason that may pass is tried again after this long, and
 * after twice as long each further time, up to the limit. Seconds. */
#define RETRY_FIRST 2
#define RETRY_LIMIT 300

typedef struct
{
  GTask *task;         /* (owned) the caller's, answered when the pass is over */
  char *lan;           /* (owned) */
  CsRequest *request;  /* (owned) (nullable) NULL: stop sharing */
  CsRequest *previous; /* (owned) (nullable) what it replaced, to be taken back */
} Order;

struct _CsEngine
{
  GObject parent;
  CsMonitor *monitor;  /* (owned) */
  GPtrArray *steps;    /* (owned) of CsStep */
  CsStore *store;      /* (owned) */
  GPtrArray *requests; /* (owned) of CsRequest (owned), oldest first */
  GPtrArray *orders;   /* (owned) of Order (owned): not yet taken by a pass */
  GPtrArray *taken;    /* (owned) of Order (owned): those of the pass under way */
  CsPlan *applied;     /* (owned) what is in force; during a pass: was, before it */
  CsPlan *shown;       /* (owned) what the last pass came to, errors included */
  CsRepairs *repairs;  /* (owned) */
  GHashTable *dirty;   /* (owned) set of LANs whose part of the host may have changed */
  guint holds;         /* orders on their way */
  gboolean running;    /* a pass is under way */
  gboolean again;      /* and something happened since it began */
  guint source;        /* idle source of the next pass, or 0 */
  guint wake;          /* timeout source of what the plan wants to decide, or 0 */
  guint retry;         /* timeout source, or 0 */
  guint retry_delay;   /* seconds */
};

G_DEFINE_FINAL_TYPE (CsEngine, cs_engine, G_TYPE_OBJECT)

enum
{
  SHARE_CHANGED,
  SHARE_REMOVED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

static void queue_pass (CsEngine *self);

static void
order_free (Order *order)
{
  g_object_unref (order->task);
  g_free (order->lan);
  g_clear_pointer (&order->request, cs_request_free);
  g_clear_pointer (&order->previous, cs_request_free);
  g_free (order);
}

static GPtrArray *
new_orders (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)order_free);
}

static GHashTable *
new_set (void)
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
  cs_plan_free (self->shown);
  cs_repairs_free (self->repairs);
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

static void
cs_engine_init (CsEngine *self)
{
  self->requests = cs_request_list_new ();
  self->orders = new_orders ();
  self->taken = new_orders ();
  self->applied = cs_plan_new_empty ();
  self->shown = cs_plan_new_empty ();
  self->repairs = cs_repairs_new ();
  self->dirty = new_set ();
  self->retry_delay = RETRY_FIRST;
}

static void
on_step_changed (CsEngine *self, const char *lan)
{
  g_hash_table_add (self->dirty, g_strdup (lan));
  queue_pass (self);
}

CsEngine *
cs_engine_new (CsMonitor *monitor, GPtrArray *steps, CsStore *store)
{
  CsEngine *self = g_object_new (CS_TYPE_ENGINE, NULL);

  self->monitor = g_object_ref (monitor);
  self->steps = g_ptr_array_ref (steps);
  self->store = g_object_ref (store);
  g_signal_connect_object (monitor, "changed", G_CALLBACK (queue_pass), self,
                           G_CONNECT_SWAPPED);
  for (guint i = 0; i < steps->len; i++)
    g_signal_connect_object (g_ptr_array_index (steps, i), "changed",
                             G_CALLBACK (on_step_changed), self, G_CONNECT_SWAPPED);
  return self;
}

gboolean
cs_engine_is_busy (CsEngine *self)
{
  return self->running || self->source != 0;
}

gboolean
cs_engine_has_requests (CsEngine *self)
{
  return self->requests->len > 0;
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

/* --- Planning ------------------------------------------------------------------------
 */

/* A share that is new must have its device, and a WAN that may exist; one that is known
 * may wait for both. */
static gboolean
check_new_share (const CsPlan *plan, const char *lan, gboolean known, GError **error)
{
  const CsSharePlan *share = cs_plan_find (plan, lan);

  if (share->error != NULL)
    g_propagate_error (error, g_error_copy (share->error));
  else if (share->lan_ifindex == 0 && !known)
    g_set_error (error, CS_ERROR, CS_ERROR_NO_SUCH_DEVICE,
                 "there is no interface \"%s\"; \"sharectl interfaces\" lists those that "
                 "there are",
                 lan);
  else if (g_str_equal (share->reason, "uplink-unknown") && !known)
    g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT, share->message);
  else
    return TRUE;
  return FALSE;
}

CsSharePlan *
cs_engine_preview (CsEngine *self,
                   const CsSnapshot *snapshot,
                   const CsRequest *request,
                   GError **error)
{
  g_autoptr (GPtrArray) requests = cs_request_list_copy (self->requests);
  g_autoptr (CsRequest) known = NULL;
  g_autoptr (CsPlan) plan = NULL;

  known = cs_request_list_put (requests, request->lan, request);
  plan = cs_plan_new (requests, snapshot, self->applied);
  if (!check_new_share (plan, request->lan, known != NULL, error))
    return NULL;
  return cs_share_plan_copy (cs_plan_find (plan, request->lan));
}

CsSnapshot *
cs_engine_snapshot (CsEngine *self, GError **error)
{
  return cs_monitor_snapshot (self->monitor, error);
}

static void
refuse (CsEngine *self, Order *order, GError *error)
{
  g_autoptr (CsRequest) dropped
      = cs_request_list_put (self->requests, order->lan, order->previous);

  g_task_return_error (order->task, error);
}

/* Whoever asks for a share again wants it again, whatever they did against it since. */
static void
renew (CsEngine *self, const char *lan)
{
  CsSharePlan *share = cs_plan_find (self->applied, lan);

  if (share != NULL)
    share->renewed = TRUE;
}

/* Lets the order change the requests, if what it asks for can be planned. */
static gboolean
take_order (CsEngine *self, Order *order, const CsSnapshot *snapshot)
{
  GError *error = NULL;

  order->previous = cs_request_list_put (self->requests, order->lan, order->request);
  if (order->request != NULL)
    {
      g_autoptr (CsPlan) plan = NULL;

      renew (self, order->lan);
      plan = cs_plan_new (self->requests, snapshot, self->applied);

      check_new_share (plan, order->lan, order->previous != NULL, &error);
    }
  else if (order->previous == NULL)
    g_set_error (&error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE,
                 "\"%s\" is not shared; \"sharectl list\" shows what is", order->lan);

  if (error != NULL)
    {
      refuse (self, order, error);
      return FALSE;
    }
  cs_store_set_request (self->store, order->lan, order->request);
  return TRUE;
}

static void
take_orders (CsEngine *self, const CsSnapshot *snapshot)
{
  g_autoptr (GPtrArray) orders = g_steal_pointer (&self->orders);

  self->orders = new_orders ();
  while (orders->len > 0)
    {
      Order *order = g_ptr_array_steal_index (orders, 0);

      if (take_order (self, order, snapshot))
        g_ptr_array_add (self->taken, order);
      else
        order_free (order);
    }
}

/* --- Publishing ----------------------------------------------------------------------
 */

static void
log_change (const char *lan, const CsSharePlan *old, const CsSharePlan *new)
{
  if (new == NULL)
    g_message ("%s: no longer shared", lan);
  else if (old == NULL || g_strcmp0 (old->message, new->message) != 0)
    g_message ("%s: %s: %s", lan, cs_state_to_string (new->state), new->message);
}

static void
set_words (CsSharePlan *share, CsState state, const char *reason, const char *message)
{
  share->state = state;
  g_free (share->reason);
  share->reason = g_strdup (reason);
  g_free (share->message);
  share->message = g_strdup (message);
}

/* Why this share is not as the pass was to make it, or NULL. */
static const GError *
failure (const CsPassResult *result, const char *lan)
{
  return result->store_error != NULL ? result->store_error
                                     : g_hash_table_lookup (result->errors, lan);
}

/* The share's plan as it came out: with the error of the step that failed, if one did. */
static CsSharePlan *
outcome (const CsPassResult *result, const char *lan)
{
  CsSharePlan *share = cs_share_plan_copy (cs_plan_find (result->target, lan));
  const GError *error = failure (result, lan);

  if (error != NULL && share->error == NULL)
    set_words (share, CS_STATE_FAILED, "failed", error->message);
  return share;
}

static void
publish (CsEngine *self, CsPlan *shown)
{
  g_autoptr (CsPlan) before = g_steal_pointer (&self->shown);

  self->shown = shown;
  for (guint i = 0; i < before->shares->len; i++)
    {
      const char *lan = ((CsSharePlan *)g_ptr_array_index (before->shares, i))->lan;

      if (cs_plan_find (shown, lan) != NULL)
        continue;
      log_change (lan, NULL, NULL);
      cs_repairs_forget (self->repairs, lan);
      g_signal_emit (self, signals[SHARE_REMOVED], 0, lan);
    }
  for (guint i = 0; i < shown->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (shown->shares, i);

      log_change (share->lan, cs_plan_find (before, share->lan), share);
      g_signal_emit (self, signals[SHARE_CHANGED], 0, share->lan);
    }
}

static gboolean
on_wake (gpointer user_data)
{
  CsEngine *self = user_data;

  self->wake = 0;
  queue_pass (self);
  return G_SOURCE_REMOVE;
}

/* The plan has something to decide at that time, whether or not anything happens. */
static void
schedule_wake (CsEngine *self, gint64 at)
{
  gint64 delay = MAX (at - g_get_monotonic_time (), 0) / 1000 + 1;

  g_clear_handle_id (&self->wake, g_source_remove);
  if (at != 0)
    self->wake = g_timeout_add (MIN (delay, G_MAXUINT), on_wake, self);
}

static gboolean
on_retry (gpointer user_data)
{
  CsEngine *self = user_data;

  self->retry = 0;
  queue_pass (self);
  return G_SOURCE_REMOVE;
}

/* After a failure of a step. A plan that fails is tried again by the next event anyway.
 */
static void
schedule_retry (CsEngine *self, gboolean failed)
{
  g_clear_handle_id (&self->retry, g_source_remove);
  if (!failed)
    {
      self->retry_delay = RETRY_FIRST;
      return;
    }
  self->retry = g_timeout_add_seconds (self->retry_delay, on_retry, self);
  self->retry_delay = MIN (self->retry_delay * 2, RETRY_LIMIT);
}

/* --- A pass --------------------------------------------------------------------------
 */

/* Takes back the requests of orders that failed; what is in force stayed as it was. The
 * end of a share is never taken back, save that nothing at all was done. Returns the set
 * of their LANs. */
static GHashTable *
take_back (CsEngine *self, const CsPassResult *result)
{
  GHashTable *back = new_set ();

  for (guint i = 0; i < self->taken->len; i++)
    {
      Order *order = g_ptr_array_index (self->taken, i);
      g_autoptr (CsRequest) dropped = NULL;

      if (failure (result, order->lan) == NULL
          || (order->request == NULL && result->store_error == NULL))
        continue;
      dropped = cs_request_list_put (self->requests, order->lan, order->previous);
      cs_store_set_request (self->store, order->lan, order->previous);
      g_hash_table_add (back, g_strdup (order->lan));
    }
  return back;
}

static void
answer_orders (CsEngine *self, const CsPassResult *result)
{
  g_autoptr (GPtrArray) taken = g_steal_pointer (&self->taken);

  self->taken = new_orders ();
  for (guint i = 0; i < taken->len; i++)
    {
      Order *order = g_ptr_array_index (taken, i);
      const GError *error = failure (result, order->lan);

      if (error != NULL)
        g_task_return_error (order->task, g_error_copy (error));
      else
        g_task_return_boolean (order->task, TRUE);
    }
}

/* What to show of each request after the pass. */
static CsPlan *
outcomes (CsEngine *self, const CsPassResult *result, GHashTable *back)
{
  CsPlan *shown = cs_plan_new_empty ();

  for (guint i = 0; i < self->requests->len; i++)
    {
      const char *lan = ((CsRequest *)g_ptr_array_index (self->requests, i))->lan;
      const CsSharePlan *before = cs_plan_find (self->shown, lan);

      if (!g_hash_table_contains (back, lan))
        g_ptr_array_add (shown->shares, outcome (result, lan));
      else if (before != NULL)
        g_ptr_array_add (shown->shares, cs_share_plan_copy (before));
    }
  return shown;
}

static void
on_pass (GObject *source, GAsyncResult *async_result, gpointer user_data)
{
  g_autoptr (CsEngine) self = user_data;
  g_autoptr (CsPassResult) result = cs_pass_run_finish (async_result);
  g_autoptr (GHashTable) back = take_back (self, result);
  gboolean failed = result->store_error != NULL || g_hash_table_size (result->errors) > 0;

  self->running = FALSE;
  cs_plan_free (self->applied);
  self->applied = g_steal_pointer (&result->applied);
  publish (self, outcomes (self, result, back));
  schedule_wake (self, result->target->wake_at);
  schedule_retry (self, failed && g_hash_table_size (back) == 0);
  answer_orders (self, result);
  if (self->again || g_hash_table_size (back) > 0)
    queue_pass (self);
}

/* Marks the shares whose part of the host somebody has changed, though the plan is the
 * same: they are applied again. Returns when to look again, for one that is repaired too
 * often, or 0. */
static gint64
find_damage (CsEngine *self, const CsPlan *target, const CsSnapshot *snapshot)
{
  gint64 wake_at = 0, again = 0;

  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (self->applied->shares, i);
      g_autofree char *damage = NULL;

      if (g_hash_table_contains (self->dirty, share->lan)
          || !cs_share_plan_equal (share, cs_plan_find (target, share->lan)))
        continue;
      damage = cs_share_plan_damage (share, snapshot);
      if (damage == NULL)
        cs_repairs_healthy (self->repairs, share->lan);
      else if (cs_repairs_may (self->repairs, share->lan, snapshot->now, &again))
        {
          g_message ("%s: %s; repairing it", share->lan, damage);
          g_hash_table_add (self->dirty, g_strdup (share->lan));
        }
      else if (wake_at == 0 || again < wake_at)
        wake_at = again;
    }
  return wake_at;
}

static void
fail_orders (CsEngine *self, const GError *error)
{
  g_autoptr (GPtrArray) orders = g_steal_pointer (&self->orders);

  self->orders = new_orders ();
  for (guint i = 0; i < orders->len; i++)
    g_task_return_error (((Order *)g_ptr_array_index (orders, i))->task,
                         g_error_copy (error));
}

static void
run_pass (CsEngine *self)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (CsSnapshot) snapshot = cs_monitor_snapshot (self->monitor, &error);
  CsPlan *target;
  gint64 again;

  self->again = FALSE;
  if (snapshot == NULL)
    {
      g_warning ("The network cannot be read: %s", error->message);
      fail_orders (self, error);
      schedule_retry (self, TRUE);
      return;
    }
  take_orders (self, snapshot);
  target = cs_plan_new (self->requests, snapshot, self->applied);
  again = find_damage (self, target, snapshot);
  if (again != 0 && (target->wake_at == 0 || again < target->wake_at))
    target->wake_at = again;
  self->running = TRUE;
  cs_pass_run_async (self->steps, self->store, self->applied, target,
                     g_steal_pointer (&self->dirty), on_pass, g_object_ref (self));
  self->dirty = new_set ();
}

static gboolean
on_idle (gpointer user_data)
{
  CsEngine *self = user_data;

  self->source = 0;
  run_pass (self);
  return G_SOURCE_REMOVE;
}

static void
queue_pass (CsEngine *self)
{
  if (self->running)
    self->again = TRUE;
  else if (self->source == 0)
    self->source = g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, self, NULL);
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
  queue_pass (self);
}

/* What an earlier run was bringing about when it ended is taken back: a pass from there
 * to what was in force. A share that it was ending is in @applied only, and ends with the
 * first ordinary pass, as no request wants it. */
static void
recover (CsEngine *self, CsPlan *applied, CsPlan *unfinished)
{
  for (guint i = 0; i < applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (applied->shares, i);

      if (cs_plan_find (unfinished, share->lan) == NULL)
        g_ptr_array_add (unfinished->shares, cs_share_plan_copy (share));
    }
  self->running = TRUE;
  cs_pass_run_async (self->steps, self->store, unfinished, applied, new_set (),
                     on_recovered, g_object_ref (self));
}

/* Until the first pass is over. */
static CsSharePlan *
starting_plan (const char *lan)
{
  CsSharePlan *share = cs_share_plan_new (lan);

  set_words (share, CS_STATE_STARTING, "none", "the service has just been started");
  return share;
}

void
cs_engine_start (CsEngine *self)
{
  CsPlan *shown = cs_plan_new_empty ();
  g_autoptr (CsPlan) unfinished = NULL;
  CsPlan *applied;

  g_ptr_array_unref (self->requests);
  self->requests = cs_store_load_requests (self->store);
  for (guint i = 0; i < self->requests->len; i++)
    g_ptr_array_add (
        shown->shares,
        starting_plan (((CsRequest *)g_ptr_array_index (self->requests, i))->lan));
  publish (self, shown);
  cs_store_load_ledger (self->store, &applied, &unfinished);
  recover (self, applied, unfinished);
}

/* --- Shares and orders ---------------------------------------------------------------
 */

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

static void
add_order (CsEngine *self, const char *lan, CsRequest *request, GTask *task)
{
  Order *order = g_new0 (Order, 1);

  order->lan = g_strdup (lan);
  order->request = request;
  order->task = task;
  g_ptr_array_add (self->orders, order);
  queue_pass (self);
}

void
cs_engine_share_async (CsEngine *self,
                       CsRequest *request,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_engine_share_async);
  add_order (self, request->lan, request, task);
}

gboolean
cs_engine_share_finish (CsEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cs_engine_stop_async (CsEngine *self,
                      const char *lan,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_engine_stop_async);
  add_order (self, lan, NULL, task);
}

gboolean
cs_engine_stop_finish (CsEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
