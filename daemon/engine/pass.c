/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commit ledger (applied + target) -> a transaction for each share that differs -> commit
 * ledger (applied). A transaction that has paused is left behind: the ledger still lists
 * it, and when it may go on, it gets a pass of its own, which is only the rest of it. */
#include "pass.h"

#include "base/files.h"
#include "base/log.h"

/* More than a share's steps, or undoing them, have open at once. */
#define DESCRIPTORS 16

typedef struct
{
  GPtrArray *steps;     /* (owned) */
  CsStore *store;       /* (owned) */
  GPtrArray *paused;    /* (owned) of CsTransaction (owned), shared with the caller */
  GPtrArray *work;      /* (owned) of CsTransaction (owned) */
  guint next;           /* index in work */
  CsSharePlan *turn;    /* (owned) (nullable) the new target of the one that goes on */
  CsPassResult *result; /* (owned) */
} Pass;

void
cs_pass_result_free (CsPassResult *result)
{
  cs_plan_unref (result->applied);
  cs_plan_unref (result->target);
  g_hash_table_unref (result->errors);
  g_hash_table_unref (result->unsure);
  g_hash_table_unref (result->deferred);
  g_hash_table_unref (result->waiting);
  g_free (result->only);
  g_clear_error (&result->store_error);
  g_free (result);
}

gboolean
cs_pass_result_is_about (const CsPassResult *result, const char *lan)
{
  return !g_hash_table_contains (result->waiting, lan)
         && (result->only == NULL || g_str_equal (result->only, lan));
}

const GError *
cs_pass_result_failure (const CsPassResult *result, const char *lan)
{
  const GError *error = g_hash_table_lookup (result->errors, lan);

  if (result->store_error != NULL)
    return result->store_error;
  return error != NULL ? error : g_hash_table_lookup (result->deferred, lan);
}

GHashTable *
cs_pass_new_errors (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify)g_error_free);
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

static void
pass_free (Pass *pass)
{
  g_ptr_array_unref (pass->steps);
  g_object_unref (pass->store);
  g_ptr_array_unref (pass->paused);
  g_ptr_array_unref (pass->work);
  g_clear_pointer (&pass->turn, cs_share_plan_unref);
  g_clear_pointer (&pass->result, cs_pass_result_free);
  g_free (pass);
}

static CsSharePlan *
wanted (const CsPlan *target, const char *lan)
{
  CsSharePlan *share = cs_plan_find (target, lan);

  return cs_share_plan_applied (share) != NULL ? share : NULL;
}

/* A share that is planned as it is in force stays the very same object, which shows
 * everybody at a glance that nothing has happened to it. */
static void
keep_unchanged (Pass *pass)
{
  GPtrArray *shares = pass->result->target->shares;

  for (guint i = 0; i < shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (shares, i);
      CsSharePlan *old = cs_plan_find (pass->result->applied, share->lan);

      if (old == NULL || old == share || !cs_share_plan_same (old, share))
        continue;
      shares->pdata[i] = cs_share_plan_ref (old);
      cs_share_plan_unref (share);
    }
}

/* Whether this pass leaves that share alone. */
static gboolean
is_left (const Pass *pass, const char *lan)
{
  return g_hash_table_contains (pass->result->deferred, lan)
         || cs_transactions_find (pass->paused, lan) != NULL;
}

static void
add_work (Pass *pass, CsSharePlan *from, CsSharePlan *to)
{
  g_ptr_array_add (pass->work, cs_transaction_new (pass->steps, from, to));
}

/* @dirty is a set of LANs; those of them that have paused get their guard back. */
static void
list_work (Pass *pass, GHashTable *dirty)
{
  const CsPlan *applied = pass->result->applied;
  const CsPlan *target = pass->result->target;

  for (guint i = 0; i < pass->paused->len; i++)
    if (g_hash_table_contains (dirty, cs_transaction_get_lan (pass->paused->pdata[i])))
      g_ptr_array_add (pass->work, cs_transaction_new_guard (pass->paused->pdata[i]));
  for (guint i = 0; i < applied->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (applied->shares, i);

      if (wanted (target, share->lan) == NULL && !is_left (pass, share->lan))
        add_work (pass, share, NULL);
    }
  for (guint i = 0; i < target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (target->shares, i);
      CsSharePlan *from = cs_plan_find (applied, share->lan);

      if (cs_share_plan_applied (share) != NULL && !is_left (pass, share->lan)
          && (g_hash_table_contains (dirty, share->lan)
              || !cs_share_plan_equal (from, share)))
        add_work (pass, from, share);
    }
}

