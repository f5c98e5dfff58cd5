/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6's part of the step "forwarding": net.ipv6.conf.IF.force_forwarding of the LAN and
 * of the uplink where the kernel has it, or else the host-wide forwarding, with the
 * accept_ra that keeps the host's own routes; and what answers for the clients at the
 * uplink. */
#pragma once

#include "engine/step.h"

gboolean cs_sysctl6_apply (const CsStepCall *call, GError **error);
