/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which name servers a dnsmasq asks, told over its D-Bus interface. */
#pragma once

#include "core/plan.h"

#include <gio/gio.h>

/* Tells the dnsmasq of @share, process @pid, the plan's servers, unless it knows them.
 * Its
 * @directory keeps what it was told. @fresh: it was started just now, and knows none. */
void cs_dnsmasq_upstream_tell_async (GDBusConnection *bus,
                                     const CsSharePlan *share,
                                     const char *directory,
                                     int pid,
                                     gboolean fresh,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cs_dnsmasq_upstream_tell_finish (GAsyncResult *result, GError **error);
