/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Generic netlink, whose families and groups get their numbers when they are loaded. */
#pragma once

#include "netlink.h"

/* The number of family @name, which the kernel loads if it can; 0: it has none. @groups
 * gets those of @group_names (NULL-terminated) that it knows, and ends with 0. */
guint16 cs_genl_resolve (CsNetlink *self,
                         const char *name,
                         const char *const *group_names,
                         int *groups);
