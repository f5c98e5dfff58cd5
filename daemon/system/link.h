/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching an interface on and off. */
#pragma once

#include "netlink.h"

/* One that is gone counts as off. @name is for the error. */
gboolean cs_link_switch (CsNetlink *netlink,
                         int ifindex,
                         const char *name,
                         gboolean on,
                         GError **error);
