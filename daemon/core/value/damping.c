/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A leaky bucket (the ATM Forum's GCRA): .unrest is its level as a time. It is never
 * so full that it takes longer than the dwell time to have room again. */
#include "damping.h"

/* When a level has room again, 0: now. */
static gint64
room_at (gint64 level, gint64 now)
{
  return level - CS_DAMPING_LIMIT > now ? level - CS_DAMPING_LIMIT : 0;
}

gint64
cs_damping_note_uplink (CsDamping *self, int ifindex, gint64 now)
{
  gboolean same = ifindex == self->ifindex;
  gboolean blink = same && now - self->lost < CS_DAMPING_BLINK;

  if (ifindex == 0 && self->ifindex != 0 && self->lost == 0)
    self->lost = now;
  else if (ifindex != 0 && self->ifindex != 0 && (!same || self->lost != 0))
    self->unrest
        = MIN (MAX (self->unrest, now) + (blink ? CS_DAMPING_FLAP : CS_DAMPING_RETURN),
               now + CS_DAMPING_LIMIT + CS_DAMPING_HOLD);
  if (ifindex != 0)
    {
      if (!same)
        self->details = 0;
      self->ifindex = ifindex;
      self->lost = 0;
    }
  return room_at (self->unrest, now);
}

gint64
cs_damping_note_detail (CsDamping *self, gint64 now)
{
  gint64 at = room_at (self->details, now);

  if (at == 0)
    self->details = MAX (self->details, now) + CS_DAMPING_DETAIL;
  return at;
}
