/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was found on the host before a share first changed it, to be put back. */
#pragma once

#include "plan.h"

/* Fills the found_ fields of @share, all else of which is planned, from @snapshot, or
 * from
 * @previous (nullable) where a share in force has changed the same thing already. */
void
cs_found_fill (CsSharePlan *share, const CsPlan *previous, const CsSnapshot *snapshot);
