/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Everything in a comparison that depends on bytes: their order, masks, less and more. */
#include "nft-value.h"

#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* The kernel keeps these in host byte order. */
static gboolean
is_host_number (CsMatchKey key)
{
  return key == CS_MATCH_IIF || key == CS_MATCH_OIF || key == CS_MATCH_CT_STATE
         || key == CS_MATCH_CT_MARK || key == CS_MATCH_MARK || key == CS_MATCH_CGROUP
         || key == CS_MATCH_DTYPE;
}

/* Of which only counts whether zero matches (firewall.h). */
static gboolean
is_mark (CsMatchKey key)
{
  return key == CS_MATCH_MARK || key == CS_MATCH_CT_MARK;
}

static void
to_wire (CsMatchKey key, const void *data, gsize length, guint8 *bytes)
{
  guint32 number;

  memset (bytes, 0, CS_MATCH_SIZE);
  if (data != NULL)
    memcpy (bytes, data, MIN (length, CS_MATCH_SIZE));
  if (!is_host_number (key) || length < sizeof number)
    return;
  memcpy (&number, bytes, sizeof number);
  number = GUINT32_TO_BE (number);
  memcpy (bytes, &number, sizeof number);
}

static gboolean
is_zero (const guint8 *bytes)
{
  static const guint8 zero[CS_MATCH_SIZE];

  return memcmp (bytes, zero, sizeof zero) == 0;
}

/* "state & mask != 0" */
static CsMatch *
match_bits (const guint8 *mask, gboolean inverted)
{
  guint32 bits;

  memcpy (&bits, mask, sizeof bits);
  return cs_match_new_states (GUINT32_FROM_BE (bits), inverted);
}

/* For a mask of leading ones, such as a network's: from the value itself to the value
 * with all other bits set. FALSE for other masks. */
static gboolean
get_masked_range (const CsNftValue *value, const guint8 *low, guint8 *high)
{
  gboolean ended = FALSE;

  for (gsize i = 0; i < value->length && i < CS_MATCH_SIZE; i++)
    {
      guint8 rest = (guint8)~value->mask[i];

      if ((ended && rest != 0xff) || (rest & (rest + 1)) != 0)
        return FALSE;
      ended = ended || rest != 0;
      high[i] = low[i] | rest;
    }
  return TRUE;
}

static CsMatch *
match_order (const CsNftValue *value, guint32 op, const guint8 *data, gsize length)
{
  CsMatch *match = cs_match_new (value->key, op == NFT_CMP_LT || op == NFT_CMP_GT);
  guint8 least[CS_MATCH_SIZE] = { 0 }, most[CS_MATCH_SIZE];

  memset (most, 0xff, sizeof most);
  /* less than X: not from X up; more than X: not up to X */
  if (op == NFT_CMP_LT || op == NFT_CMP_GTE)
    cs_match_add (match, data, most, length);
  else
    cs_match_add (match, least, data, length);
  return match;
}

void
cs_nft_value_mask (CsNftValue *value, const void *mask, gsize length)
{
  value->masked = TRUE;
  if (mask != NULL)
    to_wire (value->key, mask, length, value->mask);
}

CsMatch *
cs_nft_value_compare (const CsNftValue *value, guint32 op, const void *data, gsize length)
{
  guint8 low[CS_MATCH_SIZE], high[CS_MATCH_SIZE];
  CsMatch *match;

  to_wire (value->key, data, length, low);
  if (value->key == CS_MATCH_OTHER || value->length == 0)
    return cs_match_new (CS_MATCH_OTHER, FALSE);
  if (op != NFT_CMP_EQ && op != NFT_CMP_NEQ)
    return value->masked ? cs_match_new (CS_MATCH_OTHER, FALSE)
                         : match_order (value, op, low, length);
  if (value->key == CS_MATCH_CT_STATE && value->masked && is_zero (low))
    return match_bits (value->mask, op == NFT_CMP_EQ);
  memcpy (high, low, sizeof high);
  if (value->masked && !is_mark (value->key) && !get_masked_range (value, low, high))
    return cs_match_new (CS_MATCH_OTHER, FALSE);
  match = cs_match_new (value->key, op == NFT_CMP_NEQ);
  cs_match_add (match, low, high, length);
  return match;
}

void
cs_nft_match_add (CsMatch *match, const void *low, const void *high, gsize length)
{
  guint8 first[CS_MATCH_SIZE], last[CS_MATCH_SIZE];

  to_wire (match->key, low, length, first);
  to_wire (match->key, high, length, last);
  cs_match_add (match, first, last, length);
}
