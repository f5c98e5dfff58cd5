/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "ruleset": table "inet connshare" in the kernel. */
#pragma once

#include "engine/step.h"
#include "nft-table.h"

#define CS_TYPE_NFT_STEP (cs_nft_step_get_type ())
G_DECLARE_FINAL_TYPE (CsNftStep, cs_nft_step, CS, NFT_STEP, GObject)

CsStep *cs_nft_step_new (void);
