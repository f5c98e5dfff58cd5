/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The interface's own code: dispatch and the signal. */
#include "monitor.h"

G_DEFINE_INTERFACE (CsMonitor, cs_monitor, G_TYPE_OBJECT)

static guint changed_signal;

static void
cs_monitor_default_init (CsMonitorInterface *iface)
{
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_INTERFACE (iface),
                                 G_SIGNAL_RUN_LAST, 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

CsSnapshot *
cs_monitor_snapshot (CsMonitor *self, GError **error)
{
  return CS_MONITOR_GET_IFACE (self)->snapshot (self, error);
}

void
cs_monitor_mind (CsMonitor *self, GPtrArray *requests)
{
  CsMonitorInterface *iface = CS_MONITOR_GET_IFACE (self);

  if (iface->mind != NULL)
    iface->mind (self, requests);
}

void
cs_monitor_emit_changed (CsMonitor *self)
{
  g_signal_emit (self, changed_signal, 0);
}
