/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 in table "inet connshare": its part of the frame, and a share's chains. */
#pragma once

#include "outline.h"
#include "ruleset-words.h"

#include "core/plan/share-plan.h"

/* Of a share that has IPv6, those first that others jump to; the last has no prefix. */
extern const CsShareChain cs_ruleset_ipv6_chains[];
/* Their prefixes, those first that jump to others; ends with NULL. */
extern const char *const cs_ruleset_ipv6_prefixes[];

/* Likewise of the frame, before the chains of IPv4, which lead here. */
void cs_ruleset_add_ipv6_sets (GString *out);
void cs_ruleset_add_ipv6_chains (GString *out, guint lacking);
void cs_ruleset_outline_ipv6 (CsOutline *outline, guint lacking);
