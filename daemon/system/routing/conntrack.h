/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that makes the kernel forget a client's flows over an uplink that is no longer
 * the share's. Masquerade gives a flow its address once; the kernel drops such flows when
 * their interface or address goes, but not when a better uplink takes over while the old
 * one stays: then they would be sent with the wrong address for as long as they are used.
 * It also forgets those of a network that the share no longer has. */
#pragma once

#include "engine/step.h"

CsStep *cs_conntrack_step_new (void);
