/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers come from an idle source, as those of the real ones do. */
#include "fakes.h"

#include "network.h"

#include "core/plan/lan-table.h"
#include "core/plan/rules.h"

#include "dbus/errors.h"

#define LANS "link lan0 fwd=1; link lan1 fwd=1;"
#define PPP0 \
  "link ppp0 ppp ptp index=9 fwd=1 addr=192.0.2.2/32>192.0.2.1; route default dev ppp0;"

struct _FakeMonitor
{
  GObject parent;
  char *network;   /* (owned) in the words of network.h */
  guint snapshots; /* taken so far */
  CsPlan *applied; /* (owned) */
};

static void fake_monitor_iface_init (CsMonitorInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (FakeMonitor,
                               fake_monitor,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_MONITOR,
                                                      fake_monitor_iface_init))

static void
add_rules (CsSnapshot *snapshot, const GArray *rules, guint32 table)
{
  for (guint i = 0; i < rules->len; i++)
    {
      const CsPolicyRule *wanted = &g_array_index (rules, CsPolicyRule, i);
      CsRule rule = { .ipv6 = wanted->ipv6,
                      .source = cs_cidr_of_address (wanted->source),
                      .priority = wanted->priority,
                      .mark = wanted->mark,
                      .skip_to = wanted->skip_to,
                      .ends = wanted->ends,
                      .table = table,
                      .protocol = CS_ROUTE_PROTOCOL };

      g_strlcpy (rule.iif, wanted->iif != NULL ? wanted->iif : "", sizeof rule.iif);
      g_strlcpy (rule.oif, wanted->oif != NULL ? wanted->oif : "", sizeof rule.oif);
      g_array_append_val (snapshot->rules, rule);
    }
}

static void
add_family (CsSnapshot *snapshot, const CsSharePlan *share, int family)
{
  GArray *known = family == AF_INET6 ? snapshot->routes6 : snapshot->routes;
  g_autoptr (GArray) rules = cs_share_plan_list_rules (share, family);
  g_autoptr (GArray) routes = cs_share_plan_list_routes (share, family);
  g_autoptr (GArray) lan_routes = cs_lan_table_routes (share, family);
  g_autoptr (GArray) lan_rules = cs_lan_table_rules (share, family, lan_routes);

  add_rules (snapshot, rules, share->table);
  add_rules (snapshot, lan_rules, CS_TABLE_LANS);
  g_array_append_vals (known, routes->data, routes->len);
  g_array_append_vals (known, lan_routes->data, lan_routes->len);
}

static void
add_applied (CsSnapshot *snapshot, const CsSharePlan *share)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *interface = g_ptr_array_index (snapshot->interfaces, i);
      CsInterfaceAddress address = { .local = share->address };

      if (interface->ifindex == share->lan_ifindex && share->address.prefix != 0)
        g_array_append_val (interface->addresses, address);
    }
  add_family (snapshot, share, AF_INET);
  add_family (snapshot, share, AF_INET6);
}

static CsSnapshot *
fake_monitor_snapshot (CsMonitor *monitor, GError **error)
{
  FakeMonitor *self = FAKE_MONITOR (monitor);
  CsSnapshot *snapshot = network_parse (self->network);

  self->snapshots++;
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
  cs_plan_unref (self->applied);
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

guint
fake_monitor_get_snapshots (FakeMonitor *self)
{
  return self->snapshots;
}

void
fake_monitor_set_applied (FakeMonitor *self, const CsPlan *plan)
{
  cs_plan_unref (self->applied);
  self->applied = cs_plan_copy (plan);
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
  CsStepCall *call = user_data;
  FakeStep *self = call->step->self;

  cs_step_call_return (call, must_fail (self) ? g_error_new (
                                 CS_ERROR, CS_ERROR_FAILED, "%s refuses", self->type.name)
                                              : NULL);
  return G_SOURCE_REMOVE;
}

static gboolean
prepare (gpointer fake, const CsSharePlan *from, const CsSharePlan *to, GError **error)
{
  FakeStep *self = fake;

  if (self->prepares)
    g_ptr_array_add (self->log, g_strdup_printf ("%s prepares %s>%s", self->type.name,
                                                 describe (from), describe (to)));
  if (self->hopeless)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "%s knows better", self->type.name);
  return self->prepares && !self->hopeless;
}

static void
apply_async (gpointer fake, CsStepCall *call)
{
  FakeStep *self = fake;
  const char *lan = cs_step_call_lan (call);

  g_ptr_array_add (self->log,
                   g_strdup_printf ("%s %s %s>%s", self->type.name, lan,
                                    describe (call->from), describe (call->to)));
  g_assert_true (cs_plan_find (call->plan, lan) == call->to);
  if (self->monitor != NULL)
    fake_monitor_set_applied (self->monitor, call->plan);
  if (g_strcmp0 (self->held, lan) == 0)
    g_ptr_array_add (self->kept, call);
  else
    g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, call, NULL);
}

static void
fake_step_free (gpointer fake)
{
  FakeStep *self = fake;

  g_free (self->held);
  g_ptr_array_unref (self->kept);
  g_clear_object (&self->monitor);
  g_ptr_array_unref (self->log);
  g_free (self);
}

FakeStep *
fake_step_new (CsStepFlags flags, const char *name, GPtrArray *log, FakeMonitor *monitor)
{
  FakeStep *self = g_new0 (FakeStep, 1);

  self->type.name = name;
  self->type.flags = flags;
  self->type.prepare = prepare;
  self->type.apply_async = apply_async;
  self->type.free = fake_step_free;
  self->step = cs_step_new (&self->type, self);
  self->log = g_ptr_array_ref (log);
  self->monitor = monitor != NULL ? g_object_ref (monitor) : NULL;
  self->kept = g_ptr_array_new ();
  return self;
}

void
fake_step_unref (FakeStep *self)
{
  cs_step_unref (self->step);
}

void
fake_step_prepares (FakeStep *self)
{
  self->prepares = TRUE;
}

void
fake_step_cannot (FakeStep *self)
{
  self->prepares = TRUE;
  self->hopeless = TRUE;
}

void
fake_step_hold (FakeStep *self, const char *lan)
{
  g_free (self->held);
  self->held = g_strdup (lan);
  while (lan == NULL && self->kept->len > 0)
    g_idle_add_full (G_PRIORITY_DEFAULT, on_idle, g_ptr_array_steal_index (self->kept, 0),
                     NULL);
}

void
fake_step_fail (FakeStep *self, guint after, guint count)
{
  self->after = after;
  self->count = count;
}
