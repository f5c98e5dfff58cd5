/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients of a LAN that have addresses of the uplink's own network: found, made
 * reachable from both sides, and forgotten. */
#pragma once

#include "core/plan/share-plan.h"

typedef struct _CsExtendedLan CsExtendedLan;

CsExtendedLan *cs_extended_lan_new (void);
/* From now on, what @share says: its networks, and whether this computer answers for
 * clients at the uplink. Whatever is missing in the kernel is added. */
gboolean cs_extended_lan_follow (CsExtendedLan *self, CsSharePlan *share, GError **error);
/* Leaves what is in the kernel as it is. */
void cs_extended_lan_free (CsExtendedLan *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsExtendedLan, cs_extended_lan_free)
