/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How long to wait before something that failed is retried, or something that was
 * undone is repaired: the first attempts in a row do not wait, and then each pause is
 * twice as long as the one before, up to a limit. All such times are here. */
#pragma once

#include <glib.h>

/* So many repairs in a row do not wait, nor does another plan of a share that failed. */
#define CS_BACKOFF_FREE 5

typedef enum
{
  CS_BACKOFF_REPAIR, /* another program keeps changing what a share has on the host */
  CS_BACKOFF_SHARE,  /* a share cannot be brought to its plan */
  CS_BACKOFF_PASS,   /* the network cannot be read, or the ledger cannot be written */
  CS_BACKOFF_DIAL,   /* a profile cannot be connected */
} CsBackoffKind;

/* Zero at first. */
typedef struct
{
  guint count; /* times in a row */
  gint64 next; /* not before; as g_get_monotonic_time () */
} CsBackoff;

/* After the @count -th time of a row, in microseconds. */
gint64 cs_backoff_pause (CsBackoffKind kind, guint count);
/* One more attempt, at @now. A row ends when it is calm for long enough. */
void cs_backoff_add (CsBackoff *self, CsBackoffKind kind, gint64 now);
/* Whether the row continues and has reached its pauses. */
gboolean cs_backoff_has_pauses (const CsBackoff *self, CsBackoffKind kind, gint64 now);
