/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The state of a planned share, and why, in words: .state, .reason and .message. */
#pragma once

#include "share-plan.h"
#include "choice.h"

/* For @share, which is otherwise planned. @lan NULL: it does not exist for the share. */
void cs_plan_state (CsSharePlan *share,
                    const CsRequest *request,
                    const CsInterface *lan,
                    const CsUplink *uplink,
                    const CsSnapshot *snapshot);
/* For one that cannot be planned. */
void cs_plan_state_fail (CsSharePlan *share, const GError *error);
