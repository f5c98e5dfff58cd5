/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "forwarding": net.ipv4.conf.IF.forwarding of the LAN and of the uplink, and
 * net.ipv4.conf.UPLINK.rp_filter where it was strict; never the host-wide ip_forward. */
#pragma once

#include "engine/step.h"

CsStep *cs_sysctl_step_new (void);
