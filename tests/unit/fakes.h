/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A network and steps that exist in memory only, for the tests of the engine. */
#pragma once

#include "engine/monitor.h"
#include "engine/step.h"

#define FAKE_TYPE_MONITOR (fake_monitor_get_type ())
G_DECLARE_FINAL_TYPE (FakeMonitor, fake_monitor, FAKE, MONITOR, GObject)

/* lan0 and lan1 without addresses, ppp0 up with a default route. */
FakeMonitor *fake_monitor_new (void);
/* Plugs ppp0 in or out, and emits "changed". */
void fake_monitor_set_uplink (FakeMonitor *self, gboolean present);
/* What there is besides the LANs, in the words of network.h; emits "changed". */
void fake_monitor_set_more (FakeMonitor *self, const char *more);
/* How many were taken so far. */
guint fake_monitor_get_snapshots (FakeMonitor *self);
/* From now on snapshots show what the shares of @plan leave behind on the host. */
void fake_monitor_set_applied (FakeMonitor *self, const CsPlan *plan);

/* A step that only notes what it is asked for. */
typedef struct
{
  CsStepType type;
  CsStep *step;         /* which owns this */
  GPtrArray *log;       /* (owned) */
  FakeMonitor *monitor; /* (owned) (nullable) */
  char *held;           /* (owned) (nullable) a LAN */
  GPtrArray *kept;      /* (owned) of CsStepCall */
  gboolean prepares;
  gboolean hopeless;
  guint after;
  guint count;
} FakeStep;

/* Every call appends "NAME LAN FROM>TO", uplinks or "-" for a share that waits and "0"
 * for none, to @log (of char *), and is seen on @monitor (nullable). */
FakeStep *
fake_step_new (CsStepFlags flags, const char *name, GPtrArray *log, FakeMonitor *monitor);
void fake_step_unref (FakeStep *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (FakeStep, fake_step_unref)
/* From now on calls for @lan are not answered, NULL: all are, and those that were not. */
void fake_step_hold (FakeStep *self, const char *lan);
/* From now on calls of prepare() append "NAME prepares FROM>TO", too. */
void fake_step_prepares (FakeStep *self);
/* The same, and they say that it cannot succeed. */
void fake_step_cannot (FakeStep *self);
/* The @count calls after @after more fail with CS_ERROR_FAILED "NAME refuses". */
void fake_step_fail (FakeStep *self, guint after, guint count);
