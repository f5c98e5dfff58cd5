/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The LAN's address where NetworkManager does not manage the device
 * (CS_LAN_METHOD_ADDRESS): rtnetlink sets it, and switches the link on if it was off. */
#pragma once

#include "core/plan/plan.h"

/* As a step's apply() for shares of this method; either may be NULL. The kernel answers
 * within the call. */
gboolean
cs_lan_address_apply (const CsSharePlan *from, const CsSharePlan *to, GError **error);
