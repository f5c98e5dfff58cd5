/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share's chains, which ruleset.c describes. */
#pragma once

#include "outline.h"

#include "core/plan/share-plan.h"

/* "192.168.137.0/24" or "{ 10.0.0.0/16, 10.2.0.0/16 }" */
char *cs_ruleset_format_subnets (const GArray *subnets);

/* Adds them to @out, inside of the table; @id is the LAN's name, escaped. */
void cs_ruleset_add_share_chains (GString *out, const CsSharePlan *share, const char *id);
/* Adds those that have rules. */
void cs_ruleset_outline_share_chains (CsOutline *outline, const CsSharePlan *share);
