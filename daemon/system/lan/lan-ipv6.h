/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "LAN IPv6": the gateway's IPv6 addresses on the LAN, whoever manages the
 * device, and the two of its settings that they depend on. */
#pragma once

#include "engine/step.h"

CsStep *cs_lan_ipv6_step_new (void);
