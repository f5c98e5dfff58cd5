/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that tells clients of a move: when a LAN gets another network, because its own
 * came up on the uplink, their leases are useless, and DHCP has no way to say so that
 * clients heed. Pulling a cable and putting it back works: every system then asks again,
 * and is refused the old address. So the link is switched off and on, once. */
#pragma once

#include "engine/step.h"

CsStep *cs_bounce_step_new (void);
