/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "LAN address": the gateway's address on the LAN, by the plan's lan_method. */
#pragma once

#include "network-manager.h"

#include "engine/step.h"

#define CS_TYPE_LAN_STEP (cs_lan_step_get_type ())
G_DECLARE_FINAL_TYPE (CsLanStep, cs_lan_step, CS, LAN_STEP, GObject)

CsStep *cs_lan_step_new (CsNetworkManager *nm);
