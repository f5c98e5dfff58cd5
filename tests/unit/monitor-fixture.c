/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two pairs of veth devices, made with ip(8). */
#include "monitor-fixture.h"

#include "private-net.h"
#include "turn.h"

static void
on_changed (CsMonitor *monitor, gpointer user_data)
{
  MonitorFixture *f = user_data;

  f->changes++;
}

void
monitor_await_change (MonitorFixture *f)
{
  for (int i = 0; i < 3000 && f->changes == 0; i++)
    turn (10);
  g_assert_cmpuint (f->changes, >=, 1);
  turn (20);
}

CsSnapshot *
monitor_look (MonitorFixture *f)
{
  g_autoptr (GError) error = NULL;
  CsSnapshot *snapshot = cs_monitor_snapshot (f->monitor, &error);

  g_assert_no_error (error);
  return snapshot;
}

void
monitor_settle (MonitorFixture *f)
{
  g_autoptr (CsSnapshot) snapshot = NULL;

  turn (50);
  snapshot = monitor_look (f);
  f->changes = 0;
}

static void
set_up (MonitorFixture *f, gconstpointer data)
{
  g_autoptr (GError) error = NULL;

  private_net_ip_batch ("link add lan0 type veth peer name far0\n"
                        "link add wan0 mtu 1400 type veth peer name far1\n"
                        "link set lan0 up\n"
                        "link set far0 up\n"
                        "link set wan0 up\n"
                        "address add 198.18.0.2/24 dev wan0\n");
  f->monitor = cs_network_monitor_new (NULL, NULL, NULL, NULL, NULL, &error);
  g_assert_no_error (error);
  g_signal_connect (f->monitor, "changed", G_CALLBACK (on_changed), f);
}

static void
tear_down (MonitorFixture *f, gconstpointer data)
{
  g_object_unref (f->monitor);
  private_net_ip_batch ("link del lan0\nlink del wan0\n");
}

const CsInterface *
monitor_find (const CsSnapshot *snapshot, const char *name)
{
  const CsInterface *interface = cs_snapshot_find (snapshot, name);

  g_assert_nonnull (interface);
  return interface;
}

int
monitor_run (const MonitorTest *tests, gsize count)
{
  for (gsize i = 0; i < count; i++)
    g_test_add (tests[i].path, MonitorFixture, NULL, set_up, tests[i].test, tear_down);
  return g_test_run ();
}
