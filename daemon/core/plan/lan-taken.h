/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a LAN: the share, another connection, or nobody. */
#pragma once

#include "share-plan.h"

/* When a connection of the user's on the LAN ends, the LAN is ours again, unless the
 * connection was ours. While one connection replaces another there is briefly none,
 * which is not an end. @lan and @before, what is in force, are nullable. */
CsLanTaken cs_lan_taken (const CsInterface *lan,
                         const CsRequest *request,
                         const CsSharePlan *before);
