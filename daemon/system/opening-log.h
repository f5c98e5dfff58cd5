/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other firewalls have refused to a share, as no snapshot of the network shows it.
 */
#pragma once

#include "core/snapshot.h"

#include <gio/gio.h>

#define CS_TYPE_OPENING_LOG (cs_opening_log_get_type ())
G_DECLARE_FINAL_TYPE (CsOpeningLog, cs_opening_log, CS, OPENING_LOG, GObject)

/* Signal: "changed", it says something else than before. */
CsOpeningLog *cs_opening_log_new (void);
/* What became of opening @table, named as in CsFilterChain, for @lan: @words say why it
 * was refused; NULL: it was not. */
void cs_opening_log_note (CsOpeningLog *self,
                          const char *lan,
                          const char *table,
                          const char *words);
/* Fills in .refusals. */
void cs_opening_log_fill (CsOpeningLog *self, CsSnapshot *snapshot);
