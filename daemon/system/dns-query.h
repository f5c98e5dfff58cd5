/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether a name server answers: one small question over UDP, asked again while the time
 * is not over, as a packet may be lost. */
#pragma once

#include "core/facts.h"

#include <gio/gio.h>

/* The answer comes within this. Milliseconds. */
#define CS_DNS_QUERY_LIMIT 2000

/* Asks @server (host byte order) at @port, through the interface @device only (nullable:
 * by the host's own routes), for the address of @name, which has no dots, or with "" for
 * the servers of the root, which every name server knows or can find. */
void cs_dns_query_async (guint32 server,
                         guint port,
                         const char *device,
                         const char *name,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* That a name does not exist is a good answer. */
CsAnswer cs_dns_query_finish (GAsyncResult *result);
