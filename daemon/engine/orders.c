/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An order is a caller's request in progress: it joins the next pass, which lets it
 * change the list of requests if the plan allows it, and is answered when that pass is
 * over. One that fails reverts its change of the list. */
#include "engine-private.h"

#include "order-check.h"

#include "core/plan/radio.h"
#include "core/value/request-client.h"
#include "dbus/errors.h"

#include <sys/random.h>

typedef struct
{
  GTask *task;         /* (owned) the caller's, answered when the pass is over */
  char *lan;           /* (owned) */
  CsRequest *request;  /* (owned) (nullable) NULL: stop sharing */
  CsChangeFunc change; /* (nullable) what makes .request when the order is taken */
  gpointer change_data;
  char *over;          /* (owned) (nullable) WAN of the share that it may replace */
  gboolean asks_again; /* what the user did against the share since counts no more */
  CsRequest *previous; /* (owned) (nullable) what it replaced, to revert to */
} Order;

static void
order_free (Order *order)
{
  g_object_unref (order->task);
  g_free (order->lan);
  g_free (order->over);
  g_clear_pointer (&order->request, cs_request_free);
  g_clear_pointer (&order->previous, cs_request_free);
  g_free (order);
}

void
cs_engine_set_not_shared (const char *lan, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE, "\"%s\" is not shared", lan);
}

GPtrArray *
cs_engine_new_orders (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)order_free);
}

/* Set once per share: since when it exists, and its access point's name and password, if
 * it has one and the user has not chosen them. */
static void
complete (CsEngine *self, CsRequest *request, const CsSnapshot *snapshot)
{
  const CsRequest *known = cs_request_list_find (self->requests, request->lan);
  const CsInterface *lan = cs_snapshot_find (snapshot, request->lan);
  guint8 random[CS_HOTSPOT_RANDOM];

  request->since
      = known != NULL ? known->since : cs_request_list_youngest (self->requests);
  if (known != NULL)
    cs_request_keep_clients (request, known);
  if (lan == NULL || !cs_radio_is_ours (lan, request->keep_lan))
    return;
  if (getrandom (random, sizeof random, 0) != sizeof random)
    g_error ("the kernel has no random numbers");
  cs_hotspot_options_fill_defaults (&request->hotspot,
                                    known != NULL ? &known->hotspot : NULL,
                                    snapshot->host_name, random);
}

/* The plans in force, for planning @lan's: whoever asks for a share wants it again,
 * whatever they have done against it since. */
static CsPlan *
mark_asked_again (const CsPlan *applied, const char *lan)
{
  CsPlan *plan = cs_plan_copy (applied);
  CsSharePlan *share = cs_plan_find (plan, lan), *marked;

  cs_plan_drop_begun (plan, lan);
  if (share == NULL)
    return plan;
  marked = cs_share_plan_copy (share);
  marked->asked_again = TRUE;
  g_ptr_array_remove (plan->shares, share);
  g_ptr_array_add (plan->shares, marked);
  return plan;
}

CsSharePlan *
cs_engine_preview (CsEngine *self,
                   const CsSnapshot *snapshot,
                   const CsRequest *wanted,
                   GError **error)
{
  g_autoptr (GPtrArray) requests = cs_request_list_copy (self->requests);
  g_autoptr (CsRequest) request = cs_request_copy (wanted);
  g_autoptr (CsPlan) applied = mark_asked_again (self->applied, request->lan);
  g_autoptr (CsRequest) known = NULL;
  g_autoptr (CsPlan) plan = NULL;

  complete (self, request, snapshot);
  known = cs_request_list_put (requests, request->lan, request);
  plan = cs_plan_new (requests, snapshot, applied);
  if (!cs_order_check_share (plan, request, known, error)
      || !cs_order_check_others (plan, requests, request->lan, known, snapshot,
                                 self->applied, error))
    return NULL;
  return cs_share_plan_ref (cs_plan_find (plan, request->lan));
}

gboolean
cs_engine_can_share (CsEngine *self, const CsRequest *request, GError **error)
{
  g_autoptr (CsSnapshot) snapshot = NULL;
  g_autoptr (CsSharePlan) share = NULL;

  if (self->seen != NULL)
    share = cs_engine_preview (self, self->seen, request, NULL);
  if (share != NULL)
    return TRUE;
  snapshot = cs_engine_snapshot (self, error);
  if (snapshot != NULL)
    share = cs_engine_preview (self, snapshot, request, error);
  return share != NULL;
}

