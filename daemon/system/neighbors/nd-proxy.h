/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that has this computer answer, on the uplink's link, for clients that have
 * addresses of the uplink's own network. */
#pragma once

#include "engine/step.h"

CsStep *cs_nd_proxy_step_new (void);
