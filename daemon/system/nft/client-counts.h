/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What each client's address has sent to the uplink and received from it: elements of two
 * sets of the table "inet connshare", which count. Bytes are those of Ethernet frames, as
 * the client's own interface counts them. Thread-safe. */
#pragma once

#include "core/value/client-list.h"

/* Counts for exactly these (GArray of CsAddress), from soon on: in a worker thread. */
void cs_client_counts_follow (const GArray *addresses);
/* Reads the kernel's counters. A table that is removed or flushed takes with it what
 * nobody has read. */
void cs_client_counts_read (void);
/* What @address has used, as last read, since this was last called for it. */
CsUsage cs_client_counts_take (CsAddress address);

/* The commands that fill the sets of a table that has just been made, in the transaction
 * that makes it: reads the counters of the table before. */
char *cs_client_counts_render (void);
/* That has been done: the kernel counts from zero. */
void cs_client_counts_note_rebuild (void);

/* The kernel's counters as last read, so that another process can go on from them. */
char *cs_client_counts_to_text (void);
void cs_client_counts_from_text (const char *text);
