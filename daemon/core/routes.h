/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of main's routes for the table of a share. */
#pragma once

#include "snapshot.h"

/* Appends to @routes (of CsRoute) main's routes through @ifindex whose destination is
 * @wanted: those on link first, as the kernel looks a gateway up when its route is added;
 * of two to one destination that of the lower metric; .table and .metric 0. */
void cs_routes_add_main (GArray *routes,
                         int ifindex,
                         gboolean (*wanted) (CsCidr),
                         const CsSnapshot *snapshot);
