/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that brings up the profile of a share's WAN, as a modem is dialed. It only
 * gives the order: what becomes of it is seen in the next snapshots, and a profile that
 * takes a minute delays nobody. At the end of the share the connection stays: it is the
 * user's own, and others may use it by now. */
#pragma once

#include "network-manager.h"

#include "engine/step.h"

#define CS_TYPE_DIAL_STEP (cs_dial_step_get_type ())
G_DECLARE_FINAL_TYPE (CsDialStep, cs_dial_step, CS, DIAL_STEP, GObject)

CsStep *cs_dial_step_new (CsNetworkManager *nm);
