/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsMonitor: the network, as snapshots, with a signal when the next would differ. */
#pragma once

#include "core/value/snapshot.h"

#include <gio/gio.h>

#define CS_TYPE_MONITOR (cs_monitor_get_type ())
G_DECLARE_INTERFACE (CsMonitor, cs_monitor, CS, MONITOR, GObject)

struct _CsMonitorInterface
{
  GTypeInterface parent;
  CsSnapshot *(*snapshot) (CsMonitor *self, GError **error);
  void (*mind) (CsMonitor *self, GPtrArray *requests); /* (nullable) */
};

/* From what is known already, without waiting. */
CsSnapshot *cs_monitor_snapshot (CsMonitor *self, GError **error);

/* From now on, links that do nothing and that none of @requests (of CsRequest, as they
 * are by then) is about may come and go without a "changed": those of containers. Before
 * that, and with NULL, every link counts. */
void cs_monitor_mind (CsMonitor *self, GPtrArray *requests);

/* Emits "changed": the network is different. Several causes may share one emission. */
void cs_monitor_emit_changed (CsMonitor *self);
