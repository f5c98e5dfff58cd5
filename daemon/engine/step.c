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
  GError *error = NULL;

  if (iface->apply == NULL)
    {
      iface->apply_async (self, plan, from, to, cancellable, callback, user_data);
      return;
    }
  task = g_task_new (self, cancellable, callback, user_data);
  g_task_set_source_tag (task, cs_step_apply_async);
  if (iface->apply (self, plan, from, to, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
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
