/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a client, and all of them together, may ask. */
#pragma once

#include "core/value/address.h"

#define CS_RATE_CLIENTS 64 /* that it remembers */

typedef struct
{
  guint each; /* requests a second of one client */
  guint all;
  struct
  {
    CsAddress client;
    gint64 due; /* when it has its full burst again, monotonic */
  } clients[CS_RATE_CLIENTS];
  gint64 due; /* of all */
} CsRate;

/* Whether @client may ask now; then it has asked. A second's worth may come at once. */
gboolean cs_rate_take (CsRate *rate, CsAddress client, gint64 now);
