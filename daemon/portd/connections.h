/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The connections of HTTP: few, short, and of clients only. */
#pragma once

#include "gateway.h"

#include <poll.h>

#define CS_CONNECTIONS_MAX   16
#define CS_CONNECTIONS_EACH  4 /* of one client */
#define CS_CONNECTIONS_POLLS (CS_CONNECTIONS_MAX + 1)

typedef struct _CsConnections CsConnections;

/* @listener, not blocking, stays the caller's. */
CsConnections *cs_connections_new (int listener, CsGateway *gateway);
void cs_connections_free (CsConnections *self);

/* Fills in what they wait for; returns when the first of them has had its time,
 * monotonic, or G_MAXINT64. */
gint64
cs_connections_poll (CsConnections *self, struct pollfd polls[CS_CONNECTIONS_POLLS]);
void cs_connections_serve (CsConnections *self,
                           const struct pollfd polls[CS_CONNECTIONS_POLLS],
                           gint64 now);
