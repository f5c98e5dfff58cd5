/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How much each share has used, over rebuilds of the table, restarts of the service and
 * of the computer: the counters of the packet filter are read whenever anybody is awake,
 * and what they have become since is added to what a file has. May be called in any
 * thread. */
#pragma once

#include "core/plan/plan-list.h"

/* For what reads often. Seconds. */
#define CS_USAGES_PAUSE 60

/* Begins, with what the file in @state_dir has; nothing is read or written before. */
void cs_usages_begin (const char *state_dir);
/* From now on those of the shares of @plan, and no others. */
void cs_usages_follow (const CsPlan *plan);
/* Reads the counters. The file is written, in a thread, if that was not done for @pause
 * seconds. */
void cs_usages_read (gint64 pause);
/* As they are now: of CsDataUsage (owned, transfer full). */
GPtrArray *cs_usages_get (void);
/* Sets .month and .usages. */
void cs_usages_fill (CsSnapshot *snapshot);
/* Before the service ends: what was read is on disk. */
void cs_usages_save (void);
/* Forgets all, and removes the file. */
void cs_usages_clear (void);
