/* SPDX-License-Identifier: GPL-2.0-or-later */
/* It never fails: what is delegated comes later, as news, and clients without a prefix
 * are served in another way. */
#include "delegation.h"

static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  cs_delegations_follow (self, call->plan);
  return TRUE;
}

static const CsStepType type = {
  .name = "delegation",
  .apply = apply,
  .free = g_object_unref,
};

CsStep *
cs_delegation_step_new (CsDelegations *delegations)
{
  return cs_step_new (&type, g_object_ref (delegations));
}
