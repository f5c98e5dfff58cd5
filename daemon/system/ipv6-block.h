/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients' IPv6 packets are not forwarded, whatever else forwards IPv6 on this host: one
 * policy rule says "unreachable" to all that comes in by the LAN and is not for the host
 * itself. Unlike the ruleset's answer to the same, it survives somebody's flush. */
#pragma once

#include "netlink.h"

gboolean cs_ipv6_block (CsNetlink *netlink, const char *lan, gboolean on, GError **error);
