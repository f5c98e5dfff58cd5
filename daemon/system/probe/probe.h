/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Gathers the facts for a diagnosis: asks name servers and polkit, all at once and with a
 * time limit, and checks the kernel and /proc from a worker thread. */
#pragma once

#include "core/check/facts.h"
#include "core/plan/plan.h"

#include <gio/gio.h>

/* @shown (transfer full): the shares to check. @applied (nullable, transfer full): what
 * is in force, NULL while that changes. @runtime_dir: where each share has its directory,
 * see dnsmasq.h. */
void cs_probe_async (GDBusConnection *bus,
                     const char *runtime_dir,
                     CsPlan *shown,
                     CsPlan *applied,
                     GAsyncReadyCallback callback,
                     gpointer user_data);
/* Does not fail: whatever cannot be determined counts as right. (transfer full) */
CsFacts *cs_probe_finish (GAsyncResult *result);
