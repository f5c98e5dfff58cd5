/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv6 in the frame of table "inet connshare". */
#pragma once

#include "outline.h"
#include "ruleset-words.h"

/* Before the chains of IPv4, which lead to these. */
void cs_ruleset_add_frame6_sets (GString *out);
void cs_ruleset_add_frame6_chains (GString *out, guint lacking);
void cs_ruleset_outline_frame6 (CsOutline *outline, guint lacking);
