/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a register of nf_tables holds of a packet, and the conditions that come of
 * comparing it. Data are the kernel's, some of which it has in the order of the host. */
#pragma once

#include "core/firewall.h"

typedef struct
{
  CsMatchKey key;
  gsize length; /* bytes that were loaded, 0: nothing */
  gboolean masked;
  guint8 mask[CS_MATCH_SIZE];
} CsNftValue;

/* From now on it is only what @mask (nullable) leaves of it. */
void cs_nft_value_mask (CsNftValue *value, const void *mask, gsize length);
/* "value @op data", with @op of NFT_CMP_*: owned; CS_MATCH_OTHER where it cannot be told
 * as ranges. */
CsMatch *cs_nft_value_compare (const CsNftValue *value,
                               guint32 op,
                               const void *data,
                               gsize length);
/* Adds the values from @low to @high to those that @match lets through. */
void cs_nft_match_add (CsMatch *match, const void *low, const void *high, gsize length);
