/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What came of a pass, as the world sees it. */
#include "engine-private.h"
#include "log.h"

static void
log_change (const char *lan, const CsSharePlan *before, const CsSharePlan *after)
{
  if (after == NULL)
    cs_message (lan, "no longer shared");
  else if (before == NULL || g_strcmp0 (before->message, after->message) != 0)
    cs_message (lan, "%s: %s", cs_state_to_string (after->state), after->message);
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

/* The share's plan as it came out: with the error of the step that failed, if one did. A
 * disk that refuses does no harm to a share that needed nothing. */
static CsSharePlan *
outcome (const CsPassResult *result, const CsPlan *applied, const char *lan)
{
  CsSharePlan *share = cs_plan_find (result->target, lan);
  const GError *error = cs_pass_result_failure (result, lan);
  gboolean idle = error == result->store_error
                  && cs_share_plan_equal (cs_plan_find (applied, lan), share);

  if (error == NULL || share->error != NULL || idle)
    return cs_share_plan_ref (share);
  share = cs_share_plan_copy (share);
  set_words (share, CS_STATE_FAILED, "failed", error->message);
  return share;
}

CsPlan *
cs_engine_outcomes (CsEngine *self, const CsPassResult *result, GHashTable *back)
{
  CsPlan *shown = cs_plan_new_empty ();

  for (guint i = 0; i < self->requests->len; i++)
    {
      const char *lan = ((CsRequest *)g_ptr_array_index (self->requests, i))->lan;
      CsSharePlan *before = cs_plan_find (self->shown, lan);

      if (!g_hash_table_contains (back, lan))
        g_ptr_array_add (shown->shares, outcome (result, self->applied, lan));
      else if (before != NULL)
        g_ptr_array_add (shown->shares, cs_share_plan_ref (before));
    }
  return shown;
}

CsSharePlan *
cs_engine_starting_plan (const char *lan)
{
  CsSharePlan *share = cs_share_plan_new (lan);

  set_words (share, CS_STATE_STARTING, "none", "the service has just been started");
  return share;
}

void
cs_engine_publish (CsEngine *self, CsPlan *shown)
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
      if (cs_plan_find (self->applied, lan) == NULL)
        cs_failures_forget (self->failures, lan);
      cs_engine_emit_removed (self, lan);
    }
  for (guint i = 0; i < shown->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (shown->shares, i);
      const CsSharePlan *old = cs_plan_find (before, share->lan);

      if (old == share && !cs_engine_is_ordered (self, share->lan))
        continue;
      log_change (share->lan, old, share);
      cs_engine_emit_changed (self, share->lan);
    }
}
