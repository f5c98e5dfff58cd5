/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that tells clients of a move: when a LAN has got another network, as its own
 * came up on the uplink, their leases are good for nothing, and DHCP has no way to say so
 * that clients heed. A cable that is pulled and put back has: every system then asks
 * anew, and is refused the old address. So the link is switched off and on, once. */
#pragma once

#include "engine/step.h"

#define CS_TYPE_RENEW_STEP (cs_renew_step_get_type ())
G_DECLARE_FINAL_TYPE (CsRenewStep, cs_renew_step, CS, RENEW_STEP, GObject)

CsStep *cs_renew_step_new (void);
