/* SPDX-License-Identifier: GPL-2.0-or-later */
/* commit ledger (applied + target) -> a transaction for each share that differs ->
 * commit ledger (applied). A transaction sees the whole of what is in force around it,
 * put together anew for each as borrowed pointers. */
#include "pass.h"

#include "files.h"
#include "transaction.h"

/* More than the steps of a share, or its undoing, open at a time. */
#define DESCRIPTORS 16

typedef struct
{
  GPtrArray *steps;     /* (owned) */
  CsStore *store;       /* (owned) */
  GHashTable *dirty;    /* (owned) */
  GPtrArray *work;      /* (owned) of LAN names (owned), what is to be done */
  guint next;           /* index in work */
  CsPlan *before;       /* (owned) (nullable) plans (borrowed) around the transaction */
  CsPlan *after;        /* (owned) (nullable) the same, with this share's target */
  CsPassResult *result; /* (owned) */
} Pass;

void
cs_pass_result_free (CsPassResult *result)
{
  cs_plan_free (result->applied);
  cs_plan_free (result->target);
  g_hash_table_unref (result->errors);
  g_hash_table_unref (result->held);
  g_clear_error (&result->store_error);
  g_free (result);
}

const GError *
cs_pass_result_failure (const CsPassResult *result, const char *lan)
{
  const GError *error = g_hash_table_lookup (result->errors, lan);

  if (result->store_error != NULL)
    return result->store_error;
  return error != NULL ? error : g_hash_table_lookup (result->held, lan);
}

GHashTable *
cs_pass_new_errors (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free,
                                (GDestroyNotify)g_error_free);
}

/* A plan whose shares belong to others. */
static void
free_borrowed (CsPlan *plan)
{
  if (plan == NULL)
    return;
  g_ptr_array_set_free_func (plan->shares, NULL);
  cs_plan_free (plan);
}

static void
pass_free (Pass *pass)
{
  g_ptr_array_unref (pass->steps);
  g_object_unref (pass->store);
  g_hash_table_unref (pass->dirty);
  g_ptr_array_unref (pass->work);
  g_clear_pointer (&pass->before, free_borrowed);
  g_clear_pointer (&pass->after, free_borrowed);
  g_clear_pointer (&pass->result, cs_pass_result_free);
  g_free (pass);
}

static CsSharePlan *
wanted (const CsPlan *target, const char *lan)
{
  CsSharePlan *share = cs_plan_find (target, lan);

  return cs_share_plan_applied (share) != NULL ? share : NULL;
}

static CsPlan *
borrow (const CsPlan *plan, const char *lan, CsSharePlan *replacement)
{
  CsPlan *copy = cs_plan_new_empty ();

  for (guint i = 0; i < plan->shares->len; i++)
    {
      CsSharePlan *share = g_ptr_array_index (plan->shares, i);

      if (strcmp (share->lan, lan) != 0)
        g_ptr_array_add (copy->shares, share);
    }
  if (replacement != NULL)
    g_ptr_array_add (copy->shares, replacement);
  return copy;
}

/* A share that is planned as it is in force stays the very same object: so everybody sees
 * without looking closer that nothing has happened to it. */
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

static void
list_work (Pass *pass)
{
  const CsPlan *applied = pass->result->applied;

  for (guint i = 0; i < applied->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (applied->shares, i);

      if (wanted (pass->result->target, share->lan) == NULL
          && !g_hash_table_contains (pass->result->held, share->lan))
        g_ptr_array_add (pass->work, g_strdup (share->lan));
    }
  for (guint i = 0; i < pass->result->target->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (pass->result->target->shares, i);

      if (cs_share_plan_applied (share) != NULL
          && !g_hash_table_contains (pass->result->held, share->lan)
          && (g_hash_table_contains (pass->dirty, share->lan)
              || !cs_share_plan_equal (cs_plan_find (applied, share->lan), share)))
        g_ptr_array_add (pass->work, g_strdup (share->lan));
    }
}

/* What the ledger has to say besides what is in force: nothing of a repair, which goes
 * on when there is no room for it. */
