/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tells when a month begins, by the local time. */
#pragma once

#include <glib.h>

typedef struct _CsMonthClock CsMonthClock;

/* Calls @changed then, and when somebody has set the clock. */
CsMonthClock *cs_month_clock_new (void (*changed) (gpointer), gpointer user_data);
void cs_month_clock_free (CsMonthClock *self);
