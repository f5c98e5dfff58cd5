/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other packet filters that drop what a share lives by: an accept is not final, a drop
 * is, so one of them is enough. */
#pragma once

#include "flow.h"

typedef struct
{
  const CsFirewall *firewall; /* that it belongs to */
  const CsFilterChain *base;  /* the base chain on the hook */
  guint flows;                /* all that it drops, CS_FLOW_BIT () of each */
  guint certain;              /* those of them that it drops for certain */
  CsDrop drop;                /* the rule or policy ... */
  CsFlow flow;                /* ... for the first of these that is dropped for certain,
                                 or else the first */
} CsBlock;

/* What drops packets of @share on any hook, although our accepts are in, or, with
 * @without_ours, as if they were not: of CsBlock, at most one for a base chain, in the
 * order of a packet's way, valid as long as @snapshot is. Owned. */
GArray *cs_blocks_find (const CsSharePlan *share,
                        const CsSnapshot *snapshot,
                        gboolean without_ours);

/* Likewise, of what @share would send and receive by IPv6, if it had IPv6. */
GArray *cs_blocks_find6 (const CsSharePlan *share, const CsSnapshot *snapshot);

/* Whether it is where accepts of ours go: a chain of the filter table that all share who
 * use iptables(8), the older one too. */
gboolean cs_block_is_shared (const CsBlock *block);
/* Whether it drops any of the flows from @first to @last. */
gboolean cs_block_has (const CsBlock *block, CsFlow first, CsFlow last);
/* Whether the chain is one that iptables(8) keeps, the older one too; or firewalld's. */
gboolean cs_block_is_iptables (const CsBlock *block);
gboolean cs_block_is_firewalld (const CsBlock *block);
/* Whether another zone of firewalld for the LAN would help. */
gboolean cs_block_is_for_zone (const CsBlock *block);
/* Whose filter it is: "ufw", "Docker", "firewalld", "iptables", or "nftables (inet
 * mine)". Owned, as the following are. */
char *cs_block_owner (const CsBlock *block);
/* "chain forward of table inet mine drops what clients of lan0 send to ppp0 (its policy)"
 */
char *cs_block_describe (const CsBlock *block, const CsSharePlan *share);
/* The commands that would open it. */
char *cs_block_remedy (const CsBlock *block, const CsSharePlan *share);
/* Why we could not open it ourselves; NULL: we have not tried, or it is open. */
const char *cs_block_refusal (const CsBlock *block,
                              const CsSharePlan *share,
                              const CsSnapshot *snapshot);
