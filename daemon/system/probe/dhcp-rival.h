/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who serves DHCP on a LAN. */
#pragma once

#include "core/check/facts.h"
#include "core/plan/share-plan.h"

/* Sets @facts' .dhcp_missing and .dhcp_owner; its .server_pid is that of our own
 * server. */
void cs_dhcp_rival_find (const CsSharePlan *share, CsShareFacts *facts);
