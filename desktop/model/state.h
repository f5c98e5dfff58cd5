/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share is doing, in one sentence made from the codes of its properties. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_MOOD_OFF,
  CS_MOOD_BUSY, /* it will change by itself in a moment */
  CS_MOOD_GOOD,
  CS_MOOD_WAITING, /* it will change by itself when something else does */
  CS_MOOD_BAD,     /* the user has to do something */
} CsMood;

/* A share's state, and the names that the sentence is to use for its interfaces. */
typedef struct
{
  const char *state;             /* Share.State; NULL: not shared */
  const char *reason;            /* Share.StateReason */
  const char *lan;               /* "Ethernet (eth0)" */
  const char *wan;               /* what is shared from */
  const char *uplink;            /* what that means right now; "" for none */
  const char *const *blocked_by; /* Share.BlockedBy, or NULL */
} CsState;

CsMood cs_state_get_mood (const CsState *state);
/* "Sharing", "Waiting": a word or two. */
const char *cs_state_get_title (const CsState *state);
char *cs_state_get_sentence (const CsState *state);
