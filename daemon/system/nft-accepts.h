/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The accepts of shares in the chains that iptables-nft keeps; which ones, opening.h
 * says. They are rules that iptables can list, save and delete, with the comment
 * "connshare". */
#pragma once

#include "core/plan.h"

/* Whether that would change anything; to be asked first, as changing takes a while. */
gboolean cs_nft_accepts_are_due (const CsPlan *plan, const CsSharePlan *to);
/* Puts the accepts of @to (nullable) in, each at the top of its chain and once; takes all
 * others of ours out that no share of @plan wants. In a worker thread. */
gboolean cs_nft_accepts_apply (const CsPlan *plan, const CsSharePlan *to, GError **error);
