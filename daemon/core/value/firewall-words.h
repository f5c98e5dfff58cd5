/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of another packet filter in words. */
#pragma once

#include "firewall.h"

/* ICMPv6 as a condition of its own, as nft(8) takes it. */
#define CS_ICMPV6_WORDS "meta l4proto 58"

/* In the words of nft(8), "..." for what is not understood: "iifname "lan0" udp dport
 * 67 accept". Conditions are printed in a fixed order, so equal rules compare equal. */
char *cs_filter_rule_to_string (const CsFilterRule *rule);
