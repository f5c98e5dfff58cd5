/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sets the name servers that a dnsmasq uses, over its D-Bus interface. */
#pragma once

#include "core/plan/plan.h"

#include <gio/gio.h>

/* Gives the dnsmasq of @share, process @pid, the plan's servers, unless it has them
 * already, and records them in its @directory. @fresh: it has just started, and has
 * none. */
void cs_dnsmasq_upstream_tell_async (GDBusConnection *bus,
                                     const CsSharePlan *share,
                                     const char *directory,
                                     int pid,
                                     gboolean fresh,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
/* CS_ERROR_TIMEOUT: it is not on the bus. */
gboolean cs_dnsmasq_upstream_tell_finish (GAsyncResult *result, GError **error);
