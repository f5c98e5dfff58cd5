/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "LAN address": the gateway's address on the LAN, by the plan's lan_method. */
#pragma once

#include "engine/step.h"
#include "system/nm/network-manager.h"

CsStep *cs_lan_step_new (CsNetworkManager *nm);
