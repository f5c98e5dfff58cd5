/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's rules, as what they ask of a packet. */
#pragma once

#include "core/firewall.h"

#include <libnftnl/rule.h>

/* All of @table: of struct nftnl_rule (owned), chain by chain. Owned; NULL: they cannot
 * be read. */
GPtrArray *cs_nft_rules_read (guint16 family, const char *table);
/* Appends @rule to @rules, of CsFilterRule; one with a verdict map becomes several. Sets
 * that it looks into are asked of the kernel. */
void cs_nft_rule_append (GPtrArray *rules, const struct nftnl_rule *rule);
