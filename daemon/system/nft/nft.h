/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "ruleset": table "inet connshare" in the kernel. */
#pragma once

#include "nft-table.h"

#include "engine/step.h"

CsStep *cs_nft_step_new (void);
/* CS_EXTRA_BIT () of each extra that the kernel has refused. From any thread. */
guint cs_nft_get_lacking (void);
