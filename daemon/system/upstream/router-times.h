/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a router is asked again, and whether it has forgotten what it was asked. Times are
 * those of base/clock.h. */
#pragma once

#include "router-message.h"

#define CS_ROUTER_SECOND ((gint64)G_USEC_PER_SEC)

/* Of a mapping, in seconds: what is asked for, and what is believed. */
#define CS_ROUTER_LIFETIME     7200u
#define CS_ROUTER_MIN_LIFETIME 120u
#define CS_ROUTER_MAX_LIFETIME 86400u

/* What the replies say of when the router began to know its mappings. Zero at first. */
typedef struct
{
  gboolean known;
  guint32 epoch;
  gint64 at;
} CsRouterEpoch;

/* Takes what a reply says at @now. TRUE: it has lost its mappings since the last one
 * (RFC 6887, section 8.5; RFC 6886, 3.6, allows as much). */
gboolean cs_router_epoch_follow (CsRouterEpoch *self, guint32 epoch, gint64 now);

/* How long a request that is sent for the @tries -th time (1: the first) waits for its
 * reply; 0: it is not sent so often. A router is @known if it has replied in this
 * protocol before. */
gint64 cs_router_wait (CsRouterProtocol spoken, guint tries, gboolean known);

/* From a reply that grants @lifetime seconds to the renewal. */
gint64 cs_router_renew_after (guint32 lifetime);
/* From the @count -th refusal in a row to the next request; @lifetime: for how many
 * seconds the router says that it holds. */
gint64 cs_router_ask_after_refusal (guint count, guint32 lifetime);
/* Likewise when none replies, and a mapping still has @left microseconds (0: none has).
 */
gint64 cs_router_ask_after_silence (gint64 left);
