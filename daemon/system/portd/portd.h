/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "portd": serves the clients of a share who ask for port mappings themselves,
 * by one connshare-portd per share. */
#pragma once

#include "system/forwards/forwards.h"

#include "engine/step.h"

/* Why clients of @lan, who may ask, cannot (nullable): in words, until the next step. */
const char *cs_portd_find_problem (const char *lan);

/* By @step, clients of @lan are told the address @upstream, of the router behind the
 * uplink, instead of the uplink's; unset: not. */
void cs_portd_set_upstream (CsStep *step, const char *lan, CsAddress upstream);

/* @program: connshare-portd. */
CsStep *cs_portd_step_new (const char *program, CsForwards *forwards);