static void
add_begun (CsPlan *begun, GPtrArray *transactions, CsSharePlan *turn)
{
  for (guint i = 0; i < transactions->len; i++)
    {
      CsSharePlan *from = cs_transaction_get_from (transactions->pdata[i]);
      CsSharePlan *to = cs_transaction_get_to (transactions->pdata[i]);

      if (turn != NULL
          && g_str_equal (turn->lan, cs_transaction_get_lan (transactions->pdata[i])))
        to = turn;
      if (to != NULL && !cs_share_plan_equal (from, to))
        g_ptr_array_add (begun->shares, cs_share_plan_ref (to));
    }
}

/* What is in force, and what is begun, except for repairs, which go on even if there is
 * no room for them. */
static void
set_ledger (Pass *pass, gboolean begins)
{
  g_autoptr (CsPlan) begun = cs_plan_new_empty ();

  if (begins)
    add_begun (begun, pass->work, NULL);
  add_begun (begun, pass->paused, pass->turn);
  cs_store_set_ledger (pass->store, pass->result->applied, begun);
}

/* What this share has in force from now on. */
static void
set_applied (CsPlan *applied, const char *lan, CsSharePlan *share)
{
  CsSharePlan *old = cs_plan_find (applied, lan);

  if (old == share)
    return;
  if (old != NULL)
    g_ptr_array_remove (applied->shares, old);
  if (share != NULL)
    g_ptr_array_add (applied->shares, cs_share_plan_ref (share));
}

/* Shares that were not worked on still get the words of their new plan: state and message
 * may change without any change to the host. */
static void
take_unchanged (Pass *pass)
{
  for (guint i = 0; i < pass->result->target->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (pass->result->target->shares, i);

      if (cs_share_plan_applied (share) != NULL
          && cs_transactions_find (pass->paused, share->lan) == NULL
          && cs_pass_result_failure (pass->result, share->lan) == NULL)
        set_applied (pass->result->applied, share->lan, share);
    }
}

static void run_next (GTask *task);

/* Takes @task. */
static void
finish_pass (GTask *task)
{
  Pass *pass = g_task_get_task_data (task);

  for (guint i = 0; i < pass->paused->len; i++)
    g_hash_table_add (pass->result->waiting,
                      g_strdup (cs_transaction_get_lan (pass->paused->pdata[i])));
  g_task_return_pointer (task, g_steal_pointer (&pass->result),
                         (GDestroyNotify)cs_pass_result_free);
  g_object_unref (task);
}

static void
on_final_ledger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_store_commit_finish (CS_STORE (source), result, &error))
    g_warning ("the ledger is out of date: %s", error->message);
  finish_pass (user_data);
}

/* What could not be undone is not forgotten: the ledger keeps a share that was only
 * starting, so that it can be ended later. */
static void
note_unsure (Pass *pass, const CsTransaction *transaction)
{
  const char *lan = cs_transaction_get_lan (transaction);

  g_hash_table_add (pass->result->unsure, g_strdup (lan));
  if (cs_plan_find (pass->result->applied, lan) == NULL)
    set_applied (pass->result->applied, lan, cs_transaction_get_to (transaction));
}

static void
take_outcome (Pass *pass, CsTransaction *transaction)
{
  const char *lan = cs_transaction_get_lan (transaction);
  const GError *error = cs_transaction_get_error (transaction);

  if (error == NULL)
    set_applied (pass->result->applied, lan, cs_transaction_get_to (transaction));
  else
    g_hash_table_replace (pass->result->errors, g_strdup (lan), g_error_copy (error));
  if (cs_transaction_is_unsure (transaction))
    note_unsure (pass, transaction);
}

static void
on_stopped (CsTransaction *transaction, gpointer user_data)
{
  GTask *task = user_data;
  Pass *pass = g_task_get_task_data (task);
  const char *lan = cs_transaction_get_lan (transaction);
  const GError *error = cs_transaction_get_error (transaction);

  if (cs_transaction_is_guard (transaction))
    {
      if (error != NULL)
        cs_warning (lan, "%s", error->message);
    }
  else if (cs_transaction_is_done (transaction))
    {
      g_ptr_array_remove (pass->paused, transaction);
      take_outcome (pass, transaction);
    }
  else if (cs_transactions_find (pass->paused, lan) == NULL)
    g_ptr_array_add (pass->paused, cs_transaction_ref (transaction));
  pass->next++;
  run_next (task);
}

