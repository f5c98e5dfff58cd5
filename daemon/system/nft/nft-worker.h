/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The process connshare-nft, which runs libnftables: started on demand, kept, and
 * replaced after a failure. For nft-commit.c, which holds its lock. */
#pragma once

#include <glib.h>

/* Starts @program, in place of any other, so that it is ready when needed. If it does not
 * start, its first use tries again and reports the error. */
void cs_nft_worker_init (const char *program);

/* Runs these commands of nft(8) as one transaction. FALSE: either they were refused, and
 * @words (transfer full) is what nftables printed; or the worker failed, so the outcome
 * is unknown, and @error is set (G_IO_ERROR). */
gboolean cs_nft_worker_run (const char *commands, char **words, GError **error);
