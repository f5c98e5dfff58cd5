/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What IPv6 had found of the host before any share changed it. */
#pragma once

#include "share-plan.h"

/* Sets .ipv6.raised and .ipv6.found_* of @share, which is planned otherwise.
 * @changers: of CsSharePlan, all that may have changed anything. */
void cs_found_fill_ipv6 (CsSharePlan *share,
                         const GPtrArray *changers,
                         const CsSnapshot *snapshot);
