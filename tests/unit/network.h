/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Networks in a few words, for tables of tests.
 *
 * A network is statements, separated by ';'; in names of profiles '~' is a space:
 *
 *   link NAME [WORD...]
 *     an interface; Ethernet with MTU 1500, up, with a link, not managed by
 *     NetworkManager, not forwarding, of ifindex 2, 3, ... unless a word says otherwise:
 *     ethernet wifi mobile ppp vpn bridge loopback
 *     down unplugged ptp managed external ours shared disconnected changing auto asleep
 *     unavailable
 *     index=7 mtu=1492 master=br0 addr=10.0.0.1/24[>PEER] fwd=1 rp=EFFECTIVE/OWN
 *     addr6=ADDRESS/N, with '!' behind it if unusable, '~' deprecated, '^' temporary,
 *       '=' permanent
 *     conf6=DISABLED/ACCEPT_RA/FORWARDING/FORCE_FORWARDING/PROXY_NDP (all 0 unless said)
 *     delegated=PREFIX[,PREFIX]
 *     con=ID uuid=UUID gw=ADDRESS dns=A,B carries=ppp0
 *     of Wi-Fi: station serving radio-off station-only region=DE
 *     channels=1,36!,52? (free, forbidden, with radar)
 *   route DESTINATION dev NAME [via GATEWAY] [src ADDRESS] [metric N] [table N] [onlink]
 *   unreachable|blackhole|throw DESTINATION [metric N] [table N]
 *   route6, unreachable6 and blackhole6, likewise
 *   astray LAN INTERFACE TABLE [from-clients]
 *   forwards
 *   forwards6
 *   forces6, no-forces6 (the kernel can force forwarding of IPv6, or cannot)
 *   own6=PREFIX, no-own6 (fd12:3456:789a::/48 unless said)
 *   conf6=...     as above, of links to come
 *   rule TABLE [pref=N] [iif=X] [oif=X] [from=ADDRESS[/N]] [goto=N] [proto=N] [blackhole]
 *        [unreachable] [ipv6]
 *   front N       a policy rule of others, of this priority
 *   profile ID UUID [down|going|coming|up] [interface=NAME] [failed=TIME[:WORDS]]
 *     [hung-up]
 *     a profile of NetworkManager, down unless said otherwise
 *   used LAN N N  megabytes, in all and in this month
 *   month YEAR N  that of the snapshot
 *   now TIME      the moment of the snapshot; all times are in seconds
 *   primary NAME
 *   way NAME|none|refused [NAME|none|refused]
 *     by what the kernel sends this computer's own packets to the lower and the upper
 *     half of the Internet; unless said, it is main's default route
 *   resolv A,B
 *   port N        where the name server can listen
 *   refused N     a port where one could not listen
 *   no-nm         NetworkManager does not run
 *
 * "lo", ifindex 1, is always there.
 */
#pragma once

#include "core/value/snapshot.h"

CsSnapshot *network_parse (const char *text);

/* "A,B" into @addresses (of CsAddress), and back: owned. */
void addresses_read (GArray *addresses, const char *text);
char *addresses_print (const GArray *addresses);
