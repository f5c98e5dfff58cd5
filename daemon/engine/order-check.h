/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a plan may be what an order leads to. */
#pragma once

#include "core/plan/plan.h"

/* A new share must have its device, and a new WAN must be one that can exist; what is
 * known already, as @previous (nullable), may wait for both. */
gboolean cs_order_check_share (const CsPlan *plan,
                               const CsRequest *request,
                               const CsRequest *previous,
                               GError **error);
/* An order for one share must not end another: @plan is for @requests, which had
 * @previous (nullable) for @lan before. */
gboolean cs_order_check_others (const CsPlan *plan,
                                const GPtrArray *requests,
                                const char *lan,
                                const CsRequest *previous,
                                const CsSnapshot *snapshot,
                                const CsPlan *applied,
                                GError **error);
