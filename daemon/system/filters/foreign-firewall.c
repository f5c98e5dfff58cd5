/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One part per kind of firewall, one after the other. A part that has nothing to do,
 * which is the usual case, costs only a look. */
#include "foreign-firewall.h"

#include "iptables-legacy.h"
#include "nft-accepts.h"

#include "base/log.h"
#include "core/value/place.h"

typedef struct
{
  CsFirewalld *firewalld; /* (owned) */
  CsOpeningLog *log;      /* (owned) */
} ForeignFirewall;

/* Records the result of opening @table; @refusal is nullable. A share may work or not
 * despite a refusal, and reports it; but nothing may stay behind when a share ends, so
 * the first refusal then becomes the state of @call. */
static void
note (CsStepCall *call, const char *table, const GError *refusal)
{
  const ForeignFirewall *self = call->step->self;
  const char *lan = cs_step_call_lan (call);

  if (refusal != NULL && call->to == NULL && call->state == NULL)
    {
      call->state = g_error_copy (refusal);
      call->free_state = (GDestroyNotify)g_error_free;
    }
  if (refusal != NULL)
    cs_warning (lan, "%s", refusal->message);
  cs_opening_log_note (self->log, lan, table,
                       refusal != NULL && call->to != NULL ? refusal->message : NULL);
}

static void
on_firewalld (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  g_autoptr (GError) error = NULL;

  cs_firewalld_apply_finish (result, &error);
  note (call, CS_FIREWALLD_TABLE, error);
  cs_step_call_return (call, g_steal_pointer (&call->state));
}

static void
on_legacy (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  const ForeignFirewall *self = call->step->self;
  g_autoptr (GError) error = NULL;

  cs_iptables_legacy_apply_finish (result, &error);
  note (call, CS_LEGACY_TABLE, error);
  cs_firewalld_apply_async (self->firewalld, call->plan,
                            cs_share_plan_applied (call->from),
                            cs_share_plan_applied (call->to), on_firewalld, call);
}

/* Parts that depend on the plans of all shares come before those that may take long. */
static void
apply_legacy (CsStepCall *call)
{
  cs_iptables_legacy_apply_async (call->plan, cs_share_plan_applied (call->from),
                                  cs_share_plan_applied (call->to), on_legacy, call);
}

typedef struct
{
  GError *errors[CS_NFT_ACCEPTS_TABLES]; /* (owned) (nullable) */
} Accepts;

static void
accepts_free (gpointer data)
{
  Accepts *accepts = data;

  for (gsize i = 0; i < G_N_ELEMENTS (accepts->errors); i++)
    g_clear_error (&accepts->errors[i]);
  g_free (accepts);
}

static void
apply_accepts_in_thread (GTask *task,
                         gpointer source,
                         gpointer task_data,
                         GCancellable *cancellable)
{
  const CsStepCall *call = task_data;
  Accepts *accepts = g_new0 (Accepts, 1);

  cs_nft_accepts_apply (call->plan, cs_share_plan_applied (call->to), accepts->errors);
  g_task_return_pointer (task, accepts, accepts_free);
}

/* A share that has no IPv6 because of a refusal leaves it as it is: otherwise it would
 * try, and have IPv6 until it is refused, again and again. */
static void
note_accepts (CsStepCall *call, GError *const errors[])
{
  note (call, CS_OPENING_TABLE, errors[0]);
  if (call->to == NULL || !call->to->ipv6.blocked || errors[1] != NULL)
    note (call, CS_OPENING_TABLE6, errors[1]);
}

static void
on_accepts (GObject *source, GAsyncResult *result, gpointer user_data)
{
  CsStepCall *call = user_data;
  Accepts *accepts = g_task_propagate_pointer (G_TASK (result), NULL);

  note_accepts (call, accepts->errors);
  accepts_free (accepts);
  apply_legacy (call);
}

static void
apply_async (gpointer self, CsStepCall *call)
{
  GError *const none[CS_NFT_ACCEPTS_TABLES] = { NULL };
  g_autoptr (GTask) accepts = NULL;

  if (!cs_nft_accepts_are_due (call->plan, cs_share_plan_applied (call->to)))
    {
      note_accepts (call, none);
      apply_legacy (call);
      return;
    }
  accepts = g_task_new (NULL, NULL, on_accepts, call);
  g_task_set_task_data (accepts, call, NULL);
  g_task_run_in_thread (accepts, apply_accepts_in_thread);
}

static void
foreign_firewall_free (gpointer data)
{
  ForeignFirewall *self = data;

  g_object_unref (self->firewalld);
  g_object_unref (self->log);
  g_free (self);
}

static const CsStepType type = {
  .name = "other firewalls",
  .flags = CS_STEP_WAITS,
  .apply_async = apply_async,
  .free = foreign_firewall_free,
};

CsStep *
cs_foreign_firewall_step_new (CsFirewalld *firewalld, CsOpeningLog *log)
{
  ForeignFirewall *self = g_new (ForeignFirewall, 1);

  self->firewalld = g_object_ref (firewalld);
  self->log = g_object_ref (log);
  return cs_step_new (&type, self);
}