static void
refuse (CsEngine *self, Order *order, GError *error)
{
  g_autoptr (CsRequest) dropped
      = cs_request_list_put (self->requests, order->lan, order->previous);

  g_task_return_error (order->task, error);
}

/* The plan, if the share can be planned. */
static CsPlan *
try_share (CsEngine *self, const Order *order, const CsSnapshot *snapshot, GError **error)
{
  CsPlan *applied = order->asks_again ? mark_asked_again (self->applied, order->lan)
                                      : cs_plan_copy (self->applied);
  g_autoptr (CsPlan) plan = cs_plan_new (self->requests, snapshot, applied);

  if (!cs_order_check_share (plan, order->request, order->previous, error)
      || !cs_order_check_others (plan, self->requests, order->lan, order->previous,
                                 snapshot, self->applied, error))
    {
      cs_plan_unref (applied);
      return NULL;
    }
  cs_plan_unref (self->applied);
  self->applied = applied;
  return g_steal_pointer (&plan);
}

/* Rules may allow one WAN and not another, so a share that has changed since the caller
 * was authorized stays as it is. */
static gboolean
check_over (CsEngine *self, const Order *order, GError **error)
{
  const CsRequest *known = cs_request_list_find (self->requests, order->lan);

  if (known == NULL || order->over == NULL || g_str_equal (known->wan, order->over)
      || (order->request != NULL && g_str_equal (known->wan, order->request->wan)))
    return TRUE;
  cs_engine_set_changed (known, error);
  return FALSE;
}

void
cs_engine_set_changed (const CsRequest *request, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "\"%s\" is shared via \"%s\" by now; try again to change that",
               request->lan, request->wan);
}

/* A share that is asked for is applied whether or not anything seems to be wrong, and
 * pauses after earlier repairs or failures no longer count. */
static void
begin_afresh (CsEngine *self, const char *lan)
{
  cs_retries_forget (self->retries, lan);
  g_hash_table_add (self->dirty, g_strdup (lan));
}

/* What a change makes of the share, which an order before it may have made, or ended. */
static gboolean
make_request (CsEngine *self, Order *order, GError **error)
{
  const CsRequest *known = cs_request_list_find (self->requests, order->lan);

  if (order->change == NULL)
    return TRUE;
  if (known != NULL)
    order->request = order->change (known, order->change_data, error);
  else
    cs_engine_set_not_shared (order->lan, error);
  return order->request != NULL;
}

/* Lets the order change the requests, if what it asks for can be planned; @plan is then
 * that of the requests, or NULL if nobody has needed it yet. */
static gboolean
take_order (CsEngine *self, Order *order, const CsSnapshot *snapshot, CsPlan **plan)
{
  g_autoptr (CsPlan) tried = NULL;
  GError *error = NULL;

  if (!make_request (self, order, &error) || !check_over (self, order, &error))
    {
      g_task_return_error (order->task, error);
      return FALSE;
    }
  if (order->request != NULL)
    complete (self, order->request, snapshot);
  order->previous = cs_request_list_put (self->requests, order->lan, order->request);
  if (order->request != NULL)
    tried = try_share (self, order, snapshot, &error);
  else if (order->previous == NULL)
    cs_engine_set_not_shared (order->lan, &error);
  else
    cs_engine_check_own (order->previous, &error);

  if (error != NULL)
    {
      refuse (self, order, error);
      return FALSE;
    }
  if (order->asks_again)
    begin_afresh (self, order->lan);
  /* NetworkManager may share what the user has left */
  if (order->request == NULL && self->adopt_wan != NULL)
    self->again = TRUE;
  cs_store_set_request (self->store, order->lan, order->request);
  cs_plan_unref (*plan);
  *plan = g_steal_pointer (&tried);
  return TRUE;
}

CsPlan *
cs_engine_take_orders (CsEngine *self, const CsSnapshot *snapshot)
{
  g_autoptr (GPtrArray) orders = g_steal_pointer (&self->orders);
  CsPlan *plan = NULL;

  self->orders = cs_engine_new_orders ();
  while (orders->len > 0)
    {
      Order *order = g_ptr_array_steal_index (orders, 0);

      if (cs_engine_is_paused (self, order->lan))
        g_ptr_array_add (self->orders, order);
      else if (take_order (self, order, snapshot, &plan))
        g_ptr_array_add (self->taken, order);
      else
        order_free (order);
    }
  return plan != NULL ? plan : cs_plan_new (self->requests, snapshot, self->applied);
}

