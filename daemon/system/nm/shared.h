/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connections that NetworkManager shares itself: their profile's IPv4 method is
 * "shared". */
#pragma once

#include "network-manager.h"

gboolean cs_nm_is_shared (NMActiveConnection *active);

/* Deactivates the one on @lan as "nmcli connection down" does, so that it does not come
 * back by itself; done when NetworkManager has begun with it, or there is none. */
void cs_nm_end_shared_async (CsNetworkManager *nm,
                             const char *lan,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cs_nm_end_shared_finish (GAsyncResult *result, GError **error);
