/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The elements of a set or map, as ranges. */
#pragma once

#include "core/firewall.h"

typedef struct
{
  guint8 low[CS_MATCH_SIZE];
  guint8 high[CS_MATCH_SIZE];
  int verdict; /* of a verdict map: NF_ACCEPT, NFT_JUMP ... */
  char *chain; /* (owned) (nullable) */
} CsNftElement;

/* Of CsNftElement; @length is that of the key in bytes. NULL: it cannot be read, its keys
 * are of several parts, or it has very many elements. */
GArray *
cs_nft_set_read (guint16 family, const char *table, const char *name, gsize *length);
