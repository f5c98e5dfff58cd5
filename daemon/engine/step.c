/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A call is the data of the task that answers it. */
#include "step.h"

CsStep *
cs_step_new (const CsStepType *type, gpointer self)
{
  CsStep *step = g_new0 (CsStep, 1);

  g_atomic_ref_count_init (&step->references);
  step->type = type;
  step->self = self;
  return step;
}

CsStep *
cs_step_ref (CsStep *step)
{
  g_atomic_ref_count_inc (&step->references);
  return step;
}

void
cs_step_unref (CsStep *step)
{
  if (!g_atomic_ref_count_dec (&step->references))
    return;
  if (step->type->free != NULL)
    step->type->free (step->self);
  g_free (step);
}

gboolean
cs_step_is (const CsStep *step, CsStepFlags flag)
{
  return (step->type->flags & flag) != 0;
}

int
cs_steps_find (const GPtrArray *steps, CsStepFlags flag)
{
  int step = (int)steps->len - 1;

  while (step >= 0 && !cs_step_is (steps->pdata[step], flag))
    step--;
  return step;
}

gboolean
cs_step_prepare (CsStep *step,
                 const CsSharePlan *from,
                 const CsSharePlan *to,
                 GError **error)
{
  return step->type->prepare != NULL && step->type->prepare (step->self, from, to, error);
}

static void
call_free (gpointer data)
{
  CsStepCall *call = data;

  if (call->state != NULL && call->free_state != NULL)
    call->free_state (call->state);
  cs_plan_unref (call->plan);
  g_clear_pointer (&call->from, cs_share_plan_unref);
  g_clear_pointer (&call->to, cs_share_plan_unref);
  cs_step_unref (call->step);
  g_free (call);
}

static void
apply (GTask *task, gpointer source, gpointer task_data, GCancellable *cancellable)
{
  const CsStepCall *call = task_data;
  GError *error = NULL;

  if (call->step->type->apply (call->step->self, call, &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

void
cs_step_apply_async (CsStep *step,
                     CsPlan *plan,
                     CsSharePlan *from,
                     CsSharePlan *to,
                     GAsyncReadyCallback callback,
                     gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  CsStepCall *call = g_new0 (CsStepCall, 1);

  call->step = cs_step_ref (step);
  call->plan = cs_plan_ref (plan);
  call->from = cs_share_plan_ref (from);
  call->to = cs_share_plan_ref (to);
  call->task = task;
  g_task_set_source_tag (task, cs_step_apply_async);
  g_task_set_task_data (task, call, call_free);
  if (step->type->apply_async != NULL)
    {
      g_object_ref (task); /* until cs_step_call_return () */
      step->type->apply_async (step->self, call);
    }
  else if (cs_step_is (step, CS_STEP_BLOCKS))
    g_task_run_in_thread (task, apply);
  else
    apply (task, NULL, call, NULL);
}

gboolean
cs_step_apply_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

const char *
cs_step_call_lan (const CsStepCall *call)
{
  return call->to != NULL ? call->to->lan : call->from->lan;
}

void
cs_step_call_return (CsStepCall *call, GError *error)
{
  g_autoptr (GTask) task = call->task;

  if (error != NULL)
    g_task_return_error (task, error);
  else
    g_task_return_boolean (task, TRUE);
}

void
cs_step_watch (CsStep *step, CsStepChangedFunc changed, gpointer user_data)
{
  step->changed = changed;
  step->user_data = user_data;
}

void
cs_step_changed (CsStep *step, const char *lan)
{
  if (step->changed != NULL)
    step->changed (lan, step->user_data);
}
