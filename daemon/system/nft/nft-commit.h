/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Transactions of the packet filter, through connshare-nft: one at a time, and each
 * recorded, to tell them from those of other programs. A commit waits for the kernel's
 * grace periods, so it belongs in a worker thread. */
#pragma once

#include <glib.h>

/* Hold this around everything that must be atomic. */
GMutexLocker *cs_nft_lock (void);

/* Runs these commands of nft(8) as one transaction; the caller holds the lock.
 * @generation (nullable) is the generation that it made, or an earlier one. The error is
 * a refusal (CS_ERROR_FAILED), in the words of nftables, or says why the outcome is
 * unknown (G_IO_ERROR). */
gboolean cs_nft_commit (const char *commands, guint32 *generation, GError **error);

/* Whether anybody holds the lock: if so, current changes may be ours. */
gboolean cs_nft_is_committing (void);
/* Whether our own commit made this generation of the rules. FALSE when in doubt. */
gboolean cs_nft_is_own (guint32 generation);

/* Whether all generations after @after, up to and including @last, are our own. */
gboolean cs_nft_are_own (guint32 after, guint32 last);

/* Records that our commit of @generation made the table "inet connshare" as a whole. */
void cs_nft_note_rebuild (guint32 generation);
guint32 cs_nft_last_rebuild (void);
