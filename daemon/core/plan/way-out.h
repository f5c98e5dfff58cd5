/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which way this computer itself takes to the Internet: what "auto" means. The kernel
 * has been asked (CsSnapshot.ways_out), because that is not main's default route if a
 * VPN has rules and a table of its own, or two routes for half of the Internet each. */
#pragma once

#include "uplink.h"

/* (nullable) unowned: the interface, if it is not the LAN. */
const CsInterface *cs_way_out_find (const CsUplinkQuestion *question);
/* (nullable) Likewise by IPv6, where it leads out. */
const CsInterface *cs_way_out_find_ipv6 (const CsUplinkQuestion *question);
/* Whether there is none because a route refuses it, or a rule before the default
 * route: as some VPNs do that must not be bypassed. */
gboolean cs_way_out_is_refused (const CsUplinkQuestion *question);
/* How little this computer likes @interface for its own packets; 0: it is the way out. */
guint64 cs_way_out_rank (const CsInterface *interface, const CsSnapshot *snapshot);
/* (nullable) unowned: the interface of main's default route, @lan and lo left out. */
const CsInterface *cs_way_out_by_main (const char *lan, const CsSnapshot *snapshot);
