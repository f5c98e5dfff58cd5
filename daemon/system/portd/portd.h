/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "portd": serves the clients of a share who ask for port mappings themselves,
 * by one connshare-portd per share. */
#pragma once

#include "system/forwards/forwards.h"

#include "engine/step.h"

/* @program: connshare-portd. */
CsStep *cs_portd_step_new (const char *program, CsForwards *forwards);
