/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the host must look like, computed from requests and a snapshot, without side
 * effects. */
#pragma once

#include "plan-list.h"

/* @requests of CsRequest, oldest first; @previous is what is in force (nullable). */
CsPlan *cs_plan_new (const GPtrArray *requests,
                     const CsSnapshot *snapshot,
                     const CsPlan *previous);
/* What one more share, for @request, would be beside those of @plan, which are in
 * force: its plan (transfer full), which may be nothing but an .error. @requests as
 * above, those of @plan. */
CsSharePlan *cs_plan_one_more (const CsPlan *plan,
                               const GPtrArray *requests,
                               const CsRequest *request,
                               const CsSnapshot *snapshot);
