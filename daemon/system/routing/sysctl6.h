/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "IPv6 forwarding": net.ipv6.conf.IF.force_forwarding of the LAN and of the
 * uplink where the kernel has it, or else the host-wide forwarding, with the accept_ra
 * that keeps the host's own routes; and what answers for the clients at the uplink. */
#pragma once

#include "engine/step.h"

CsStep *cs_sysctl6_step_new (void);
