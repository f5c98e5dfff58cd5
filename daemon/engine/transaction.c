/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A cursor over the steps. Going forward it calls apply (from -> to); after a failure it
 * turns round and calls apply (to -> from), as it does for steps that have only prepared
 * themselves. */
#include "transaction.h"

#include "log.h"

typedef struct
{
  GPtrArray *steps;        /* (owned) */
  const CsPlan *before;    /* unowned */
  const CsPlan *after;     /* unowned */
  const CsSharePlan *from; /* (nullable) unowned */
  const CsSharePlan *to;   /* (nullable) unowned */
  int next;                /* index of the step to call */
  int prepared;            /* index of the last step that has prepared itself, or -1 */
  gboolean undoing;
  GError *error; /* (owned) (nullable) the first failure */
} Transaction;

static void
transaction_free (Transaction *transaction)
{
  g_ptr_array_unref (transaction->steps);
  g_clear_error (&transaction->error);
  g_free (transaction);
}

static void run_next (GTask *task);

static const char *
lan_of (const Transaction *transaction)
{
  return transaction->to != NULL ? transaction->to->lan : transaction->from->lan;
}

/* Which way the cursor moves: the end of a share runs backwards, and so does an undo. */
static int
direction (const Transaction *transaction)
{
  return transaction->undoing || transaction->to == NULL ? -1 : 1;
}

static void
on_applied (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Transaction *transaction = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;
  CsStep *step = CS_STEP (source);

  if (cs_step_apply_finish (step, result, &error))
    g_debug ("%s: %s done%s", lan_of (transaction), cs_step_get_name (step),
             transaction->undoing ? " (undo)" : "");
  else if (transaction->undoing || transaction->to == NULL)
    cs_warning (lan_of (transaction), "%s could not be put back: %s",
                cs_step_get_name (step), error->message);

  if (error != NULL && transaction->error == NULL)
    {
      transaction->error = g_steal_pointer (&error);
      if (cs_share_plan_equal (transaction->from, transaction->to))
        transaction->next = (int)transaction->steps->len; /* there is nothing to undo */
      else if (transaction->to != NULL)
        {
          transaction->undoing = TRUE;
          /* the failed step may have done half: undo it too */
          transaction->next = MAX (transaction->next, transaction->prepared) + 1;
        }
    }
  transaction->next += direction (transaction);
  run_next (g_steal_pointer (&task));
}

static void
run_next (GTask *task)
{
  g_autoptr (GTask) owned = task;
  Transaction *transaction = g_task_get_task_data (task);
  CsStep *step;

  if (transaction->next < 0 || transaction->next >= (int)transaction->steps->len)
    {
      if (transaction->error != NULL)
        g_task_return_error (task, g_steal_pointer (&transaction->error));
      else
        g_task_return_boolean (task, TRUE);
      return;
    }
  step = g_ptr_array_index (transaction->steps, transaction->next);
  if (transaction->undoing)
    cs_step_apply_async (step, transaction->before, transaction->to, transaction->from,
                         NULL, on_applied, g_steal_pointer (&owned));
  else
    cs_step_apply_async (step, transaction->after, transaction->from, transaction->to,
                         NULL, on_applied, g_steal_pointer (&owned));
}

/* When a share ends, there is nothing to prepare. */
static void
prepare (Transaction *transaction)
{
  for (guint i = 1; transaction->to != NULL && i < transaction->steps->len; i++)
    if (cs_step_prepare (g_ptr_array_index (transaction->steps, i), transaction->from,
                         transaction->to))
      transaction->prepared = (int)i;
}

void
cs_transaction_run_async (GPtrArray *steps,
                          const CsPlan *before,
                          const CsPlan *after,
                          const CsSharePlan *from,
                          const CsSharePlan *to,
                          GAsyncReadyCallback callback,
                          gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);
  Transaction *transaction = g_new0 (Transaction, 1);

  g_return_if_fail (from != NULL || to != NULL);

  transaction->steps = g_ptr_array_ref (steps);
  transaction->before = before;
  transaction->after = after;
  transaction->from = from;
  transaction->to = to;
  transaction->next = to != NULL ? 0 : (int)steps->len - 1;
  transaction->prepared = -1;
  g_task_set_source_tag (task, cs_transaction_run_async);
  g_task_set_task_data (task, transaction, (GDestroyNotify)transaction_free);
  run_next (g_object_ref (task));
  prepare (transaction);
  g_object_unref (task);
}

gboolean
cs_transaction_run_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
