/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers come from an idle source, as those of the real ones do. */
#include "fakes.h"

#include "network.h"

#include "dbus/errors.h"

#define LANS "link lan0 fwd=1; link lan1 fwd=1;"
#define PPP0 \
  "link ppp0 ppp ptp index=9 fwd=1 addr=192.0.2.2/32>192.0.2.1; route default dev ppp0;"

struct _FakeMonitor
{
  GObject parent;
  char *network;   /* (owned) in the words of network.h */
  CsPlan *applied; /* (owned) */
};

static void fake_monitor_iface_init (CsMonitorInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeMonitor,
                               fake_monitor,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_MONITOR,
                                                      fake_monitor_iface_init))

static void
add_applied (CsSnapshot *snapshot, const CsSharePlan *share)
{
  const CsRoute unreachable = { .table = share->table };
  g_autoptr (GArray) rules = cs_share_plan_list_rules (share);

  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (snapshot->interfaces, i);
      CsAddress address = { .local = share->address };

      if (interface->ifindex == share->lan_ifindex && share->address.prefix != 0)
        g_array_append_val (interface->addresses, address);
    }
  for (guint i = 0; i < rules->len; i++)
    g_array_append_val (snapshot->rule_tables, share->table);
  g_array_append_val (snapshot->routes, unreachable);
  g_array_append_vals (snapshot->routes, share->routes->data, share->routes->len);
}

static CsSnapshot *
fake_monitor_snapshot (CsMonitor *monitor, GError **error)
{
  FakeMonitor *self = FAKE_MONITOR (monitor);
  CsSnapshot *snapshot = network_parse (self->network);

  snapshot->now = g_get_monotonic_time ();
  for (guint i = 0; i < self->applied->shares->len; i++)
    add_applied (snapshot, g_ptr_array_index (self->applied->shares, i));
  return snapshot;
}

static void
fake_monitor_iface_init (CsMonitorInterface *iface)
{
  iface->snapshot = fake_monitor_snapshot;
}

static void
fake_monitor_finalize (GObject *object)
{
  FakeMonitor *self = FAKE_MONITOR (object);

  g_free (self->network);
  cs_plan_free (self->applied);
  G_OBJECT_CLASS (fake_monitor_parent_class)->finalize (object);
}

static void
fake_monitor_class_init (FakeMonitorClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_monitor_finalize;
}

static void
fake_monitor_init (FakeMonitor *self)
{
  self->network = g_strdup (LANS PPP0);
  self->applied = cs_plan_new_empty ();
}

FakeMonitor *
fake_monitor_new (void)
{
  return g_object_new (FAKE_TYPE_MONITOR, NULL);
}

void
fake_monitor_set_uplink (FakeMonitor *self, gboolean present)
{
  fake_monitor_set_more (self, present ? PPP0 : "");
}

void
fake_monitor_set_more (FakeMonitor *self, const char *more)
{
  g_free (self->network);
  self->network = g_strconcat (LANS, more, NULL);
  cs_monitor_emit_changed (CS_MONITOR (self));
}

void
fake_monitor_set_applied (FakeMonitor *self, const CsPlan *plan)
{
  cs_plan_free (self->applied);
  self->applied = cs_plan_copy (plan);
}

struct _FakeStep
{
  GObject parent;
  char *name;           /* (owned) */
  GPtrArray *log;       /* (owned) */
  FakeMonitor *monitor; /* (owned) (nullable) */
  gboolean prepares;
  guint after;
  guint count;
};

static void fake_step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeStep,
                               fake_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP, fake_step_iface_init))

static const char *
fake_step_get_name (CsStep *step)
{
  return FAKE_STEP (step)->name;
}

static const char *
describe (const CsSharePlan *share)
{
  if (share == NULL)
    return "0";
  if (share->closed)
    return "closed";
  return share->uplink != NULL ? share->uplink : "-";
}

static gboolean
must_fail (FakeStep *self)
{
  if (self->after > 0)
    {
      self->after--;
      return FALSE;
    }
  if (self->count == 0)
    return FALSE;
  self->count--;
  return TRUE;
}

static gboolean
on_idle (gpointer user_data)
{
  GTask *task = user_data;
  FakeStep *self = g_task_get_source_object (task);

  if (must_fail (self))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "%s refuses", self->name);
  else
    g_task_return_boolean (task, TRUE);
  return G_SOURCE_REMOVE;
}

static gboolean
fake_step_prepare (CsStep *step, const CsSharePlan *from, const CsSharePlan *to)
{
  FakeStep *self = FAKE_STEP (step);

  if (self->prepares)
    g_ptr_array_add (self->log, g_strdup_printf ("%s prepares %s>%s", self->name,
                                                 describe (from), describe (to)));
  return self->prepares;
}

static void
fake_step_apply_async (CsStep *step,
                       const CsPlan *plan,
                       const CsSharePlan *from,
                       const CsSharePlan *to,
                       GCancellable *cancellable,
                       GAsyncReadyCallback callback,
                       gpointer user_data)
{
  FakeStep *self = FAKE_STEP (step);
  GTask *task = g_task_new (self, cancellable, callback, user_data);
  const char *lan = to != NULL ? to->lan : from->lan;

  g_ptr_array_add (self->log, g_strdup_printf ("%s %s %s>%s", self->name, lan,
                                               describe (from), describe (to)));
  g_assert_true (to == NULL || cs_plan_find (plan, lan) == to);
  g_assert_true (to != NULL || cs_plan_find (plan, lan) == NULL);
  if (self->monitor != NULL)
    fake_monitor_set_applied (self->monitor, plan);
  g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, task, g_object_unref);
}

static void
fake_step_iface_init (CsStepInterface *iface)
{
  iface->get_name = fake_step_get_name;
  iface->prepare = fake_step_prepare;
  iface->apply_async = fake_step_apply_async;
}

static void
fake_step_finalize (GObject *object)
{
  FakeStep *self = FAKE_STEP (object);

  g_free (self->name);
  g_clear_object (&self->monitor);
  g_ptr_array_unref (self->log);
  G_OBJECT_CLASS (fake_step_parent_class)->finalize (object);
}

static void
fake_step_class_init (FakeStepClass *klass)
{
  G_OBJECT_CLASS (klass)->finalize = fake_step_finalize;
}

static void
fake_step_init (FakeStep *self)
{
}

FakeStep *
fake_step_new (const char *name, GPtrArray *log, FakeMonitor *monitor)
{
  FakeStep *self = g_object_new (FAKE_TYPE_STEP, NULL);

  self->name = g_strdup (name);
  self->log = g_ptr_array_ref (log);
  self->monitor = monitor != NULL ? g_object_ref (monitor) : NULL;
  return self;
}

void
fake_step_prepares (FakeStep *self)
{
  self->prepares = TRUE;
}

void
fake_step_fail (FakeStep *self, guint after, guint count)
{
  self->after = after;
  self->count = count;
}
