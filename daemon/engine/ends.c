/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Those who wait for the end of an adopted share: NetworkManager ends its connection, a
 * pass drops the request and takes everything back, and then they are answered. */
#include "engine-private.h"

#include "dbus/errors.h"

typedef struct
{
  CsEngine *engine; /* unowned: it owns this */
  GTask *task;      /* (owned) */
  char *lan;        /* (owned) */
  guint limit;      /* timeout source */
} End;

static void
end_free (End *end)
{
  g_source_remove (end->limit);
  g_object_unref (end->task);
  g_free (end->lan);
  g_free (end);
}

GPtrArray *
cs_engine_new_ends (void)
{
  return g_ptr_array_new_with_free_func ((GDestroyNotify)end_free);
}

/* @error (transfer full) (nullable) */
static void
answer (End *end, GError *error)
{
  g_autoptr (GTask) task = g_object_ref (end->task);

  g_ptr_array_remove (end->engine->ends, end);
  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

static gboolean
on_limit (gpointer user_data)
{
  End *end = user_data;

  answer (end, g_error_new (CS_ERROR, CS_ERROR_TIMEOUT,
                            "NetworkManager still shares %s; its journal may say why",
                            end->lan));
  return G_SOURCE_CONTINUE; /* it is removed already */
}

static gboolean
is_over (CsEngine *self, const CsPassResult *result, const char *lan)
{
  const CsRequest *request = cs_request_list_find (self->requests, lan);

  return (request == NULL || !request->adopted) && !cs_engine_is_paused (self, lan)
         && cs_pass_result_is_about (result, lan);
}

void
cs_engine_answer_ends (CsEngine *self, const CsPassResult *result)
{
  for (guint i = self->ends->len; i-- > 0;)
    {
      End *end = self->ends->pdata[i];
      const GError *error = cs_pass_result_failure (result, end->lan);

      if (is_over (self, result, end->lan))
        answer (end, error != NULL ? g_error_copy (error) : NULL);
    }
}

void
cs_engine_await_end_async (CsEngine *self,
                           const char *lan,
                           guint limit,
                           GAsyncReadyCallback callback,
                           gpointer user_data)
{
  End *end = g_new0 (End, 1);

  end->engine = self;
  end->task = g_task_new (self, NULL, callback, user_data);
  end->lan = g_strdup (lan);
  end->limit = g_timeout_add_seconds (limit, on_limit, end);
  g_task_set_source_tag (end->task, cs_engine_await_end_async);
  g_ptr_array_add (self->ends, end);
  cs_engine_queue_pass (self);
}

gboolean
cs_engine_await_end_finish (CsEngine *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}
