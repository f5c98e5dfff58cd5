/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "forwards-step.h"

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cs_forwards_apply_finish (result, &error);
  cs_step_call_return (user_data, error);
}

static void
apply_async (gpointer self, CsStepCall *call)
{
  cs_forwards_apply_async (self, call->plan, on_applied, call);
}

static const CsStepType type = {
  .name = "port mappings",
  .apply_async = apply_async,
  .free = g_object_unref,
};

CsStep *
cs_forwards_step_new (CsForwards *forwards)
{
  return cs_step_new (&type, g_object_ref (forwards));
}
