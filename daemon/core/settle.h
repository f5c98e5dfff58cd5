/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an uplink that comes and goes may be used now. Each return has a weight, which
 * wears off with time: the first of a row are taken at once, which leaves room for line
 * after line that is dialed anew, a second or less apart; only the very same uplink back
 * within a blink weighs more. When too much has come together the uplink must stay for a
 * second. A loss never waits. What changes about an uplink that stays, its routes or name
 * servers, has a weight of its own. */
#pragma once

#include <glib.h>

/* Microseconds: the weight of a return, of one of the same interface within the blink, of
 * a detail; how much may come together, and how long an uplink must then stay. */
#define CS_SETTLE_RETURN (G_USEC_PER_SEC * 2 / 3)
#define CS_SETTLE_FLAP   (G_USEC_PER_SEC * 2)
#define CS_SETTLE_BLINK  (G_USEC_PER_SEC / 4)
#define CS_SETTLE_DETAIL G_USEC_PER_SEC
#define CS_SETTLE_LIMIT  (G_USEC_PER_SEC * 4)
#define CS_SETTLE_HOLD   G_USEC_PER_SEC

/* Zero at first. Times as CsSnapshot.now. */
typedef struct
{
  int ifindex;    /* of the uplink that was there last */
  gint64 lost;    /* since when it is not; 0: it is */
  gint64 unrest;  /* when what has come together will have worn off */
  gint64 details; /* the same for the details of this uplink */
} CsSettle;

/* Notes that @ifindex is the uplink at @now, 0: none is. Returns 0 when it may be used,
 * or else when, if it stays; with none, until when it is to be called restless. */
gint64 cs_settle (CsSettle *self, int ifindex, gint64 now);
/* Whether a change of the uplink's details may be followed at @now: 0, and it is counted;
 * or else when. */
gint64 cs_settle_detail (CsSettle *self, gint64 now);
