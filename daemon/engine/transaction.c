/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cursor over the steps. Going forward it calls apply (from -> to); after a failure it
 * turns around and calls apply (to -> from), also for steps that have only prepared
 * themselves.
 *
 * A share that ends is closed first, by the packet filter's step: from then on nothing
 * from its clients goes out, and what comes for them does not go astray, while the other
 * steps take back the rest. A share whose guard cannot be put back is finally shut: the
 * step that opens takes that back, and the next repair opens it again. */
#include "transaction.h"

#include "base/log.h"
#include "core/plan/share-uplink.h"

struct _CsTransaction
{
  grefcount references;
  GPtrArray *steps;      /* (owned) */
  CsSharePlan *from;     /* (owned) (nullable) */
  CsSharePlan *to;       /* (owned) (nullable) */
  CsSharePlan *former;   /* (owned) (nullable) the original target, ... */
  int former_until;      /* ... which it has reached up to this step, or -1 */
  CsSharePlan *closed;   /* (owned) (nullable) what the first step brings it to before it
                            ends */
  gboolean closing;      /* that is what is next */
  gboolean unguarded;    /* what guards it could not be put back */
  gboolean shutting;     /* what has opened it is taken back */
  int failed;            /* index of the step that failed, while undoing */
  CsTransaction *paused; /* (owned) (nullable) whose guard this puts back */
  int next;              /* index of the step to call, or that is at work */
  int prepared;          /* index of the last step that has prepared itself, or -1 */
  GError *hopeless;      /* (owned) (nullable) why one of them cannot succeed */
  gboolean begun;
  gint64 pause; /* when it first paused, 0: it has not */
  gboolean undoing;
  gboolean unsure; /* something could not be undone */
  GError *error;   /* (owned) (nullable) the first failure */

  /* while a step is at work */
  guint patience;       /* timeout source, or 0 */
  GAsyncResult *result; /* (owned) (nullable) the step's, not looked at yet */

  /* while it runs */
  CsPlan *applied;           /* (owned) (nullable) */
  GPtrArray *others;         /* (owned) (nullable) */
  CsTransactionFunc stopped; /* NULL: it has paused */
  CsTransactionFunc ready;
  gpointer user_data;
};

static void
close_first (CsTransaction *self)
{
  if (self->to != NULL || self->steps->len == 0 || self->from->closed
      || !cs_step_is (self->steps->pdata[0], CS_STEP_CLOSES))
    return;
  self->closed = cs_share_plan_close (self->from);
  cs_share_uplink_leave (self->closed, self->from);
  self->closed->lan_ifindex = 0; /* its reject table is no longer worth it */
  self->closing = TRUE;
  self->next = 0;
}

CsTransaction *
cs_transaction_new (GPtrArray *steps, CsSharePlan *from, CsSharePlan *to)
{
  CsTransaction *self = g_new0 (CsTransaction, 1);

  g_return_val_if_fail (from != NULL || to != NULL, NULL);

  g_ref_count_init (&self->references);
  self->steps = g_ptr_array_ref (steps);
  self->from = cs_share_plan_ref (from);
  self->to = cs_share_plan_ref (to);
  self->next = to != NULL ? 0 : (int)steps->len - 1;
  self->prepared = -1;
  self->former_until = -1;
  close_first (self);
  return self;
}

CsTransaction *
cs_transaction_new_guard (CsTransaction *paused)
{
  CsSharePlan *share = paused->to != NULL ? paused->to : paused->from;
  CsTransaction *self = cs_transaction_new (paused->steps, share, share);

  self->paused = cs_transaction_ref (paused);
  return self;
}

CsTransaction *
cs_transaction_ref (CsTransaction *self)
{
  g_ref_count_inc (&self->references);
  return self;
}

void
cs_transaction_unref (CsTransaction *self)
{
  if (!g_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->steps);
  g_clear_pointer (&self->from, cs_share_plan_unref);
  g_clear_pointer (&self->to, cs_share_plan_unref);
  g_clear_pointer (&self->former, cs_share_plan_unref);
  g_clear_pointer (&self->closed, cs_share_plan_unref);
  g_clear_pointer (&self->paused, cs_transaction_unref);
  g_clear_pointer (&self->applied, cs_plan_unref);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  g_clear_object (&self->result);
  g_clear_error (&self->hopeless);
  g_clear_error (&self->error);
  g_free (self);
}

const char *
cs_transaction_get_lan (const CsTransaction *self)
{
  return self->to != NULL ? self->to->lan : self->from->lan;
}

CsSharePlan *
cs_transaction_get_from (const CsTransaction *self)
{
  return self->from;
}

CsSharePlan *
cs_transaction_get_to (const CsTransaction *self)
{
  return self->to;
}

CsSharePlan *
cs_transaction_get_former (const CsTransaction *self)
{
  return self->former;
}

gboolean
cs_transaction_is_guard (const CsTransaction *self)
{
  return self->paused != NULL;
}

gboolean
cs_transaction_is_done (const CsTransaction *self)
{
  return self->next < 0 || self->next >= (int)self->steps->len;
}

