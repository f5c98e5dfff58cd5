/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface's own code: dispatch and the signal. */
#include "step.h"

G_DEFINE_INTERFACE (CsStep, cs_step, G_TYPE_OBJECT)

static guint changed_signal;

static void
cs_step_default_init (CsStepInterface *iface)
{
  changed_signal
      = g_signal_new ("changed", G_TYPE_FROM_INTERFACE (iface), G_SIGNAL_RUN_LAST, 0,
                      NULL, NULL, NULL, G_TYPE_NONE, 1, G_TYPE_STRING);
}

const char *
cs_step_get_name (CsStep *self)
{
  return CS_STEP_GET_IFACE (self)->get_name (self);
}

gboolean
cs_step_prepare (CsStep *self, const CsSharePlan *from, const CsSharePlan *to)
{
  const CsStepInterface *iface = CS_STEP_GET_IFACE (self);

  return iface->prepare != NULL && iface->prepare (self, from, to);
}

/* Of apply(): unowned. */
typedef struct
{
  const CsPlan *plan;
  const CsSharePlan *from; /* (nullable) */
  const CsSharePlan *to;   /* (nullable) */
} Arguments;

static void
apply (GTask *task, gpointer step, gpointer task_data, GCancellable *cancellable)
{
  const Arguments *arguments = task_data;
  GError *error = NULL;

  if (CS_STEP_GET_IFACE (step)->apply (step, arguments->plan, arguments->from,
                                       arguments->to, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
cs_step_apply_async (CsStep *self,
                     const CsPlan *plan,
                     const CsSharePlan *from,
                     const CsSharePlan *to,
                     GCancellable *cancellable,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  const CsStepInterface *iface = CS_STEP_GET_IFACE (self);
  g_autoptr (GTask) task = NULL;
  Arguments *arguments;

  if (iface->apply == NULL)
    {
      iface->apply_async (self, plan, from, to, cancellable, callback, user_data);
      return;
    }
  arguments = g_new (Arguments, 1);
  *arguments = (Arguments){ plan, from, to };
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_step_apply_async);
  g_task_set_task_data (task, arguments, g_free);
  if (iface->blocks)
    g_task_run_in_thread (task, apply);
  else
    apply (task, self, arguments, cancellable);
}

gboolean
cs_step_apply_finish (CsStep *self, GAsyncResult *result, GError **error)
{
  g_return_val_if_fail (g_task_is_valid (result, self), FALSE);
  return g_task_propagate_boolean (G_TASK (result), error);
}

void
cs_step_emit_changed (CsStep *self, const char *lan)
{
  g_signal_emit (self, changed_signal, 0, lan);
}
