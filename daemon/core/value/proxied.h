/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients' addresses for which this computer answers on the uplink's link: each is
 * first asked for there, then held for as long as its client shows itself. Nobody fills
 * this list by making addresses up: those that never answered go first. Times are those
 * of the monotonic clock, in microseconds. */
#pragma once

#include "address.h"

/* How many there may be. */
#define CS_PROXIED_MAX 256
/* How long somebody at the uplink may take to say that an address is his. */
#define CS_PROXIED_ASK (G_USEC_PER_SEC / 5)
/* How long a client may be silent before it is asked, and before its address is dropped,
 * one that has never answered at once; and how long one that somebody else has counts as
 * his. */
#define CS_PROXIED_QUIET  (300 * (gint64)G_USEC_PER_SEC)
#define CS_PROXIED_SILENT (1800 * (gint64)G_USEC_PER_SEC)
#define CS_PROXIED_UNSEEN (30 * (gint64)G_USEC_PER_SEC)
#define CS_PROXIED_TAKEN  (60 * (gint64)G_USEC_PER_SEC)

typedef enum
{
  CS_PROXIED_ASKED, /* whether somebody at the uplink has it */
  CS_PROXIED_HELD,
  CS_PROXIED_REFUSED, /* somebody at the uplink has it */
} CsProxiedState;

typedef struct
{
  CsAddress address;
  CsProxiedState state;
  gint64 since; /* that state */
  gint64 seen;  /* when the client answered last; 0: never */
} CsProxied;

/* (nullable) Of CsProxied. */
CsProxied *cs_proxied_find (const GArray *list, CsAddress address);
/* Adds @address, as asked. If there is no room, the newest that never answered is
 * @dropped for it, or the one that has been silent for longest (unset: none was). FALSE:
 * nobody is silent, or @address is in the list already. */
gboolean cs_proxied_add (GArray *list, CsAddress address, gint64 now, CsProxied *dropped);
/* Whether @one is to be dropped, and whether its client is to be asked if it is there. */
gboolean cs_proxied_is_over (const CsProxied *one, gint64 now);
gboolean cs_proxied_is_quiet (const CsProxied *one, gint64 now);
