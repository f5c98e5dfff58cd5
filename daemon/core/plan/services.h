/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share's clients get besides the way out: DHCP and DNS, and what limits each. */
#pragma once

#include "share-plan.h"

/* Plans them for @share, whose LAN and address are planned. @before is what is in force
 * for the same LAN (nullable), @uplink is nullable. */
void cs_services_plan (CsSharePlan *share,
                       const CsRequest *request,
                       const CsSharePlan *before,
                       const CsInterface *uplink,
                       const CsSnapshot *snapshot);
