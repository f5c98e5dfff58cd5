/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What NetworkManager shares itself becomes a request when it appears, which a restart of
 * the service finds again, and is gone with it. As long as NetworkManager does not
 * run, or has not yet taken up what it finds, nothing is known of its connections, so
 * nothing changes. */
#include "engine-private.h"

#include "core/value/request-client.h"
#include "dbus/errors.h"

/* Or it may be in a moment. @interface is nullable. */
static gboolean
may_be_shared (const CsInterface *interface)
{
  return interface != NULL
         && (cs_interface_is_shared_by_nm (interface)
             || (interface->changing && !interface->connection_ours));
}

/* NULL: ends it. */
static void
put (CsEngine *self, const char *lan, const CsRequest *request)
{
  g_autoptr (CsRequest) dropped = cs_request_list_put (self->requests, lan, request);

  cs_store_set_request (self->store, lan, request);
}

/* Follows @known if it is adopted, to another WAN or to its end. */
static void
keep_or_end (CsEngine *self, const CsRequest *known, const CsSnapshot *snapshot)
{
  g_autofree char *lan = g_strdup (known->lan);
  g_autoptr (CsRequest) request = NULL;

  if (!known->adopted || cs_engine_is_paused (self, lan))
    return;
  if (self->adopt_wan != NULL && may_be_shared (cs_snapshot_find (snapshot, lan)))
    {
      if (g_str_equal (known->wan, self->adopt_wan))
        return;
      request = cs_request_new_adopted (lan, self->adopt_wan, NULL);
    }
  if (request != NULL)
    {
      request->since = known->since;
      cs_request_keep_clients (request, known);
    }
  put (self, lan, request);
}

static void
adopt (CsEngine *self, const CsInterface *lan)
{
  g_autoptr (CsRequest) request
      = cs_request_new_adopted (lan->name, self->adopt_wan, NULL);

  if (request == NULL)
    return;
  request->since = cs_request_list_youngest (self->requests);
  put (self, lan->name, request);
}

void
cs_engine_follow_adopted (CsEngine *self, const CsSnapshot *snapshot)
{
  g_ptr_array_extend_and_steal (self->adopting, g_steal_pointer (&self->adoptions));
  self->adoptions = g_ptr_array_new_with_free_func (g_object_unref);
  if (self->adopt_wan != NULL && (!snapshot->nm_running || snapshot->nm_starting))
    return;
  for (guint i = self->requests->len; i-- > 0;)
    keep_or_end (self, g_ptr_array_index (self->requests, i), snapshot);
  for (guint i = 0; self->adopt_wan != NULL && i < snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = g_ptr_array_index (snapshot->interfaces, i);

      if (cs_interface_is_shared_by_nm (interface)
          && !cs_engine_is_paused (self, interface->name)
          && cs_request_list_find (self->requests, interface->name) == NULL)
        adopt (self, interface);
    }
}

void
cs_engine_answer_adoptions (CsEngine *self, const GError *error)
{
  g_autoptr (GPtrArray) tasks = g_steal_pointer (&self->adopting);

  self->adopting = g_ptr_array_new_with_free_func (g_object_unref);
  for (guint i = 0; i < tasks->len; i++)
    if (error != NULL)
      g_task_return_error (tasks->pdata[i], g_error_copy (error));
    else
      g_task_return_boolean (tasks->pdata[i], TRUE);
}

gboolean
cs_engine_check_own (const CsRequest *request, GError **error)
{
  if (!request->adopted)
    return TRUE;
  g_set_error (
      error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
      "NetworkManager itself shares %s: change that connection, or stop adopting "
      "such connections",
      request->lan);
  return FALSE;
}

/* --- Calls ------------------------------------------------------------------------- */

const char *
cs_engine_get_adopt_wan (CsEngine *self)
{
  return self->adopt_wan;
}

void
cs_engine_disown (CsEngine *self)
{
  cs_engine_set_adopt_wan (self, NULL);
}

void
cs_engine_adopt_async (CsEngine *self,
                       const char *wan,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  GTask *task = g_task_new (self, NULL, callback, user_data);

  g_task_set_source_tag (task, cs_engine_adopt_async);
  cs_engine_set_adopt_wan (self, wan);
  cs_store_set_adopt_wan (self->store, wan);
  g_ptr_array_add (self->adoptions, task);
  cs_engine_queue_pass (self);
}

gboolean
cs_engine_adopt_finish (CsEngine *self, GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
