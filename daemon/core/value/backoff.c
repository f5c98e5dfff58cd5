/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "backoff.h"

/* Microseconds. */
typedef struct
{
  guint free;   /* from this attempt in a row on there are pauses: */
  gint64 first; /* the first, ... */
  gint64 limit; /* ... and the longest */
  gint64 calm;  /* ends a row, after the last pause; 0: only success does */
} Pace;

static const Pace paces[] = {
  [CS_BACKOFF_REPAIR]
  = { CS_BACKOFF_FREE, G_USEC_PER_SEC / 2, 60 * G_USEC_PER_SEC, 10 * G_USEC_PER_SEC },
  [CS_BACKOFF_SHARE] = { 1, G_USEC_PER_SEC / 2, 300 * G_USEC_PER_SEC, 0 },
  [CS_BACKOFF_PASS] = { 1, 5 * G_USEC_PER_SEC, 5 * G_USEC_PER_SEC, 0 },
  [CS_BACKOFF_DIAL] = { 1, 60 * G_USEC_PER_SEC, 60 * G_USEC_PER_SEC, 0 },
};

gint64
cs_backoff_pause (CsBackoffKind kind, guint count)
{
  const Pace *pace = &paces[kind];

  if (count < pace->free)
    return 0;
  return MIN (pace->first << MIN (count - pace->free, 16), pace->limit);
}

static gboolean
is_over (const CsBackoff *self, CsBackoffKind kind, gint64 now)
{
  return paces[kind].calm > 0 && now - self->next > paces[kind].calm;
}

void
cs_backoff_add (CsBackoff *self, CsBackoffKind kind, gint64 now)
{
  self->count = is_over (self, kind, now) ? 1 : self->count + 1;
  self->next = now + cs_backoff_pause (kind, self->count);
}

gboolean
cs_backoff_has_pauses (const CsBackoff *self, CsBackoffKind kind, gint64 now)
{
  return self->count >= paces[kind].free && !is_over (self, kind, now);
}
