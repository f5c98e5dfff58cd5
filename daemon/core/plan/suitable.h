/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an interface can be the LAN or WAN of a share at all, whatever the other
 * shares are: CS_ERROR_NOT_SUITABLE with the reason. For the plan, and for listing the
 * interfaces that can be chosen. */
#pragma once

#include "core/value/snapshot.h"
#include "core/value/unfit.h"

/* @force: even if it carries the host's default route, or another connection. */
gboolean cs_lan_check (const CsInterface *lan,
                       gboolean force,
                       const CsSnapshot *snapshot,
                       GError **error);
/* @lans: the names (char *, unowned) of those that are LANs of other shares. */
gboolean cs_wan_check (const CsInterface *wan,
                       const GPtrArray *lans /* nullable */,
                       const CsSnapshot *snapshot,
                       GError **error);

/* The same as a code. */
CsUnfit cs_lan_unfit (const CsInterface *lan, gboolean force, const CsSnapshot *snapshot);
CsUnfit cs_wan_unfit (const CsInterface *wan, const GPtrArray *lans /* nullable */);
