/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The file that keeps, across restarts of the service, what nobody else knows: the
 * clients of each LAN, and what they have used. */
#pragma once

#include "lan-clients.h"

/* Owned. */
char *cs_clients_file_path (const char *runtime_dir);
/* @lans: name -> CsLanClients. */
void cs_clients_file_write (const char *path, GHashTable *lans);
/* Adds to @list what the file has about @lan. */
void cs_clients_file_read_lan (const char *path, const char *lan, CsClientList *list);
/* Goes on from the counters that it has (system/nft/client-counts.h). */
void cs_clients_file_read_counts (const char *path);
