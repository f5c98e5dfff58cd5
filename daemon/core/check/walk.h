/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The walk of a diagnosis. Each check adds what it finds and knows nothing of the others.
 */
#pragma once

#include "facts.h"

#include "core/plan/plan-list.h"

typedef enum
{
  CS_SEVERITY_INFO,    /* good to know */
  CS_SEVERITY_WARNING, /* something waits, or does not work as well as it could */
  CS_SEVERITY_ERROR,   /* clients are not served */
} CsSeverity;

typedef struct
{
  CsSeverity severity;
  const char *code; /* static or interned: for programs; see Diagnose in the D-Bus XML */
  char *subject;    /* (owned) the LAN of the share, or "" for the host */
  char *message;    /* (owned) what is found, in plain words */
  char *remedy;     /* (owned) what helps, or "" */
} CsFinding;

#define CS_JOURNAL "\"journalctl -u connshared\""

typedef struct
{
  const CsPlan *plan;
  const CsSnapshot *snapshot;
  CsFacts *facts;
  GPtrArray *findings; /* of CsFinding (owned) */

  /* of the share that is being walked */
  const CsSharePlan *share;  /* (nullable) none yet */
  const CsShareFacts *found; /* (nullable) likewise */
  const CsInterface *lan;    /* (nullable) */
  const CsInterface *uplink; /* (nullable) */
} CsWalk;

/* @message and @remedy are taken over. */
void cs_walk_add (CsWalk *walk,
                  CsSeverity severity,
                  const char *code,
                  char *message,
                  char *remedy);

const char *cs_severity_to_string (CsSeverity severity);
/* A GDestroyNotify. */
void cs_finding_free (gpointer finding);
