/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The matches and targets of xtables, of which iptables-nft leaves some in its rules. */
#pragma once

#include "core/firewall.h"

/* Adds what match @name of @revision, with @length bytes at @info, asks; or notes that it
 * is our comment. */
void cs_xt_rule_match (CsFilterRule *rule,
                       const char *name,
                       guint32 revision,
                       const void *info,
                       gsize length);
/* Sets the verdict, if target @name is one. */
void cs_xt_rule_target (CsFilterRule *rule, const char *name);
