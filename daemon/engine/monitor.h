/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsMonitor: the network, as snapshots, with a signal when the next would differ. */
#pragma once

#include "core/snapshot.h"

#include <gio/gio.h>

#define CS_TYPE_MONITOR (cs_monitor_get_type ())
G_DECLARE_INTERFACE (CsMonitor, cs_monitor, CS, MONITOR, GObject)

struct _CsMonitorInterface
{
  GTypeInterface parent;
  CsSnapshot *(*snapshot) (CsMonitor *self, GError **error);
};

/* From what is known already and a few netlink dumps; does not wait for anybody. */
CsSnapshot *cs_monitor_snapshot (CsMonitor *self, GError **error);

/* Emits "changed": the network is different. Several causes may share one emission. */
void cs_monitor_emit_changed (CsMonitor *self);
