/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks, requests and plans in a few words, for tables of tests.
 *
 * A network is statements, separated by ';'; in names of profiles '~' is a space:
 *
 *   link NAME [WORD...]
 *     an interface; Ethernet with MTU 1500, up, with a link, not managed by
 *     NetworkManager, not forwarding, of ifindex 2, 3, ... unless a word says otherwise:
 *     ethernet wifi mobile ppp vpn bridge loopback
 *     down unplugged ptp managed external ours shared disconnected changing
 *     index=7 mtu=1492 master=br0 addr=10.0.0.1/24[>PEER] fwd=1 rp=EFFECTIVE/OWN
 *     con=ID uuid=UUID gw=ADDRESS dns=A,B carries=ppp0
 *     of Wi-Fi: station serving radio-off station-only region=DE
 *     channels=1,36!,52? (free, forbidden, with radar)
 *   route DESTINATION dev NAME [via GATEWAY] [src ADDRESS] [metric N] [table N] [onlink]
 *   unreachable DESTINATION [metric N] [table N]
 *   rule TABLE
 *   profile ID UUID [down|going|coming|up] [interface=NAME] [failed=TIME[:WORDS]]
 *     [hung-up]
 *     a profile of NetworkManager, down unless said otherwise
 *   now TIME      the moment of the snapshot; all times are in seconds
 *   primary NAME
 *   resolv A,B
 *   port N        for the name server
 *   no-nm         NetworkManager does not run
 *
 * "lo", ifindex 1, is always there.
 *
 * Requests are statements too:
 *
 *   LAN via WAN [keep-lan] [force] [temporary] [no-dial] [address=CIDR] [dns=A,B]
 *     [ssid=NAME] [passphrase=TEXT] [security=WORD] [band=WORD] [channel=N] [hidden]
 *     [isolate]
 *
 * They are settled, but for those with the word "unsettled": the access point of one is
 * "desk" with "aaaa-aaaa-aaaa".
 */
#pragma once

#include "core/plan.h"

CsSnapshot *network_parse (const char *text);
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