const GError *
cs_transaction_get_error (const CsTransaction *self)
{
  return self->error;
}

gboolean
cs_transaction_is_unsure (const CsTransaction *self)
{
  return self->unsure;
}

CsTransaction *
cs_transactions_find (GPtrArray *transactions, const char *lan)
{
  for (guint i = 0; i < transactions->len; i++)
    if (g_str_equal (cs_transaction_get_lan (transactions->pdata[i]), lan))
      return transactions->pdata[i];
  return NULL;
}

/* Which way the cursor moves: the end of a share runs backwards, and so does an undo. */
static int
direction (const CsTransaction *self)
{
  return self->undoing || self->to == NULL ? -1 : 1;
}

/* What the host has at that step, if the cursor has not reached it yet. */
static CsSharePlan *
get_present (const CsTransaction *self, int step)
{
  gboolean reached = self->undoing && step <= self->failed;

  if (!reached && step <= self->former_until)
    return self->former;
  if (step == 0 && self->closed != NULL && !self->closing)
    return self->closed;
  return self->undoing ? self->to : self->from;
}

/* What is in force for the step of this number, or is being brought about there.
 * (nullable) */
static CsSharePlan *
get_in_force (const CsTransaction *self, int step)
{
  if (self->closing)
    return step == 0 ? self->closed : self->from;
  if (direction (self) > 0)
    return step <= self->next ? self->to : get_present (self, step);
  if (self->undoing)
    return step < self->next ? get_present (self, step) : self->from;
  return step < self->next ? get_present (self, step) : NULL;
}

gint64
cs_transaction_get_pause (const CsTransaction *self)
{
  return self->pause;
}

CsSharePlan *
cs_transaction_get_guarded (const CsTransaction *self)
{
  int step = cs_steps_find (self->steps, CS_STEP_GUARDS);

  return step >= 0 ? get_in_force (self, step) : NULL;
}

static CsStep *
get_step (const CsTransaction *self)
{
  return g_ptr_array_index (self->steps, self->next);
}

/* This share's plan before the next step. */
static CsSharePlan *
get_source (const CsTransaction *self)
{
  if (self->paused != NULL)
    return get_in_force (self->paused, self->next);
  if (self->shutting)
    return self->from; /* even if all the rest has been undone */
  return get_present (self, self->next);
}

static CsSharePlan *
get_target (const CsTransaction *self)
{
  if (self->shutting)
    return NULL;
  if (self->paused != NULL)
    return get_in_force (self->paused, self->next);
  if (self->closing)
    return self->closed;
  return self->undoing ? self->from : self->to;
}

static void
add (CsPlan *plan, CsSharePlan *share)
{
  if (share != NULL)
    g_ptr_array_add (plan->shares, cs_share_plan_ref (share));
}

/* All that is in force for the next step, with its target as this share's. */
static CsPlan *
make_plan (const CsTransaction *self)
{
  const char *lan = cs_transaction_get_lan (self);
  CsPlan *plan = cs_plan_new_empty ();

  if (self->shutting)
    return plan; /* no other share needs an uplink that badly; it is repaired at once */
  for (guint i = 0; i < self->applied->shares->len; i++)
    {
      CsSharePlan *share = self->applied->shares->pdata[i];

      if (!g_str_equal (share->lan, lan)
          && cs_transactions_find (self->others, share->lan) == NULL)
        add (plan, share);
    }
  for (guint i = 0; i < self->others->len; i++)
    if (!g_str_equal (cs_transaction_get_lan (self->others->pdata[i]), lan))
      add (plan, get_in_force (self->others->pdata[i], self->next));
  add (plan, get_target (self));
  return plan;
}

/* @self may be gone afterwards. */
static void
stop (CsTransaction *self)
{
  CsTransactionFunc stopped = self->stopped;

  self->stopped = NULL;
  g_clear_pointer (&self->applied, cs_plan_unref);
  g_clear_pointer (&self->others, g_ptr_array_unref);
  stopped (self, self->user_data);
}

static gboolean
on_patience (gpointer user_data)
{
  CsTransaction *self = user_data;

  self->patience = 0;
  if (self->pause == 0)
    self->pause = g_get_monotonic_time ();
  stop (self);
  return G_SOURCE_REMOVE;
}

/* Turns around, if there is anything to undo. */
static void
fail (CsTransaction *self, GError *error)
{
  self->error = error;
  if (self->from == self->to || cs_share_plan_equal (self->from, self->to))
    {
      self->unguarded = cs_step_is (get_step (self), CS_STEP_GUARDS);
      self->next = (int)self->steps->len; /* there is nothing to undo */
    }
  else if (self->to != NULL)
    {
      self->undoing = TRUE;
      /* the failed step may be half done: undo it too */
      self->failed = MAX (self->next, self->prepared);
      self->next = MAX (self->failed, self->former_until) + 1;
    }
}

/* A share that cannot be closed still ends. */
static void
take_closed (CsTransaction *self, const GError *error)
{
  if (error != NULL)
    {
      cs_warning (self->from->lan, "cannot close the share before it ends: %s",
                  error->message);
      g_clear_pointer (&self->closed, cs_share_plan_unref);
    }
  self->closing = FALSE;
  self->next = (int)self->steps->len - 1;
}

