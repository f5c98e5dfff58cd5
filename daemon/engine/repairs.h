/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often a share may be repaired. The first repairs of a row come at once, as one
 * program's restart can break several things one after the other; then they are spaced
 * out, twice as far each time, so that two programs that both insist on their own do not
 * keep the machine busy. A row ends when nothing had to be repaired for a while. */
#pragma once

#include <glib.h>

/* How long most damage must have been seen: what looks like one may be the beginning of
 * something that the user does, of which NetworkManager tells a moment later. */
#define CS_REPAIRS_SETTLE (20 * G_TIME_SPAN_MILLISECOND)
/* Repairs of a row that do not wait; the first wait, and the longest; the end of a row.
 * Microseconds. */
#define CS_REPAIRS_FREE  5
#define CS_REPAIRS_FIRST (G_USEC_PER_SEC / 2)
#define CS_REPAIRS_LIMIT (60 * G_USEC_PER_SEC)
#define CS_REPAIRS_CALM  (10 * G_USEC_PER_SEC)

typedef struct _CsRepairs CsRepairs;

CsRepairs *cs_repairs_new (void);
void cs_repairs_free (CsRepairs *self);

/* @lan is not damaged at the moment. */
void cs_repairs_healthy (CsRepairs *self, const char *lan);
/* Whether @lan, which is damaged, may be repaired at @now (g_get_monotonic_time ()), if
 * the damage has been seen for @settle; then it counts as one. Else @again is when. */
gboolean cs_repairs_may (CsRepairs *self,
                         const char *lan,
                         gint64 now,
                         gint64 settle,
                         gint64 *again);
/* Whether the repairs of @lan are spaced out, as somebody undoes them all the time. */
gboolean cs_repairs_is_fighting (CsRepairs *self, const char *lan, gint64 now);
void cs_repairs_forget (CsRepairs *self, const char *lan);
