/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Switching an interface on and off. */
#pragma once

#include "rtnetlink.h"

/* Whether it is there, and switched off. */
gboolean cs_link_is_off (const char *name);
/* One that is gone counts as off. @name is for the error. */
gboolean cs_link_switch (CsNetlink *netlink,
                         int ifindex,
                         const char *name,
                         gboolean on,
                         GError **error);
/* The same, with a socket of its own. */
gboolean cs_link_switch_on (int ifindex, const char *name, GError **error);
