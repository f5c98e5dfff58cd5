/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Late answers to flows that were ended: once a flow's entry is gone from the kernel's
 * connection tracking, its answers are addressed to this computer itself, which replies
 * with an error that quotes them, over whatever route it has to the sender. The kernel
 * itself drops the entries of a masqueraded link that is switched off, so not all flows
 * are known at the end of a share. */
#pragma once

#include "core/plan/share-plan.h"

/* Drops the answers to @flows, messages of ctnetlink, for a while; call it before ending
 * them, in any thread. Errors about what still comes to the uplinks of @ended (nullable),
 * a share that ends, leave only by the same uplink. Best effort: does nothing on a kernel
 * without support (before Linux 5.12). */
void cs_strays_drop (const GPtrArray *flows, const CsSharePlan *ended);
