/* SPDX-License-Identifier: GPL-2.0-or-later */
/* It never fails: what is delegated comes later, as news, and clients without a prefix
 * are served in another way. */
#include "delegation.h"

static void
on_followed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GError *error = NULL;

  cs_delegations_follow_finish (result, &error);
  cs_step_call_return (user_data, error);
}

/* Only the end of a share waits for the end of a dhcpcd, so that nothing is left. */
static void
apply_async (gpointer self, CsStepCall *call)
{
  if (call->to != NULL)
    {
      cs_delegations_follow_async (self, call->plan, NULL, NULL);
      cs_step_call_return (call, NULL);
      return;
    }
  cs_delegations_follow_async (self, call->plan, on_followed, call);
}

static const CsStepType type = {
  .name = "delegation",
  .flags = CS_STEP_WAITS,
  .apply_async = apply_async,
  .free = g_object_unref,
};

CsStep *
cs_delegation_step_new (CsDelegations *delegations)
{
  return cs_step_new (&type, g_object_ref (delegations));
}
