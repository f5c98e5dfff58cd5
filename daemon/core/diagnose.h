/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is wrong with the shares, or will be, and what helps: one packet of a client is
 * followed all its way, for each share, on paper. The engine repairs what is its own; so
 * most of what is found here is in the hands of others. */
#pragma once

#include "facts.h"
#include "plan.h"

typedef enum
{
  CS_SEVERITY_INFO,    /* good to know */
  CS_SEVERITY_WARNING, /* it does not work as it could, or waits */
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

/* Of CsFinding (owned): those about the host, then those of each share in the order of a
 * packet's way. @plan is what is shown of the shares: with their states and errors. */
GPtrArray *cs_diagnose (const CsPlan *plan, const CsSnapshot *snapshot, CsFacts *facts);

const char *cs_severity_to_string (CsSeverity severity);
