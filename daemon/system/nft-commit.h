/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions of the packet filter, through libnftables: one at a time, and each noted,
 * so that they can be told from those of other programs. A commit waits for the kernel's
 * grace periods, so it is made in a worker thread. */
#pragma once

#include <glib.h>

/* To be held around what has to be of one piece. */
GMutexLocker *cs_nft_lock (void);

/* Runs these commands of nft(8) as one transaction; with the lock held. @generation
 * (nullable) is the one that it made, or an earlier one. The error (CS_ERROR_FAILED) has
 * the reason in the words of nftables. */
gboolean cs_nft_commit (const char *commands, guint32 *generation, GError **error);

/* Whether the lock is held by anybody: what happens now may be ours. */
gboolean cs_nft_is_committing (void);
/* Whether our own commit made this generation of the rules. When in doubt it did not. */
gboolean cs_nft_is_own (guint32 generation);

/* The table "inet connshare" was made as a whole by our commit of @generation. */
void cs_nft_note_rebuild (guint32 generation);
guint32 cs_nft_last_rebuild (void);
