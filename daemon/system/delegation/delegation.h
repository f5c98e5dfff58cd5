/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that has prefixes asked for where shares want them. */
#pragma once

#include "delegations.h"
#include "engine/step.h"

CsStep *cs_delegation_step_new (CsDelegations *delegations);
