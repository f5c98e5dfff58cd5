/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Ends flows that a port mapping no longer has, or that a new one would have had. */
#pragma once

#include "core/value/cidr.h"
#include "core/value/forward-table.h"

#include <gio/gio.h>

/* Of @forward, which led from @uplinks (of CsAddress): all that were begun to its ports,
 * but those that lead to @client (nullable); and by IPv6 those that came to @addresses6
 * (of CsAddress) from beyond @networks6 (of CsCidr). Before that, the packet filter gets
 * what is wanted by now, so that no more begin. In a worker thread. */
void cs_forward_flows_end_async (const CsForward *forward,
                                 const GArray *uplinks,
                                 const CsAddress *client,
                                 const GArray *addresses6,
                                 const GArray *networks6,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cs_forward_flows_end_finish (GAsyncResult *result, GError **error);
