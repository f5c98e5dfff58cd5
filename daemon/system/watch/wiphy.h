/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says about Wi-Fi devices: whether they can be access points, and on
 * which channels, in the region where the kernel believes it is. */
#pragma once

#include "core/value/snapshot.h"

#include <linux/netlink.h>

typedef struct _CsWiphy CsWiphy;

/* Calls @changed when the region or a device changes. */
CsWiphy *cs_wiphy_new (void (*changed) (gpointer), gpointer user_data);
void cs_wiphy_free (CsWiphy *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsWiphy, cs_wiphy_free)

/* Completes the Wi-Fi interfaces of @snapshot. What the kernel does not report stays
 * unknown. */
void cs_wiphy_fill (CsWiphy *self, CsSnapshot *snapshot);

/* Reads the properties of @interface from @message, one of a dump of
 * NL80211_CMD_GET_WIPHY or the reply to NL80211_CMD_GET_REG. */
void cs_wiphy_parse (const struct nlmsghdr *message, CsInterface *interface);
