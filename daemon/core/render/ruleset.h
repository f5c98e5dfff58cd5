/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of table "inet connshare". Base chains have a constant number of rules,
 * which find a share's own chains and counters by maps and its subnets in a set, so a
 * packet's cost does not grow with the number of shares. The named counters sent_LAN
 * and received_LAN survive a change of the share; its chains are refilled, and only
 * those of its entries in maps and sets are touched that differ. All names have passed
 * cs_ifname_check (); none is a keyword of nft, because all carry a prefix. */
#pragma once

#include "outline.h"

#include "core/plan/plan-list.h"

/* Of family inet; with "_" and a LAN's name, escaped, of family netdev: what rejects. */
#define CS_NFT_TABLE "connshare"

/* Makes the table with all of @plan, whatever is there: one transaction, which begins
 * with the text of cs_ruleset_render_end (). */
char *cs_ruleset_render (const CsPlan *plan);

/* The two parts of that behind the end of the table that was there; counters may be added
 * in between, which then go on. @usages (of CsDataUsage, nullable) is what counts for
 * limits.
 * @lacking: CS_EXTRA_BIT () of each extra that the kernel
 * cannot do. */
char *cs_ruleset_render_frame (guint lacking);
char *cs_ruleset_render_shares (const CsPlan *plan, const GPtrArray *usages);
/* The outline of both; a chain without a rule is not in it. Owned. */
CsOutline *cs_ruleset_outline (const CsPlan *plan, guint lacking);

/* One transaction from share @from to share @to, either NULL for none, in a table that
 * has @from and the other shares of @plan (nullable). @usage (nullable) is that of @to.
 * With NULL, NULL: "". The table itself is made by cs_ruleset_render () and removed by
 * cs_ruleset_render_end (). */
char *cs_ruleset_render_change (const CsSharePlan *from,
                                const CsSharePlan *to,
                                const CsPlan *plan,
                                const CsDataUsage *usage);
char *cs_ruleset_render_end (void);

/* Exchanges the ports that this computer itself listens on: @ports are the elements of
 * the set, "tcp . 22". In a table that is there. */
char *cs_ruleset_render_own_ports (const GPtrArray *ports);

/* A separate table, "netdev connshare_LAN", that refuses what clients send while
 * @share (nullable) waits; "" if it does not wait. It replaces what is there, in a
 * transaction of its own, because older kernels refuse it. */
char *cs_ruleset_render_reject_table (const CsSharePlan *share);
/* Removes that, if @share has it. */
char *cs_ruleset_render_reject_table_end (const CsSharePlan *share);
