/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One part for each kind of firewall, one after the other; where there is nothing to do,
 * which is the rule, a part costs a look. */
#include "foreign-firewall.h"

#include "iptables-legacy.h"
#include "log.h"
#include "nft-accepts.h"

#include "core/opening.h"

struct _CsForeignFirewallStep
{
  GObject parent;
  CsFirewalld *firewalld; /* (owned) */
  CsOpeningLog *log;      /* (owned) */
};

#define CS_TYPE_FOREIGN_FIREWALL_STEP (cs_foreign_firewall_step_get_type ())
G_DECLARE_FINAL_TYPE (CsForeignFirewallStep,
                      cs_foreign_firewall_step,
                      CS,
                      FOREIGN_FIREWALL_STEP,
                      GObject)

static void cs_foreign_firewall_step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (
    CsForeignFirewallStep,
    cs_foreign_firewall_step,
    G_TYPE_OBJECT,
    G_IMPLEMENT_INTERFACE (CS_TYPE_STEP, cs_foreign_firewall_step_iface_init))

/* One call of apply(); all of it belongs to the caller, and stays until the callback. */
typedef struct
{
  const CsPlan *plan;
  const CsSharePlan *from; /* (nullable) */
  const CsSharePlan *to;   /* (nullable) */
} Apply;

/* How it went to open @table; @refusal is nullable. */
static void
note (GTask *task, const char *table, const GError *refusal)
{
  CsForeignFirewallStep *self = g_task_get_source_object (task);
  const Apply *apply = g_task_get_task_data (task);
  const char *lan = apply->to != NULL ? apply->to->lan : apply->from->lan;

  if (refusal != NULL)
    cs_warning (lan, "%s", refusal->message);
  cs_opening_log_note (self->log, lan, table,
                       refusal != NULL && apply->to != NULL ? refusal->message : NULL);
}

static void
on_legacy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  cs_iptables_legacy_apply_finish (result, &error);
  note (task, CS_LEGACY_TABLE, error);
  g_task_return_boolean (task, TRUE);
}

static void
on_firewalld (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Apply *apply = g_task_get_task_data (task);
  g_autoptr (GError) error = NULL;

  cs_firewalld_apply_finish (result, &error);
  note (task, CS_FIREWALLD_TABLE, error);
  cs_iptables_legacy_apply_async (apply->plan, cs_share_plan_applied (apply->from),
                                  cs_share_plan_applied (apply->to), on_legacy,
                                  g_steal_pointer (&task));
}

/* Takes @task. */
static void
apply_firewalld (GTask *task)
{
  CsForeignFirewallStep *self = g_task_get_source_object (task);
  const Apply *apply = g_task_get_task_data (task);

  cs_firewalld_apply_async (self->firewalld, cs_share_plan_applied (apply->from),
                            cs_share_plan_applied (apply->to), on_firewalld, task);
}

static void
apply_accepts_in_thread (GTask *task,
                         gpointer source,
                         gpointer task_data,
                         GCancellable *cancellable)
{
  const Apply *apply = task_data;
  GError *error = NULL;

  if (cs_nft_accepts_apply (apply->plan, cs_share_plan_applied (apply->to), &error))
    g_task_return_boolean (task, TRUE);
  else
    g_task_return_error (task, error);
}

static void
on_accepts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GError) error = NULL;

  g_task_propagate_boolean (G_TASK (result), &error);
  note (task, CS_OPENING_TABLE, error);
  apply_firewalld (g_steal_pointer (&task));
}

/* Takes @task. */
static void
apply_accepts (GTask *task)
{
  g_autoptr (GTask) part = g_task_new (NULL, NULL, on_accepts, task);

  g_task_set_task_data (part, g_task_get_task_data (task), NULL);
  g_task_run_in_thread (part, apply_accepts_in_thread);
}

static const char *
cs_foreign_firewall_step_get_name (CsStep *step)
{
  return "other firewalls";
}

static void
cs_foreign_firewall_step_apply_async (CsStep *step,
                                      const CsPlan *plan,
                                      const CsSharePlan *from,
                                      const CsSharePlan *to,
                                      GCancellable *cancellable,
                                      GAsyncReadyCallback callback,
                                      gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (step, cancellable, callback, user_data);
  Apply *apply = g_new0 (Apply, 1);

  apply->plan = plan;
  apply->from = from;
  apply->to = to;
  g_task_set_source_tag (task, cs_foreign_firewall_step_apply_async);
  g_task_set_task_data (task, apply, g_free);
  if (cs_nft_accepts_are_due (plan, cs_share_plan_applied (to)))
    apply_accepts (g_steal_pointer (&task));
  else
    {
      note (task, CS_OPENING_TABLE, NULL);
      apply_firewalld (g_steal_pointer (&task));
    }
}

static void
cs_foreign_firewall_step_iface_init (CsStepInterface *iface)
{
  iface->get_name = cs_foreign_firewall_step_get_name;
  iface->apply_async = cs_foreign_firewall_step_apply_async;
}

static void
cs_foreign_firewall_step_finalize (GObject *object)
{
  CsForeignFirewallStep *self = CS_FOREIGN_FIREWALL_STEP (object);

  g_object_unref (self->firewalld);
  g_object_unref (self->log);
  G_OBJECT_CLASS (cs_foreign_firewall_step_parent_class)->finalize (object);
}

static void
cs_foreign_firewall_step_class_init (CsForeignFirewallStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = cs_foreign_firewall_step_finalize;
}

static void
cs_foreign_firewall_step_init (CsForeignFirewallStep *self)
{
}

CsStep *
cs_foreign_firewall_step_new (CsFirewalld *firewalld, CsOpeningLog *log)
{
  CsForeignFirewallStep *self = g_object_new (CS_TYPE_FOREIGN_FIREWALL_STEP, NULL);

  self->firewalld = g_object_ref (firewalld);
  self->log = g_object_ref (log);
  return CS_STEP (self);
}
