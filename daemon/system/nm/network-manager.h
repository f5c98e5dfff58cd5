/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsNetworkManager: the one NMClient of the process, and a signal when what it knows
 * changes in a way that a snapshot shows. NetworkManager may be absent, come, go and
 * restart at any time; asking it something never starts it. */
#pragma once

#include "dial-log.h"

#define CS_TYPE_NETWORK_MANAGER (cs_network_manager_get_type ())
G_DECLARE_FINAL_TYPE (CsNetworkManager, cs_network_manager, CS, NETWORK_MANAGER, GObject)

/* Done when NetworkManager's objects have been read, or it is known not to run. */
void cs_network_manager_new_async (GDBusConnection *connection,
                                   GCancellable *cancellable,
                                   GAsyncReadyCallback callback,
                                   gpointer user_data);
CsNetworkManager *cs_network_manager_new_finish (GAsyncResult *result, GError **error);

NMClient *cs_network_manager_get_client (CsNetworkManager *self);
CsDialLog *cs_network_manager_get_dial_log (CsNetworkManager *self);

/* Whether @active (nullable) is active, or on its way there. */
gboolean cs_nm_is_alive (NMActiveConnection *active);

/* Signal "changed": the running state, a device, an active connection, an IPv4
 * configuration, a profile or the primary connection is different. One per burst; none
 * for access points, their strength, statistics, connectivity checks and the like. */
