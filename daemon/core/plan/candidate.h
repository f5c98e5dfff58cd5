/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one choice of a WAN spec means right now. */
#pragma once

#include "uplink.h"

#include "core/value/wan.h"

typedef struct
{
  const CsInterface *interface; /* (nullable) unowned */
  gboolean ready;
  gboolean ipv6_alone; /* not ready, but better than none: it leads out by IPv6 */
  CsReason reason;     /* as CsUplink.reason */
  char *problem;    /* (owned) (nullable) what it lacks to be ready: "ppp0 has no link" */
  const char *dial; /* (nullable) unowned UUID: the profile to bring up ... */
  char *idle; /* (owned) (nullable) ... and the problem while another's turn is first */
  gint64 wake_at; /* this may change by itself then; 0: only with an event */
} CsCandidate;

CsCandidate
cs_candidate_evaluate (const CsWanChoice *choice, const CsUplinkQuestion *question);
/* A GDestroyNotify of what it points to, not of @candidate itself. */
void cs_candidate_clear (gpointer candidate);