GHashTable *
cs_engine_take_back (CsEngine *self, const CsPassResult *result)
{
  GHashTable *back = cs_engine_new_set ();
  g_autoptr (GHashTable) ended = cs_engine_new_set ();

  /* backwards: each of several orders for a LAN replaced what the previous one left */
  for (guint i = self->taken->len; i-- > 0;)
    {
      Order *order = g_ptr_array_index (self->taken, i);
      g_autoptr (CsRequest) dropped = NULL;

      if (!cs_pass_result_is_about (result, order->lan))
        continue;
      if (order->request == NULL && result->store_error == NULL)
        g_hash_table_add (ended, g_strdup (order->lan));
      if (cs_pass_result_failure (result, order->lan) == NULL
          || g_hash_table_contains (ended, order->lan))
        continue;
      dropped = cs_request_list_put (self->requests, order->lan, order->previous);
      cs_store_set_request (self->store, order->lan, order->previous);
      g_hash_table_add (back, g_strdup (order->lan));
    }
  return back;
}

gboolean
cs_engine_is_ordered (CsEngine *self, const char *lan)
{
  for (guint i = 0; i < self->taken->len && !cs_engine_is_paused (self, lan); i++)
    if (g_str_equal (((Order *)g_ptr_array_index (self->taken, i))->lan, lan))
      return TRUE;
  return FALSE;
}

void
cs_engine_answer_orders (CsEngine *self, const CsPassResult *result)
{
  g_autoptr (GPtrArray) taken = g_steal_pointer (&self->taken);

  self->taken = cs_engine_new_orders ();
  while (taken->len > 0)
    {
      Order *order = g_ptr_array_steal_index (taken, 0);
      const GError *error = cs_pass_result_failure (result, order->lan);

      if (!cs_pass_result_is_about (result, order->lan))
        {
          g_ptr_array_add (self->taken, order);
          continue;
        }
      if (error != NULL)
        g_task_return_error (order->task, g_error_copy (error));
      else
        g_task_return_boolean (order->task, TRUE);
      order_free (order);
    }
}

gboolean
cs_engine_has_answers (CsEngine *self, const CsPassResult *result)
{
  for (guint i = 0; i < self->taken->len; i++)
    if (cs_pass_result_is_about (result, ((Order *)self->taken->pdata[i])->lan))
      return TRUE;
  return FALSE;
}

void
cs_engine_fail_orders (CsEngine *self, const GError *error)
{
  g_autoptr (GPtrArray) orders = g_steal_pointer (&self->orders);

  self->orders = cs_engine_new_orders ();
  for (guint i = 0; i < orders->len; i++)
    g_task_return_error (((Order *)g_ptr_array_index (orders, i))->task,
                         g_error_copy (error));
}

const CsRequest *
cs_engine_get_ordered (CsEngine *self, const char *lan)
{
  for (guint i = self->orders->len; i-- > 0;)
    {
      const Order *order = g_ptr_array_index (self->orders, i);

      if (g_str_equal (order->lan, lan) && order->change == NULL)
        return order->request;
    }
  return cs_request_list_find (self->requests, lan);
}

static Order *
add_order (CsEngine *self, const char *lan, const char *over, GTask *task)
{
  Order *order = g_new0 (Order, 1);

  order->lan = g_strdup (lan);
  order->over = g_strdup (over);
  order->task = task;
  g_ptr_array_add (self->orders, order);
  cs_engine_queue_pass (self);
  return order;
}

void
cs_engine_share_async (CsEngine *self,
                       CsRequest *request,
                       const char *over,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Order *order = add_order (self, request->lan, over, task);

  g_task_set_source_tag (task, cs_engine_share_async);
  order->request = request;
  order->asks_again = TRUE;
}

void
cs_engine_change_async (CsEngine *self,
                        const char *lan,
                        gboolean asks_again,
                        const char *over,
                        CsChangeFunc change,
                        GAsyncReadyCallback callback,
                        gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);
  Order *order = add_order (self, lan, over, task);

  g_task_set_source_tag (task, cs_engine_change_async);
  order->change = change;
  order->change_data = user_data;
  order->asks_again = asks_again;
}

void
cs_engine_stop_async (CsEngine *self,
                      const char *lan,
                      const char *over,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_engine_stop_async);
  add_order (self, lan, over, task);
}

static gboolean
finish_order (CsEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

gboolean
cs_engine_share_finish (CsEngine *self, GAsyncResult *result, GError **error)
{
  return finish_order (self, result, error);
}

gboolean
cs_engine_change_finish (CsEngine *self, GAsyncResult *result, GError **error)
{
  return finish_order (self, result, error);
}

gboolean
cs_engine_stop_finish (CsEngine *self, GAsyncResult *result, GError **error)
{
  return finish_order (self, result, error);
}
