/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is sent to all clients unasked: that there is a device of UPnP, and to PCP's and
 * NAT-PMP's that the uplink's address has changed or mappings may be lost. */
#pragma once

#include "gateway.h"

typedef struct
{
  int control; /* UDP sockets; -1: there is none */
  int control6;
  int search;
  guint announced;    /* how often since the last change */
  gint64 announce_at; /* monotonic; G_MAXINT64: no more */
  guint notified;     /* how often since the start */
  gint64 notify_at;
} CsPresence;

/* It begins, with settings that are known. */
void cs_presence_begin (CsPresence *self, gint64 now);
/* The uplink's address has changed. */
void cs_presence_renew (CsPresence *self, gint64 now);
/* Sends what is due, and returns when it wants to be called again. */
gint64 cs_presence_run (CsPresence *self, const CsGateway *gateway, gint64 now);
/* Says goodbye. */
void cs_presence_end (CsPresence *self, const CsGateway *gateway);
