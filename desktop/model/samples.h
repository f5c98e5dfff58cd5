/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rates of the last minute, made from counters that are read about once a second. */
#pragma once

#include <glib.h>

#define CS_SAMPLES 60

typedef struct _CsSamples CsSamples;

typedef struct
{
  guint64 sent; /* bytes a second */
  guint64 received;
} CsRate;

CsSamples *cs_samples_new (void);
void cs_samples_free (CsSamples *samples);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsSamples, cs_samples_free)

/* @time in microseconds, monotonic. Counters that go back begin again from zero, and
 * after a gap of several seconds the time between counts as even. */
void cs_samples_add (CsSamples *samples, gint64 time, guint64 sent, guint64 received);
void cs_samples_clear (CsSamples *samples);
/* Of @age seconds ago, 0 for now; zeros for before the first. */
CsRate cs_samples_get (const CsSamples *samples, guint age);
/* The highest, of either direction. */
guint64 cs_samples_get_peak (const CsSamples *samples);
