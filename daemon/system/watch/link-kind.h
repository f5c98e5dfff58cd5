/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What kind of interface a link is. */
#pragma once

#include "system/netlink/rtnetlink.h"

/* May read sysfs. */
CsKind cs_link_kind (const CsLink *link);
