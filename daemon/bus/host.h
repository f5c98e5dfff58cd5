/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the D-Bus objects ask of the host itself, past the engine, as it changes nothing
 * and no pass is needed for it: main.c gives them these functions of system/. */
#pragma once

#include "core/facts.h"
#include "core/plan.h"

#include <gio/gio.h>

typedef struct
{
  /* FALSE if there is no share of this LAN in the kernel. */
  gboolean (*read_counters) (const char *lan, CsCounters *counters);
  /* See system/probe.h. */
  void (*probe_async) (GDBusConnection *bus,
                       const char *runtime_dir,
                       CsPlan *shown,
                       CsPlan *applied,
                       GAsyncReadyCallback callback,
                       gpointer user_data);
  CsFacts *(*probe_finish) (GAsyncResult *result);
} CsBusHost;
