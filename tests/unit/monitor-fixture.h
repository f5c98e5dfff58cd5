/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network monitor on a real kernel's network in namespaces of the test's own: lan0 and
 * wan0, whose other ends are far0 and far1. NetworkManager is not there. */
#pragma once

#include "system/watch/network-monitor.h"

typedef struct
{
  CsMonitor *monitor; /* (owned) */
  guint changes;      /* emissions */
} MonitorFixture;

typedef struct
{
  const char *path;
  void (*test) (MonitorFixture *f, gconstpointer data);
} MonitorTest;

/* Runs these, each with a fixture of its own, after g_test_init (); what main () returns.
 */
int monitor_run (const MonitorTest *tests, gsize count);

CsSnapshot *monitor_look (MonitorFixture *f);
/* Which must be there. */
const CsInterface *monitor_find (const CsSnapshot *snapshot, const char *name);

/* Runs the main loop until a change is announced, and a little longer. */
void monitor_await_change (MonitorFixture *f);
/* What has gathered so far is not news any more. */
void monitor_settle (MonitorFixture *f);