static void
run_next (GTask *task)
{
  Pass *pass = g_task_get_task_data (task);

  if (pass->next < pass->work->len)
    {
      cs_transaction_run (pass->work->pdata[pass->next], pass->result->applied,
                          pass->paused, on_stopped, task);
      return;
    }
  take_unchanged (pass);
  set_ledger (pass, FALSE);
  if (cs_store_has_changes (pass->store))
    cs_store_commit_async (pass->store, NULL, on_final_ledger, task);
  else
    finish_pass (task);
}

static void
on_ledger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Pass *pass = g_task_get_task_data (task);

  if (cs_store_commit_finish (CS_STORE (source), result, &pass->result->store_error))
    run_next (task);
  else
    finish_pass (task);
}

static GTask *
new_task (const CsPassWorld *world,
          const CsPlan *applied,
          CsPlan *target,
          GHashTable *deferred,
          GAsyncReadyCallback callback,
          gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Pass *pass = g_new0 (Pass, 1);

  pass->steps = g_ptr_array_ref (world->steps);
  pass->store = g_object_ref (world->store);
  pass->paused = g_ptr_array_ref (world->paused);
  pass->work = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_transaction_unref);
  pass->result = g_new0 (CsPassResult, 1);
  pass->result->applied = cs_plan_copy (applied);
  pass->result->target = target;
  pass->result->errors = cs_pass_new_errors ();
  pass->result->unsure = new_set ();
  pass->result->deferred = deferred;
  pass->result->waiting = new_set ();
  g_task_set_source_tag (task, new_task);
  g_task_set_task_data (task, pass, (GDestroyNotify)pass_free);
  return task;
}

void
cs_pass_run_async (const CsPassWorld *world,
                   const CsPlan *applied,
                   CsPlan *target,
                   GHashTable *dirty,
                   GHashTable *deferred,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task = new_task (world, applied, target, deferred, callback, user_data);
  Pass *pass = g_task_get_task_data (task);

  keep_unchanged (pass);
  list_work (pass, dirty);
  g_hash_table_unref (dirty);
  if (pass->work->len == 0 && !cs_store_has_changes (pass->store))
    {
      take_unchanged (pass);
      finish_pass (task);
      return;
    }
  if (!cs_files_can_open (DESCRIPTORS, &pass->result->store_error))
    {
      finish_pass (task);
      return;
    }
  set_ledger (pass, TRUE);
  if (cs_store_has_changes (pass->store))
    cs_store_commit_async (pass->store, NULL, on_ledger, task);
  else
    run_next (task);
}

/* Takes @task. Nothing is begun that the ledger does not list, but what is begun goes on.
 */
static void
go_on (GTask *task, gboolean may_turn)
{
  Pass *pass = g_task_get_task_data (task);
  g_autoptr (CsSharePlan) turn = g_steal_pointer (&pass->turn);
  CsTransaction *transaction = pass->work->pdata[0];
  CsSharePlan *to;

  if (may_turn && turn != NULL)
    cs_transaction_turn (transaction, turn);
  to = cs_transaction_get_to (transaction);
  if (to != NULL)
    g_ptr_array_add (pass->result->target->shares, cs_share_plan_ref (to));
  run_next (task);
}

static void
on_turn_in_ledger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  gboolean done = cs_store_commit_finish (CS_STORE (source), result, &error);

  if (!done)
    g_warning ("the ledger is out of date: %s", error->message);
  go_on (user_data, done);
}

void
cs_pass_resume_async (const CsPassWorld *world,
                      const CsPlan *applied,
                      CsTransaction *transaction,
                      CsSharePlan *turn,
                      GAsyncReadyCallback callback,
                      gpointer user_data)
{
  GTask *task = new_task (world, applied, cs_plan_new_empty (), cs_pass_new_errors (),
                          callback, user_data);
  Pass *pass = g_task_get_task_data (task);

  pass->turn = cs_share_plan_ref (turn);
  pass->result->only = g_strdup (cs_transaction_get_lan (transaction));
  g_ptr_array_add (pass->work, cs_transaction_ref (transaction));
  set_ledger (pass, FALSE);
  if (cs_store_has_changes (pass->store))
    cs_store_commit_async (pass->store, NULL, on_turn_in_ledger, task);
  else
    go_on (task, TRUE);
}

CsPassResult *
cs_pass_run_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
