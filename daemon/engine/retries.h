/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When a share may be repaired, or tried again: a row for each LAN.
 *
 * Repairs: the first ones come at once, because one program's restart can break several
 * things one after another; then they are spaced out, so that two programs that each
 * insist on their own way do not keep the machine busy. What keeps packets from going
 * astray does not wait: there this only decides what to log.
 *
 * Failures: a share that could not be brought to its plan waits, because the attempt
 * itself causes changes that would trigger the next one at once. If the plan has changed,
 * there is no wait, unless that has happened too often. */
#pragma once

#include "core/plan/plan.h"

/* How long most drift must have been seen: what looks like it may be the beginning
 * of something that the user does, which NetworkManager reports a moment later. */
#define CS_REPAIRS_DELAY (20 * G_TIME_SPAN_MILLISECOND)

typedef struct _CsRetries CsRetries;

CsRetries *cs_retries_new (void);
void cs_retries_free (CsRetries *self);

/* @lan is as planned at the moment. */
void cs_retries_healthy (CsRetries *self, const char *lan);
/* Whether @lan, which has drifted, may be repaired at @now (g_get_monotonic_time ()), if
 * the drift has been seen for @delay; then this counts as a repair. Otherwise @again is
 * when. */
gboolean cs_retries_may_repair (CsRetries *self,
                                const char *lan,
                                gint64 now,
                                gint64 delay,
                                gint64 *again);
/* Whether the repairs of @lan are spaced out, because somebody keeps undoing them. */
gboolean cs_retries_is_fighting (CsRetries *self, const char *lan, gint64 now);

/* Bringing the share to @plan (NULL: ending it) failed with @error. */
void cs_retries_fail (CsRetries *self,
                      const char *lan,
                      CsSharePlan *plan,
                      const GError *error,
                      gint64 now);
/* The share is as planned. */
void cs_retries_succeed (CsRetries *self, const char *lan);
/* The error of the last failure, if @plan must not be tried yet at @now; NULL: it may be
 * tried. Owned by @self. */
const GError *cs_retries_backoff (CsRetries *self,
                                  const char *lan,
                                  const CsSharePlan *plan,
                                  gint64 now);
/* When the first share that is not in the set @but may be tried again; 0: there is
 * none. */
gint64 cs_retries_next (CsRetries *self, GHashTable *but);

/* Forgets all repairs and failures of @lan. */
void cs_retries_forget (CsRetries *self, const char *lan);
