/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The outcome of a pass, as others see it. */
#include "engine-private.h"

#include "base/log.h"

/* How long a share that waits for another program still looks as before. */
#define NAME_PAUSE G_USEC_PER_SEC

static void
log_change (const char *lan, const CsSharePlan *before, const CsSharePlan *after)
{
  if (after == NULL)
    cs_message (lan, "no longer shared");
  else if (before == NULL || g_strcmp0 (before->message, after->message) != 0)
    cs_message (lan, "%s: %s", cs_state_to_string (after->state), after->message);
}

static void
set_words (CsSharePlan *share, CsState state, CsReason reason, const char *message)
{
  share->state = state;
  share->reason = reason;
  g_free (share->message);
  share->message = g_strdup (message);
}

/* The share's plan after the pass: with the error of the step that failed, if one did. A
 * disk that refuses does not affect a share that needed nothing. */
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
  set_words (share, CS_STATE_FAILED, CS_REASON_FAILED, error->message);
  return share;
}

gint64
cs_engine_name_pause_at (CsEngine *self, const char *lan)
{
  const CsTransaction *paused = cs_transactions_find (self->paused, lan);

  return cs_transaction_get_pause (paused) + NAME_PAUSE;
}

/* The share of @lan is under way, and waits for another program: for a while it still
 * looks like @before (nullable), so that a short wait is not announced. */
static CsSharePlan *
under_way (CsEngine *self, const char *lan, CsSharePlan *before)
{
  CsSharePlan *to = cs_transaction_get_to (cs_transactions_find (self->paused, lan));
  g_autofree char *message = g_strdup_printf ("%s is being set up", lan);
  CsSharePlan *share;

  if ((before != NULL && before->state == CS_STATE_STARTING)
      || g_get_monotonic_time () < cs_engine_name_pause_at (self, lan))
    return cs_share_plan_ref (before);
  share = to != NULL ? cs_share_plan_copy (to) : cs_share_plan_new (lan);
  set_words (share, CS_STATE_STARTING, CS_REASON_NONE, message);
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
      CsSharePlan *now = NULL;

      if (cs_engine_is_paused (self, lan))
        now = under_way (self, lan, before);
      else if (cs_pass_result_is_about (result, lan)
               && cs_plan_find (result->target, lan) != NULL
               && !g_hash_table_contains (back, lan))
        now = outcome (result, self->applied, lan);
      else if (before != NULL)
        now = cs_share_plan_ref (before);
      if (now != NULL)
        g_ptr_array_add (shown->shares, now);
    }
  return shown;
}

CsSharePlan *
cs_engine_starting_plan (const char *lan)
{
  CsSharePlan *share = cs_share_plan_new (lan);

  set_words (share, CS_STATE_STARTING, CS_REASON_NONE, "the service has just started");
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
      if (cs_plan_find (self->applied, lan) == NULL)
        cs_retries_forget (self->retries, lan);
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
