/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matches and targets of xtables, some of which iptables-nft keeps in its rules. */
#pragma once

#include "core/value/firewall.h"

/* Adds the conditions of match @name of @revision, with @length bytes at @info; or
 * records that it is our comment. */
void cs_xt_rule_match (CsFilterRule *rule,
                       const char *name,
                       guint32 revision,
                       const void *info,
                       gsize length);
/* Sets the verdict, if target @name is one, and what it does to marks; with @length bytes
 * at @info. */
void
cs_xt_rule_target (CsFilterRule *rule, const char *name, const void *info, gsize length);
