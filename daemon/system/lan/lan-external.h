/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A NetworkManager that starts while a LAN has its address from us
 * (CS_LAN_METHOD_ADDRESS) takes that address for somebody else's: it makes up a profile
 * for the device, shows it as "connected (externally)", and leaves it so when the address
 * is gone. */
#pragma once

#include "core/plan/plan.h"

#include <NetworkManager.h>

/* Ends such a connection of @share's LAN, whose address has just been removed. One that
 * stands for anything else, an address or ports of the device, stays. The callback gets
 * NetworkManager's error. */
void cs_lan_external_end_async (NMClient *client,
                                const CsSharePlan *share,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cs_lan_external_end_finish (GAsyncResult *result, GError **error);
