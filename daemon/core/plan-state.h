/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a share as it is planned, and why, in words: .state, .reason and .message.
 */
#pragma once

#include "plan.h"
#include "uplink.h"

/* Of @share, the rest of which is planned. @lan NULL: it is not there for the share. */
void cs_plan_state (CsSharePlan *share,
                    const CsRequest *request,
                    const CsInterface *lan,
                    const CsUplink *uplink,
                    const CsSnapshot *snapshot);
/* Of one that cannot be planned. */
void cs_plan_state_fail (CsSharePlan *share, const GError *error);
