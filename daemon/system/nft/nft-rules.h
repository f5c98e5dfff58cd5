/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rules of a table, as the kernel has them. */
#pragma once

#include <glib.h>
#include <libnftnl/rule.h>

/* All rules of @table: struct nftnl_rule (owned), chain by chain. Owned; NULL if they
 * cannot be read. */
GPtrArray *cs_nft_rules_read (guint16 family, const char *table);
