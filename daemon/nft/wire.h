/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protocol between connshared and connshare-nft, over a socket pair: one
 * transaction at a time, and its reply. Both are a header and a text of that length. */
#pragma once

#include <stdint.h>

typedef struct
{
  uint32_t length;
  uint32_t refused; /* in a reply: the text is nftables' error, otherwise "" */
} CsNftHead;
