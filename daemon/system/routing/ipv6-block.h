/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Clients' IPv6 packets are not forwarded, whatever else forwards IPv6 on this host: one
 * policy rule drops everything that comes in by the LAN and is not for the host itself.
 * Unlike the ruleset's own rules, it survives somebody's flush. It sends no error: the
 * host has no route of the LAN's for one, and would send it by its own default route, to
 * wherever the source of the packet is, an address of a former network for example. */
#pragma once

#include "system/netlink/rtnetlink.h"

gboolean cs_ipv6_block (CsNetlink *netlink, const char *lan, gboolean on, GError **error);
