/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of table "inet connshare". Base chains have a constant number of rules, which
 * find a share's own chains and counters by maps and its subnets in a set, so a packet's
 * cost does not grow with the number of shares. The named counters sent_LAN and received_LAN
 * outlive a change of the share; its chains are filled anew, and of its entries in maps
 * and sets only those are touched that differ. All names went through cs_ifname_check ();
 * none is a keyword of nft as all carry a prefix. */
#pragma once

#include "plan.h"

/* Makes the table with all of @plan, from whatever is there: one transaction, which
 * begins with the text of cs_ruleset_render_end (). */
char *cs_ruleset_render (const CsPlan *plan);

/* One transaction from share @from to share @to, either NULL for none, in a table that
 * has @from. With NULL, NULL: "". The table itself is made by cs_ruleset_render () and
 * removed by cs_ruleset_render_end (). */
char *cs_ruleset_render_change (const CsSharePlan *from, const CsSharePlan *to);
char *cs_ruleset_render_end (void);

/* A table of its own, "netdev connshare_LAN", that refuses what clients send while @share
 * (nullable) waits; "" for one that does not. In place of what is there, and in a
 * transaction of its own, as older kernels refuse it. */
char *cs_ruleset_render_refusal (const CsSharePlan *share);
/* The end of that, if @share has it. */
char *cs_ruleset_render_refusal_end (const CsSharePlan *share);
