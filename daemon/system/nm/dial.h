/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that brings up the profile of a share's WAN, like dialing a modem. It only
 * starts the activation: the next snapshots show the outcome, and a profile that takes a
 * minute delays nobody. When the share ends, the connection stays: it is the user's own,
 * and others may use it by now. */
#pragma once

#include "network-manager.h"

#include "engine/step.h"

CsStep *cs_dial_step_new (CsNetworkManager *nm);