static CsPlan *
list_begun (Pass *pass)
{
  CsPlan *begun = cs_plan_new_empty ();

  for (guint i = 0; i < pass->work->len; i++)
    {
      CsSharePlan *share
          = wanted (pass->result->target, g_ptr_array_index (pass->work, i));

      if (share != NULL
          && !cs_share_plan_equal (cs_plan_find (pass->result->applied, share->lan),
                                   share))
        g_ptr_array_add (begun->shares, share);
    }
  return begun;
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
          && cs_pass_result_failure (pass->result, share->lan) == NULL)
        set_applied (pass->result->applied, share->lan, share);
    }
}

static void run_next (GTask *task);

/* Takes @task. */
static void
finish (GTask *task)
{
  Pass *pass = g_task_get_task_data (task);

  g_task_return_pointer (task, g_steal_pointer (&pass->result),
                         (GDestroyNotify)cs_pass_result_free);
  g_object_unref (task);
}

static void
on_final_ledger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;

  if (!cs_store_commit_finish (CS_STORE (source), result, &error))
    g_warning ("The ledger is out of date: %s", error->message);
  finish (user_data);
}

static void
on_transaction (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Pass *pass = g_task_get_task_data (task);
  const char *lan = g_ptr_array_index (pass->work, pass->next);
  CsSharePlan *to = wanted (pass->result->target, lan);
  g_autoptr (GError) error = NULL;

  g_clear_pointer (&pass->before, free_borrowed);
  g_clear_pointer (&pass->after, free_borrowed);
  if (cs_transaction_run_finish (result, &error))
    set_applied (pass->result->applied, lan, to);
  else
    g_hash_table_replace (pass->result->errors, g_strdup (lan), g_steal_pointer (&error));
  pass->next++;
  run_next (g_steal_pointer (&task));
}

static void
run_next (GTask *task)
{
  Pass *pass = g_task_get_task_data (task);
  CsPlan *applied = pass->result->applied;
  g_autoptr (CsPlan) none = cs_plan_new_empty ();
  const char *lan;
  CsSharePlan *from, *to;

  if (pass->next == pass->work->len)
    {
      take_unchanged (pass);
      cs_store_set_ledger (pass->store, applied, none);
      if (cs_store_has_changes (pass->store))
        cs_store_commit_async (pass->store, NULL, on_final_ledger, task);
      else
        finish (task);
      return;
    }
  lan = g_ptr_array_index (pass->work, pass->next);
  from = cs_plan_find (applied, lan);
  to = wanted (pass->result->target, lan);
  pass->before = borrow (applied, lan, from);
  pass->after = borrow (applied, lan, to);
  cs_transaction_run_async (pass->steps, pass->before, pass->after, from, to,
                            on_transaction, task);
}

static void
on_ledger (GObject *source, GAsyncResult *result, gpointer user_data)
{
  GTask *task = user_data;
  Pass *pass = g_task_get_task_data (task);

  if (cs_store_commit_finish (CS_STORE (source), result, &pass->result->store_error))
    run_next (task);
  else
    finish (task);
}

void
cs_pass_run_async (GPtrArray *steps,
                   CsStore *store,
                   const CsPlan *applied,
                   CsPlan *target,
                   GHashTable *dirty,
                   GHashTable *held,
                   GAsyncReadyCallback callback,
                   gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Pass *pass = g_new0 (Pass, 1);
  CsPlan *begun;

  pass->steps = g_ptr_array_ref (steps);
  pass->store = g_object_ref (store);
  pass->dirty = dirty;
  pass->work = g_ptr_array_new_with_free_func (g_free);
  pass->result = g_new0 (CsPassResult, 1);
  pass->result->applied = cs_plan_copy (applied);
  pass->result->target = target;
  pass->result->errors = cs_pass_new_errors ();
  pass->result->held = held;
  g_task_set_source_tag (task, cs_pass_run_async);
  g_task_set_task_data (task, pass, (GDestroyNotify)pass_free);

  keep_unchanged (pass);
  list_work (pass);
  if (pass->work->len == 0 && !cs_store_has_changes (store))
    {
      take_unchanged (pass);
      finish (task);
      return;
    }
  if (!cs_files_can_open (DESCRIPTORS, &pass->result->store_error))
    {
      finish (task);
      return;
    }
  begun = list_begun (pass);
  cs_store_set_ledger (store, applied, begun);
  free_borrowed (begun);
  if (cs_store_has_changes (store))
    cs_store_commit_async (store, NULL, on_ledger, task);
  else
    run_next (task);
}

CsPassResult *
cs_pass_run_finish (GAsyncResult *result)
{
  return g_task_propagate_pointer (G_TASK (result), NULL);
}
