/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule of the kernel's, as conditions on a packet. */
#pragma once

#include "core/value/firewall.h"

#include <libnftnl/rule.h>

/* Appends @rule to @rules, of CsFilterRule; one with a verdict map becomes several. Reads
 * the sets that it refers to from the kernel. */
void cs_nft_rule_append (GPtrArray *rules, const struct nftnl_rule *rule);
