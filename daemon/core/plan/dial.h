/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Which device a profile of NetworkManager is brought up on. */
#pragma once

#include "plan-list.h"

/* One that fits the profile. */
typedef struct
{
  const char *name; /* unowned */
  gboolean usable;  /* it is plugged in, and NetworkManager manages it */
  gboolean free;    /* and nothing is active on it */
} CsDialDevice;

/* Why pppd has ended, in words, from its lines in the journal, of which those of its last
 * run count; NULL: they do not say. */
const char *cs_dial_words_of_pppd (const char *lines);

/* NetworkManager would take a LAN for the uplink if that is the device that fits. So
 * it chooses itself (@device is NULL) only if no LAN of @plan is among @devices (of
 * CsDialDevice); otherwise it gets the first of the others that is free, or the first
 * that is usable. FALSE: there is none, and @lan would be taken. */
gboolean cs_dial_choose (const GArray *devices,
                         const CsPlan *plan,
                         const char **device,
                         const char **lan);
