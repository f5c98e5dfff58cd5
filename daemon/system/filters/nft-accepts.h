/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The accepts of shares in the chains that iptables-nft keeps; opening.h says which. They
 * are rules that iptables can list, save and delete, with the comment "connshare". */
#pragma once

#include "core/plan/plan.h"

#define CS_NFT_ACCEPTS_TABLES 2

/* Whether cs_nft_accepts_apply () would change anything; check this first, because
 * changing takes a while. */
gboolean cs_nft_accepts_are_due (const CsPlan *plan, const CsSharePlan *to);
/* Inserts the accepts of @to (nullable), each at the top of its chain and once; removes
 * all others of ours that no share of @plan wants. Call it in a worker thread. @errors,
 * all NULL before, are those (owned) of CS_OPENING_TABLE and CS_OPENING_TABLE6, which do
 * not depend on each other. */
void cs_nft_accepts_apply (const CsPlan *plan, const CsSharePlan *to, GError *errors[]);
