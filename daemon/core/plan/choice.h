/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which interface a WAN spec means right now. */
#pragma once

#include "uplink.h"

/* How long a preferred uplink of a list must have been ready before the share leaves a
 * worse one for it, so that the share does not follow one that flaps. Microseconds. The
 * switch from an uplink that is lost to the next one does not wait. */
#define CS_UPLINK_DWELL (3 * G_USEC_PER_SEC)

typedef struct
{
  const CsInterface *interface; /* (nullable) unowned: none right now */
  gboolean ipv6_alone;          /* it has no IPv4 */
  guint choice;                 /* which choice that is, from 0 */
  CsReason reason;  /* one of an uplink, or none; CS_REASON_NOT_SUITABLE: it can never be
                       an uplink, which is an error */
  char *message;    /* (owned) (nullable) why none, or not the first choice */
  const char *dial; /* (nullable) unowned: UUID of the profile to bring up */
  const char *better; /* (nullable) unowned: as in the question, for next time */
  gint64 better_since;
  CsDamping damping;
  gint64 wake_at; /* ask again then; 0: only when something changes */
} CsUplink;

void cs_uplink_clear (CsUplink *uplink);
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (CsUplink, cs_uplink_clear)

/* "auto" is the way out that the kernel gives this computer's own packets (way-out.h),
 * a VPN included; while it has none, NetworkManager's primary connection, which may be
 * coming up. A type means the ready interface that the host itself prefers. A device
 * that has no way out itself but carries a connection (PPPoE) stands for that. A
 * profile means the interface that it has now. If several profiles are down, one is
 * connected at a time, in order of preference. */
CsUplink cs_uplink_resolve (const CsUplinkQuestion *question);
