/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Whether an uplink that goes up and down may be used now. Each return has a weight,
 * which wears off with time: the first few are used at once, which leaves room for
 * line after line that is redialed, a second or less apart; only the very same uplink
 * back within a blink weighs more. When too much has accumulated, the uplink must stay
 * up for a second. A loss never waits. A change of an uplink that stays up, of its
 * routes or name servers, has a weight of its own. */
#pragma once

#include <glib.h>

/* Microseconds: the weight of a return, of one of the same interface within the blink,
 * of a detail; how much may accumulate, and how long an uplink must then stay up. */
#define CS_DAMPING_RETURN (G_USEC_PER_SEC * 2 / 3)
#define CS_DAMPING_FLAP   (G_USEC_PER_SEC * 2)
#define CS_DAMPING_BLINK  (G_USEC_PER_SEC / 4)
#define CS_DAMPING_DETAIL G_USEC_PER_SEC
#define CS_DAMPING_LIMIT  (G_USEC_PER_SEC * 4)
#define CS_DAMPING_HOLD   G_USEC_PER_SEC

/* Zero at first. Times as CsSnapshot.now. */
typedef struct
{
  int ifindex;    /* of the last uplink */
  gint64 lost;    /* since when it has been gone; 0: it is there */
  gint64 unrest;  /* when what has accumulated will have worn off */
  gint64 details; /* the same for the details of this uplink */
} CsDamping;

/* Notes that @ifindex is the uplink at @now, or 0 if none is. Returns 0 if it may be
 * used, otherwise when it may if it stays up; without one, until when it counts as
 * unstable. */
gint64 cs_damping_note_uplink (CsDamping *self, int ifindex, gint64 now);
/* Whether a change of the uplink's details may be followed at @now: 0, and it is
 * counted; otherwise when it may. */
gint64 cs_damping_note_detail (CsDamping *self, gint64 now);
