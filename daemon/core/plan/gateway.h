/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share's gateway address and the networks that it serves. */
#pragma once

#include "share-plan.h"
#include "subnet.h"

/* Sets address and subnets of @share, whose LAN is planned. @before is what is in
 * force for it (nullable), @taken of CsTaken what the other shares have. The error is
 * CS_ERROR_ADDRESS_CONFLICT. */
gboolean cs_gateway_plan (CsSharePlan *share,
                          const CsRequest *request,
                          const CsSharePlan *before,
                          const GArray *taken,
                          const CsSnapshot *snapshot,
                          GError **error);
