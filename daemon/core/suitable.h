/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an interface can have a part in a share at all, whatever the other shares are:
 * CS_ERROR_NOT_SUITABLE with the reason and the remedy. For the plan, and for who offers
 * interfaces to choose from. */
#pragma once

#include "snapshot.h"

/* @force: also if it carries the host's default route, or another connection. */
gboolean cs_lan_check (const CsInterface *lan,
                       gboolean force,
                       const CsSnapshot *snapshot,
                       GError **error);
/* @lans: the names (char *, unowned) of those that are LANs of other shares. */
gboolean cs_wan_check (const CsInterface *wan,
                       const GPtrArray *lans /* nullable */,
                       const CsSnapshot *snapshot,
                       GError **error);
