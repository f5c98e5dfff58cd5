/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of another packet filter in words. */
#pragma once

#include "firewall.h"

/* In the words of nft(8), "..." for what is not understood: "iifname "lan0" udp dport
 * 67 accept". Conditions are printed in a fixed order, so equal rules compare equal. */
char *cs_filter_rule_to_string (const CsFilterRule *rule);
