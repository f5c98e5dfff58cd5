/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The port mappings of shares in the packet filter, right behind its rules. */
#pragma once

#include "forwards.h"

#include "engine/step.h"

CsStep *cs_forwards_step_new (CsForwards *forwards);
