/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Flows of clients that are blocked from now on, which end either way. A client's
 * addresses are known from the kernel's neighbors. It may have forgotten one, of IPv6
 * above all; so the flows of an address of the LAN that is no other neighbor's end, too.
 * If it is a client's that is not blocked, its next packets begin them again. */
#pragma once

#include "core/plan/plan.h"
#include "system/netlink/ctnetlink.h"

typedef struct _CsBlockedFlows CsBlockedFlows;

/* (nullable) (transfer full): nobody is blocked who was not in @from (nullable). */
CsBlockedFlows *cs_blocked_flows_find (const CsSharePlan *from, const CsSharePlan *to);
void cs_blocked_flows_free (CsBlockedFlows *self);
gboolean
cs_blocked_flows_have (const CsBlockedFlows *self, const CsConnection *connection);

G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsBlockedFlows, cs_blocked_flows_free)
