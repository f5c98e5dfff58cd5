/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The elements of a set or map: one by one, or as ranges. */
#pragma once

#include "core/value/firewall.h"

#include <libnftnl/set.h>

typedef struct
{
  guint8 low[CS_MATCH_SIZE];
  guint8 high[CS_MATCH_SIZE];
  int verdict; /* of a verdict map: NF_ACCEPT, NFT_JUMP ... */
  char *chain; /* (owned) (nullable) */
} CsNftElement;

/* Calls @visit, which returns 0, for each element in the kernel. Returns 0 or an errno:
 * ENOENT if there is no such set. */
int cs_nft_set_visit (guint16 family,
                      const char *table,
                      const char *name,
                      int (*visit) (struct nftnl_set_elem *element, void *user_data),
                      void *user_data);
/* Whether @element, from the kernel, only marks the end of an interval. */
gboolean cs_nft_set_is_end (struct nftnl_set_elem *element);

/* Of CsNftElement; @length is that of the key in bytes. NULL if the set cannot be read,
 * its keys have several parts, or it has very many elements. */
GArray *
cs_nft_set_read (guint16 family, const char *table, const char *name, gsize *length);
