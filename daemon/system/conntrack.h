/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that makes the kernel forget a client's flows by an uplink that is no longer
 * the share's. Masquerade gives a flow its address once; the kernel drops such flows when
 * their interface or address goes, but not when a better uplink takes over while the old
 * one stays: then they would be sent with the wrong address for as long as they are used.
 * And those of a network that the share no longer has. */
#pragma once

#include "engine/step.h"

#define CS_TYPE_CONNTRACK_STEP (cs_conntrack_step_get_type ())
G_DECLARE_FINAL_TYPE (CsConntrackStep, cs_conntrack_step, CS, CONNTRACK_STEP, GObject)

CsStep *cs_conntrack_step_new (void);
