/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsDialLog: the outcome of each profile's last activation, because NetworkManager
 * forgets an active connection, and why it ended, as soon as it has ended. A failure is
 * forgotten when a device becomes ready that the profile could use. Why pppd failed is
 * found in the journal, a moment after the failure. */
#pragma once

#include <NetworkManager.h>

#define CS_TYPE_DIAL_LOG (cs_dial_log_get_type ())
G_DECLARE_FINAL_TYPE (CsDialLog, cs_dial_log, CS, DIAL_LOG, GObject)

typedef struct
{
  gint64 failed_at; /* g_get_monotonic_time (); 0: it did not fail */
  char *failure;    /* (owned) (nullable) why */
  gboolean ppp;     /* it was pppd that failed */
  gboolean hung_up; /* it was up, and the user ended it */
} CsDialOutcome;

CsDialLog *cs_dial_log_new (NMClient *client);
/* An activation that did not even begin. */
void cs_dial_log_add_failure (CsDialLog *self, const char *uuid, const char *failure);
/* A new activation begins: the outcome of the last one no longer counts. */
void cs_dial_log_forget (CsDialLog *self, const char *uuid);
/* (nullable) */
const CsDialOutcome *cs_dial_log_find (CsDialLog *self, const char *uuid);

/* Signal "changed". */
