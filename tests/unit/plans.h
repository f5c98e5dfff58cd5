/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests in a few words, and plans in a line, for tables of tests.
 *
 * Requests are statements, as those of network.h:
 *
 *   LAN via WAN [keep-lan] [force] [temporary] [no-dial] [address=CIDR] [dns=A,B]
 *     [rebind=DOMAIN,DOMAIN] [ssid=NAME] [passphrase=TEXT] [security=WORD] [band=WORD]
 *     [channel=N] [hidden] [isolate] [limit=MEGABYTES] [limit-period=WORD]
 *
 * They are complete, but for those with the word "incomplete": the access point of one is
 * "desk" with "aaaa-aaaa-aaaa".
 */
#pragma once

#include "core/plan/plan.h"

/* CsRequest (owned). */
GPtrArray *requests_parse (const char *text);

/* The plan of @requests in @network, @previous (nullable) being in force. */
CsPlan *plan_in (const char *requests, const char *network, const CsPlan *previous);

/* All of a plan in one line, for patterns: "active none: MESSAGE | lan=lan0 | ... |",
 * with the keys of the ledger, and "better"; what is absent has no key. */
char *plan_summary (const CsSharePlan *share);

/* Asserts that the summaries of the shares match @patterns, as g_pattern_match_simple ()
 * has them, NULL-terminated unless there are three. */
void plan_assert (const CsPlan *plan, const char *const *patterns);
