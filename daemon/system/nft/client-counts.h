/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each client's address has sent to the uplink and received from it: elements of
 * sets and maps of the table "inet connshare", which count. Bytes are those of Ethernet
 * frames, as the client's own interface counts them. Thread-safe. */
#pragma once

#include "core/plan/plan-list.h"
#include "core/value/client-list.h"

/* Counts for exactly these (GArray of CsAddress), from soon on: in a worker thread. */
void cs_client_counts_follow (const GArray *addresses);
/* Reads the kernel's counters. A table that is removed or flushed takes with it what
 * nobody has read. */
void cs_client_counts_read (void);
/* What @address has used, as last read, since this was last called for it. */
CsUsage cs_client_counts_take (CsAddress address);

/* These go with a transaction about shares; the caller holds cs_nft_lock (). The commands
 * that fill the sets of a table that has just been made for @plan, in the transaction
 * that makes it: reads the counters of the table before. */
char *cs_client_counts_render (const CsPlan *plan);
/* That has been done: the kernel counts from zero. */
void cs_client_counts_note_rebuild (const CsPlan *plan);
/* The commands in front of a change of the share of @lan, which take its clients off the
 * short path, and so from the uplink that it has: reads the counters. NULL: it is not
 * known who is on it, so the table must be rebuilt. */
char *cs_client_counts_leave (const char *lan);
/* The change has been made (nullable): clients of @to may take the short path again. */
void cs_client_counts_note_change (const CsSharePlan *from, const CsSharePlan *to);

/* The kernel's counters as last read, so that another process can go on from them. */
char *cs_client_counts_to_text (void);
void cs_client_counts_from_text (const char *text);
