/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What was found on the host before a share first changed it, to be put back. */
#pragma once

#include "plan-list.h"

/* Fills the found_ fields of @share, which is otherwise planned: from @snapshot or, if
 * a share that is in force, or partly, has changed the same thing already, from @previous
 * (nullable). */
void
cs_found_fill (CsSharePlan *share, const CsPlan *previous, const CsSnapshot *snapshot);
