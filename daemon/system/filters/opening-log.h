/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Remembers what other firewalls have refused to a share, because no snapshot of the
 * network shows that. */
#pragma once

#include "core/value/snapshot.h"

#include <gio/gio.h>

#define CS_TYPE_OPENING_LOG (cs_opening_log_get_type ())
G_DECLARE_FINAL_TYPE (CsOpeningLog, cs_opening_log, CS, OPENING_LOG, GObject)

/* Signal: "changed", the log's content is different. */
CsOpeningLog *cs_opening_log_new (void);
/* Records the result of opening @table, named as in CsFilterChain, for @lan: @words say
 * why it was refused; NULL: it was not. */
void cs_opening_log_note (CsOpeningLog *self,
                          const char *lan,
                          const char *table,
                          const char *words);
/* Fills in .refusals. */
void cs_opening_log_fill (CsOpeningLog *self, CsSnapshot *snapshot);