static void
take_shut (CsTransaction *self, const GError *error)
{
  const char *lan = cs_transaction_get_lan (self);

  if (error != NULL)
    cs_warning (lan, "cannot switch off forwarding: %s", error->message);
  else
    cs_warning (
        lan, "forwarding is off until the packet filter and the policy rules are back");
  self->shutting = FALSE;
  self->next = (int)self->steps->len;
}

/* FALSE: there is no need. */
static gboolean
begin_shutting (CsTransaction *self)
{
  int step = self->unguarded && self->from != NULL
                 ? cs_steps_find (self->steps, CS_STEP_OPENS)
                 : -1;

  self->unguarded = FALSE;
  if (step < 0 || (self->paused != NULL && get_in_force (self->paused, step) == NULL))
    return FALSE;
  self->shutting = TRUE;
  self->next = step;
  return TRUE;
}

static void
take_result (CsTransaction *self)
{
  g_autoptr (GAsyncResult) result = g_steal_pointer (&self->result);
  g_autoptr (GError) error = NULL;
  CsStep *step = get_step (self);

  cs_step_apply_finish (result, &error);
  if (self->closing || self->shutting)
    {
      (self->closing ? take_closed : take_shut) (self, error);
      return;
    }
  if (error == NULL)
    g_debug ("%s: %s done%s", cs_transaction_get_lan (self), step->type->name,
             self->undoing ? " (undo)" : "");
  else if (self->undoing || self->to == NULL)
    cs_warning (cs_transaction_get_lan (self), "cannot put back %s: %s", step->type->name,
                error->message);
  self->unsure |= error != NULL && self->undoing;
  self->unguarded |= error != NULL && self->undoing && cs_step_is (step, CS_STEP_GUARDS);
  if (error == NULL && self->error == NULL)
    error = g_steal_pointer (&self->hopeless);
  if (error != NULL && self->error == NULL)
    fail (self, g_steal_pointer (&error));
  self->next += direction (self);
}

static void run_next (CsTransaction *self);

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (CsTransaction) self = user_data;

  g_clear_handle_id (&self->patience, g_source_remove);
  self->result = g_object_ref (result);
  if (self->stopped != NULL)
    run_next (self);
  else if (self->ready != NULL)
    self->ready (self, self->user_data);
}

static void
run_next (CsTransaction *self)
{
  g_autoptr (CsPlan) plan = NULL;
  CsStep *step;

  if (self->result != NULL)
    take_result (self);
  while (self->paused != NULL && !cs_transaction_is_done (self)
         && (!cs_step_is (get_step (self), CS_STEP_GUARDS) || get_target (self) == NULL))
    self->next++;
  if (cs_transaction_is_done (self) && !begin_shutting (self))
    {
      stop (self);
      return;
    }
  step = get_step (self);
  plan = make_plan (self);
  cs_step_apply_async (step, plan, get_source (self), get_target (self), on_applied,
                       cs_transaction_ref (self));
  if (cs_step_is (step, CS_STEP_WAITS))
    self->patience = g_timeout_add (CS_TRANSACTION_PATIENCE, on_patience, self);
}

/* When a share ends, there is nothing to prepare. A repair goes as far as it can. */
static void
prepare (CsTransaction *self)
{
  GError **hopeless = cs_share_plan_equal (self->from, self->to) ? NULL : &self->hopeless;

  for (guint i = 1; self->to != NULL && self->hopeless == NULL && i < self->steps->len;
       i++)
    if (cs_step_prepare (self->steps->pdata[i], self->from, self->to, hopeless))
      self->prepared = (int)i;
}

void
cs_transaction_run (CsTransaction *self,
                    CsPlan *applied,
                    GPtrArray *paused,
                    CsTransactionFunc stopped,
                    gpointer user_data)
{
  gboolean begins = !self->begun && self->paused == NULL;

  g_return_if_fail (self->stopped == NULL);

  self->begun = TRUE;
  self->applied = cs_plan_ref (applied);
  self->others = g_ptr_array_ref (paused);
  self->stopped = stopped;
  self->ready = NULL;
  self->user_data = user_data;
  run_next (self);
  if (begins && self->stopped != NULL)
    prepare (self);
}

gboolean
cs_transaction_can_turn (CsTransaction *self)
{
  if (self->result != NULL)
    take_result (self);
  return self->error == NULL && self->to != NULL && !cs_transaction_is_done (self)
         && self->next > self->former_until;
}

void
cs_transaction_turn (CsTransaction *self, CsSharePlan *to)
{
  g_clear_pointer (&self->former, cs_share_plan_unref);
  self->former = self->to;
  self->former_until = self->next - 1;
  self->to = cs_share_plan_ref (to);
  self->next = 0;
}

void
cs_transaction_await (CsTransaction *self, CsTransactionFunc ready, gpointer user_data)
{
  self->ready = ready;
  self->user_data = user_data;
  if (ready != NULL && self->result != NULL)
    ready (self, user_data);
}
