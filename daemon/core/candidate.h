/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What one choice of a WAN spec comes to right now. */
#pragma once

#include "uplink.h"
#include "wan.h"

typedef struct
{
  const CsInterface *interface; /* (nullable) unowned */
  gboolean ready;
  const char *reason; /* static: as CsUplink.reason */
  char *lack;       /* (owned) (nullable) what it lacks to be ready: "ppp0 has no link" */
  const char *dial; /* (nullable) unowned UUID: the profile to bring up */
  gint64 wake_at;   /* it may be otherwise then; 0: only when something changes */
} CsCandidate;

CsCandidate
cs_candidate_evaluate (const CsWanChoice *choice, const CsUplinkQuestion *question);
/* A GDestroyNotify of what it points to, not of @candidate itself. */
void cs_candidate_clear (gpointer candidate);
