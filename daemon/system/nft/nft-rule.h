/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's rules, as conditions on a packet. */
#pragma once

#include "core/value/firewall.h"

#include <libnftnl/rule.h>

/* All rules of @table: struct nftnl_rule (owned), chain by chain. Owned; NULL if they
 * cannot be read. */
GPtrArray *cs_nft_rules_read (guint16 family, const char *table);
/* Appends @rule to @rules, of CsFilterRule; one with a verdict map becomes several. Reads
 * the sets that it refers to from the kernel. */
void cs_nft_rule_append (GPtrArray *rules, const struct nftnl_rule *rule);
