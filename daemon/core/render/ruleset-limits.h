/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What table "inet connshare" has of a share because of its rate or its limit. */
#pragma once

#include "core/plan/share-plan.h"

/* To @rules (of char, owned): drops what is beyond the rate of the client whose address
 * is
 * @field, which may send what it has saved in the last second at once (nft_limit_init
 * ()). Each address that @set learns is of the LAN, and forgotten after a while. */
void cs_ruleset_add_pace (GPtrArray *rules,
                          const CsSharePlan *share,
                          const char *set,
                          const char *field);
/* Counts by "@end_LAN", and goes on to the chain @end, what the limit allows. */
void cs_ruleset_add_end (GPtrArray *rules, const CsSharePlan *share, const char *end);
/* The same for IPv6, which has sets and chains of its own, but counts with IPv4. */
void cs_ruleset_add_pace6 (GPtrArray *rules,
                           const CsSharePlan *share,
                           const char *set,
                           const char *field);
void cs_ruleset_add_end6 (GPtrArray *rules, const CsSharePlan *share, const char *end);

/* The sets and quotas of @share, within the table; the latter have seen @usage
 * (nullable), but for those that @from (nullable), which is in force, has as well: they
 * go on. */
void cs_ruleset_add_limits (GString *out,
                            const CsSharePlan *share,
                            const CsSharePlan *from,
                            const CsDataUsage *usage);
/* Deletes those of @from that are not those of @to; both are nullable. */
void cs_ruleset_end_limits (GString *out, const CsSharePlan *from, const CsSharePlan *to);
