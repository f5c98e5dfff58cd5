/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsDialLog: what became of each profile's last activation, as NetworkManager forgets an
 * active connection, and why it ended, as soon as it has ended. A failure is forgotten
 * when a device becomes ready that the profile could use. */
#pragma once

#include <NetworkManager.h>

#define CS_TYPE_DIAL_LOG (cs_dial_log_get_type ())
G_DECLARE_FINAL_TYPE (CsDialLog, cs_dial_log, CS, DIAL_LOG, GObject)

typedef struct
{
  gint64 failed_at; /* g_get_monotonic_time (); 0: it did not fail */
  char *failure;    /* (owned) (nullable) why */
  gboolean hung_up; /* it was up, and the user ended it */
} CsDialOutcome;

CsDialLog *cs_dial_log_new (NMClient *client);
/* An activation that did not even begin. */
void cs_dial_log_add_failure (CsDialLog *self, const char *uuid, const char *failure);
/* A new activation begins: what became of the last one counts no more. */
void cs_dial_log_forget (CsDialLog *self, const char *uuid);
/* (nullable) */
const CsDialOutcome *cs_dial_log_find (CsDialLog *self, const char *uuid);

/* Signal "changed". */
