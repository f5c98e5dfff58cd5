/* SPDX-License-Identifier: GPL-2.0-or-later */
/* PCP repeats for ever, and NAT-PMP for two minutes; here both end, as most routers speak
 * neither, and go on with the next hour. */
#include "router-times.h"

/* RFC 6887, section 8.1.1; the first is for one that may not know the protocol. */
#define PCP_TRIES       2
#define PCP_TRIES_KNOWN 5
#define PCP_FIRST       (3 * CS_ROUTER_SECOND)
/* RFC 6886, section 3.1. */
#define NAT_PMP_TRIES 9
#define NAT_PMP_FIRST (CS_ROUTER_SECOND / 4)

#define MINUTE (60 * CS_ROUTER_SECOND)
#define HOUR   (60 * MINUTE)

gboolean
cs_router_epoch_follow (CsRouterEpoch *self, guint32 epoch, gint64 now)
{
  const CsRouterEpoch before = *self;
  gint64 here = (now - before.at) / CS_ROUTER_SECOND;
  gint64 there = (gint64)epoch - before.epoch;

  *self = (CsRouterEpoch){ TRUE, epoch, now };
  if (!before.known)
    return FALSE;
  return there < -1 || here + 2 < there - there / 16 || there + 2 < here - here / 16;
}

/* Not all computers of a network at once. */
static gint64
scatter (gint64 time)
{
  return time + (gint64)((double)time * g_random_double_range (-0.1, 0.1));
}

gint64
cs_router_wait (CsRouterProtocol spoken, guint tries, gboolean known)
{
  if (spoken == CS_ROUTER_NAT_PMP)
    return tries > NAT_PMP_TRIES ? 0 : NAT_PMP_FIRST << (tries - 1);
  if (tries > (known ? PCP_TRIES_KNOWN : PCP_TRIES))
    return 0;
  return scatter (PCP_FIRST << (tries - 1));
}

gint64
cs_router_renew_after (guint32 lifetime)
{
  gint64 half = lifetime * CS_ROUTER_SECOND / 2;

  return half + (gint64)((double)half * g_random_double_range (0, 0.25));
}

gint64
cs_router_ask_after_refusal (guint count, guint32 lifetime)
{
  gint64 pause = MINUTE << MIN (count - 1, 6);

  return CLAMP (lifetime * CS_ROUTER_SECOND, MIN (pause, HOUR), HOUR);
}

gint64
cs_router_ask_after_silence (gint64 left)
{
  return left > 0 ? CLAMP (left / 2, MINUTE, HOUR) : HOUR;
}
