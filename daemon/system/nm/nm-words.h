/* SPDX-License-Identifier: GPL-2.0-or-later */
/* NetworkManager's reasons as words, from the names in libnm's enumerations. */
#pragma once

#include <NetworkManager.h>

/* "ip config unavailable"; transfer full. */
char *cs_nm_words_of_device (NMDeviceStateReason reason);
/* Whether it is about pppd, whose own log says more. */
gboolean cs_nm_is_ppp (NMDeviceStateReason reason);
/* Why @active ended: the device's reason where its own says nothing; transfer full. */
char *
cs_nm_words_of_active (NMActiveConnection *active, NMActiveConnectionStateReason reason);
