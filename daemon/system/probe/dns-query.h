/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Checks whether a name server replies: one small query over UDP, repeated until the time
 * limit, because packets may be lost. */
#pragma once

#include "core/check/facts.h"
#include "core/value/address.h"

#include <gio/gio.h>

/* The result comes within this time. Milliseconds. */
#define CS_DNS_QUERY_LIMIT 2000

/* A name without IPv6 addresses, except from a name server that makes some of those of
 * IPv4 (DNS64; RFC 7050). */
#define CS_DNS_IPV4_ONLY "ipv4only.arpa"

/* Asks @server at @port, through the interface @device only (nullable: by the host's own
 * routes), for the address of @name, of IPv6 if that is CS_DNS_IPV4_ONLY; or with "" for
 * the root servers, which every name server knows or can find. */
void cs_dns_query_async (CsAddress server,
                         guint port,
                         const char *device,
                         const char *name,
                         GAsyncReadyCallback callback,
                         gpointer user_data);
/* A reply that the name does not exist is a good one. @found (out) (optional): whether it
 * has what was asked for. */
CsDnsReply cs_dns_query_finish (GAsyncResult *result, gboolean *found);
