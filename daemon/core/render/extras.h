/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the packet filter does for masqueraded flows only where the kernel can: each is an
 * object of table "inet connshare", and a rule that every flow passes once. */
#pragma once

#include <glib.h>

typedef enum
{
  /* UDP flows live two minutes even if nobody replies (RFC 4787, REQ-5). */
  CS_EXTRA_UDP_TIMEOUT,
  /* Active FTP: a server connects to the port that its client has named. */
  CS_EXTRA_FTP,
  /* The kernel announces that a flow has begun, once until it is asked to do so again. */
  CS_EXTRA_NEW_FLOW,
  CS_EXTRAS,
} CsExtra;

#define CS_EXTRA_BIT(extra) (1u << (extra))

/* The name of the quota that is used up by the first flow. */
#define CS_EXTRA_QUOTA "new_flow"

/* Both are part of the table as it is rendered. */
const char *cs_extra_get_object (CsExtra extra);
const char *cs_extra_get_rule (CsExtra extra);
/* A transaction that leaves nothing, and is refused by a kernel that cannot do it.
 * Owned. */
char *cs_extra_render_trial (CsExtra extra);
