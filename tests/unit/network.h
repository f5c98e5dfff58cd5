/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks, requests and plans in a few words, for tables of tests.
 *
 * A network is statements, separated by ';':
 *   link NAME [WORD...]     an interface: up, with a link, Ethernet, MTU 1500, not
 * managed by NetworkManager, not forwarding, with ifindex 2, 3, ... ethernet wifi ppp vpn
 * bridge loopback · down unplugged ptp · managed external · ours shared · index=7
 * mtu=1492 master=br0 addr=10.0.0.1/24[>PEER] fwd=1 rp=EFFECTIVE/OWN con=ID uuid=UUID
 * gw=ADDRESS dns=A,B carries=ppp0 route DESTINATION dev NAME [via GATEWAY] [src ADDRESS]
 * [metric N] [table N] [onlink] unreachable DESTINATION [metric N] [table N] rule TABLE ·
 * primary NAME · resolv A,B · port N · no-nm "lo", ifindex 1, is always there.
 *
 * Requests are statements too: "lan0 via ppp0 keep-lan force temporary address=CIDR
 * dns=A,B". */
#pragma once

#include "core/plan.h"

CsSnapshot *network_parse (const char *text);
/* CsRequest (owned). */
GPtrArray *requests_parse (const char *text);

/* The plan of @requests in @network, @previous (nullable) being in force. */
CsPlan *plan_in (const char *requests, const char *network, const CsPlan *previous);

/* All of a plan in one line, for patterns: "active none: MESSAGE | lan=lan0 | ... |",
 * with the keys of the ledger; what is absent has no key. */
char *plan_summary (const CsSharePlan *share);

/* Asserts that the summaries of the shares match @patterns, as g_pattern_match_simple ()
 * has them, NULL-terminated unless there are three. */
void plan_assert (const CsPlan *plan, const char *const *patterns);
