/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Shares that could not be brought to their plan, and when to try again: later each time,
 * as the attempt itself makes news that would lead to the next at once. When the plan has
 * become another there is no waiting, unless that has happened too often. */
#pragma once

#include "core/plan.h"

/* The first wait, which is doubled each time, and the longest. Microseconds. */
#define CS_FAILURES_FIRST (G_USEC_PER_SEC / 2)
#define CS_FAILURES_LIMIT (300 * G_USEC_PER_SEC)
/* Failures of a row after which another plan has to wait, too. */
#define CS_FAILURES_FREE 5

typedef struct _CsFailures CsFailures;

CsFailures *cs_failures_new (void);
void cs_failures_free (CsFailures *self);

/* @error came of bringing the share to @plan, NULL: of its end. */
void cs_failures_add (CsFailures *self,
                      const char *lan,
                      CsSharePlan *plan,
                      const GError *error,
                      gint64 now);
void cs_failures_forget (CsFailures *self, const char *lan);
/* The error with which @plan has failed and that is not to be tried again at @now; NULL:
 * it may be tried. Owned by @self. */
const GError *
cs_failures_hold (CsFailures *self, const char *lan, const CsSharePlan *plan, gint64 now);
/* When the first is to be tried again, 0: there is none. */
gint64 cs_failures_next (CsFailures *self);
