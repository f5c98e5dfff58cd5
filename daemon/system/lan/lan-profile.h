/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LAN's address where NetworkManager manages the device (CS_LAN_METHOD_PROFILE): a
 * profile that exists only while it is active ("volatile"), so that NetworkManager itself
 * knows, shows and keeps the address. What was active before is activated again at the
 * end. */
#pragma once

#include "lan-settings.h"

#include "core/plan/plan.h"
#include "system/nm/network-manager.h"

/* As a step's apply() for shares of this method; either may be NULL, both are of the same
 * LAN, and stay valid until the callback. */
void cs_lan_profile_apply_async (NMClient *client,
                                 const CsSharePlan *from,
                                 const CsSharePlan *to,
                                 GAsyncReadyCallback callback,
                                 gpointer user_data);
gboolean cs_lan_profile_apply_finish (GAsyncResult *result, GError **error);
