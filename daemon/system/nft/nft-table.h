/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short requests to the kernel's nf_tables, most of them about the table "inet
 * connshare", which do not list rules: they take a few microseconds each. */
#pragma once

#include "core/check/facts.h"

/* Returns 0 or errno: ENOENT if the kernel has no share of this LAN. */
int cs_nft_find_counters (const char *lan, CsCounters *counters);
/* The same as a gboolean, for callers that only show the counters. */
gboolean cs_nft_read_counters (const char *lan, CsCounters *counters);

/* How often the rules of this network namespace have changed, in all tables: every
 * transaction of any program adds one. 0: unknown. */
guint32 cs_nft_read_generation (void);
/* How many tables there are, of all families. A table that a process owns disappears with
 * that process, without a transaction. */
guint cs_nft_count_tables (void);

/* The error is CS_ERROR_NOT_SUPPORTED if the kernel has no nf_tables at all. */
gboolean cs_nft_table_exists (gboolean *exists, GError **error);
/* Empties a quota, which the kernel then announces again when it is used up. */
void cs_nft_renew_quota (const char *name);
/* FALSE if this LAN certainly has no reject table. */
gboolean cs_nft_may_have_reject_table (const char *lan);
