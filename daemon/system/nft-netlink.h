/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Questions to the kernel's nf_tables, from whichever thread, over one socket that stays
 * open: closing one makes the kernel first finish what earlier commits left to clean up
 * (nft_rcv_nl_event ()), which can take ten milliseconds. */
#pragma once

#include <glib.h>
#include <libmnl/libmnl.h>

/* One question; it is less than a page. */
typedef union
{
  struct nlmsghdr header;
  char buffer[4096];
} CsNftQuestion;

/* Begins one of NFT_MSG_GET*; with @dump all there is of a kind is asked for. */
struct nlmsghdr *cs_nft_question_begin (CsNftQuestion *question,
                                        uint16_t type,
                                        uint16_t family,
                                        gboolean dump);
/* Calls @on_message, which returns MNL_CB_OK or MNL_CB_ERROR, for each message of the
 * answer. Returns 0 or an errno: EINTR if something changed during a dump. */
int cs_nft_ask (CsNftQuestion *question, mnl_cb_t on_message, void *user_data);
