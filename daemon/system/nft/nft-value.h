/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which part of a packet a register of nf_tables holds, and the conditions that result
 * from comparing it. Data are in the kernel's format, some of it in host byte order. */
#pragma once

#include "core/value/firewall.h"

typedef struct
{
  CsMatchKey key;
  gsize length; /* bytes loaded, 0: none */
  gboolean masked;
  guint8 mask[CS_MATCH_SIZE];
} CsNftValue;

/* Reduces the value to what @mask (nullable) leaves of it. */
void cs_nft_value_mask (CsNftValue *value, const void *mask, gsize length);
/* "value @op data", with @op of NFT_CMP_*: owned; CS_MATCH_OTHER if ranges cannot express
 * it. */
CsMatch *cs_nft_value_compare (const CsNftValue *value,
                               guint32 op,
                               const void *data,
                               gsize length);
/* Adds the values from @low to @high to those that @match accepts. */
void cs_nft_match_add (CsMatch *match, const void *low, const void *high, gsize length);
