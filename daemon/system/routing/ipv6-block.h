/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients' IPv6 packets are not forwarded, whatever else forwards IPv6 on this host: one
 * policy rule answers "unreachable" to everything that comes in by the LAN and is not for
 * the host itself. Unlike the ruleset's own answer, it survives somebody's flush. */
#pragma once

#include "system/netlink/rtnetlink.h"

gboolean cs_ipv6_block (CsNetlink *netlink, const char *lan, gboolean on, GError **error);
