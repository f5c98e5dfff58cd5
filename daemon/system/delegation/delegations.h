/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the networks at uplinks for prefixes, and remembers what they have delegated. */
#pragma once

#include "core/plan/plan.h"

#include <gio/gio.h>

#define CS_TYPE_DELEGATIONS (cs_delegations_get_type ())
G_DECLARE_FINAL_TYPE (CsDelegations, cs_delegations, CS, DELEGATIONS, GObject)

/* Signal: "changed", other prefixes are delegated than before. @folder: for its files. */
CsDelegations *cs_delegations_new (const char *folder);
/* From now on, the uplinks of @plan for which shares want prefixes are asked, and no
 * others. */
void cs_delegations_follow (CsDelegations *self, const CsPlan *plan);
/* Fills in .delegated of the interfaces. */
void cs_delegations_fill (CsDelegations *self, CsSnapshot *snapshot);
