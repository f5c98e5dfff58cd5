/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the kernel says of Wi-Fi devices: whether they can be access points, and on which
 * channels in the region that it believes to be in. */
#pragma once

#include "core/snapshot.h"

#include <linux/netlink.h>

/* Completes the Wi-Fi interfaces of @snapshot. What the kernel does not tell stays
 * unknown. */
void cs_wiphy_fill (CsSnapshot *snapshot);

/* Takes from @message, one of a dump of NL80211_CMD_GET_WIPHY or the reply to
 * NL80211_CMD_GET_REG, what it says of @interface. */
void cs_wiphy_parse (const struct nlmsghdr *message, CsInterface *interface);
