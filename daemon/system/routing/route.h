/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "routes": the share's own routing table and the policy rules that lead to it.
 */
#pragma once

#include "engine/step.h"

CsStep *cs_route_step_new (void);
