/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How many calls each caller may have waiting: room is limited, and nobody gets more
 * of it than is still free, so that a single caller gets half, many callers get a
 * little each, and there is always room for one more. (Networks call this a dynamic
 * threshold: Choudhury and Hahne, "Dynamic queue length thresholds in a shared memory
 * packet switch".) */
#pragma once

#include <glib.h>

typedef struct _CsQuota CsQuota;

typedef enum
{
  CS_QUOTA_GRANT,  /* process it */
  CS_QUOTA_REFUSE, /* reply that there are too many */
  CS_QUOTA_IGNORE, /* do not even reply: unread replies need room, too */
} CsQuotaVerdict;

/* Accepts calls within @room, and refuses others with a reply within @room_to_refuse,
 * which is larger. Accepts a caller's first call until @limit calls wait. */
CsQuota *cs_quota_new (guint room, guint room_to_refuse, guint limit);
void cs_quota_free (CsQuota *self);

/* A call of @caller, which waits from now on unless it is to be ignored ... */
CsQuotaVerdict cs_quota_enter (CsQuota *self, const char *caller);
/* ... until it has its reply. */
void cs_quota_leave (CsQuota *self, const char *caller);
