/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Short questions to the kernel's nf_tables, most about table "inet connshare", asked
 * without a listing of rules: a few microseconds each. */
#pragma once

#include "core/facts.h"

/* FALSE if there is no share of this LAN in the kernel. */
gboolean cs_nft_read_counters (const char *lan, CsCounters *counters);

/* How often the rules of this network namespace, of all tables, have been changed: every
 * transaction of anybody adds one. 0: cannot be told. */
guint32 cs_nft_read_generation (void);
/* How many tables there are, of all families. A table that a process owns goes with it,
 * and without a transaction. */
guint cs_nft_count_tables (void);

/* The error is CS_ERROR_NOT_SUPPORTED where the kernel has no nf_tables at all. */
gboolean cs_nft_table_exists (gboolean *exists, GError **error);
