/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A ring, a place for each second; see samples.h. */
#include "samples.h"

struct _CsSamples
{
  CsRate rates[CS_SAMPLES];
  guint newest;
  gint64 time; /* of the counters; 0: none yet */
  guint64 sent;
  guint64 received;
};

CsSamples *
cs_samples_new (void)
{
  return g_new0 (CsSamples, 1);
}

void
cs_samples_free (CsSamples *samples)
{
  g_free (samples);
}

void
cs_samples_clear (CsSamples *samples)
{
  *samples = (CsSamples){ 0 };
}

static guint64
rate (guint64 before, guint64 now, gint64 elapsed)
{
  guint64 bytes = now >= before ? now - before : now;

  return (guint64)((double)bytes * G_USEC_PER_SEC / (double)elapsed);
}

void
cs_samples_add (CsSamples *samples, gint64 time, guint64 sent, guint64 received)
{
  gint64 elapsed = time - samples->time;

  if (samples->time != 0 && elapsed > 0)
    {
      CsRate now = { rate (samples->sent, sent, elapsed),
                     rate (samples->received, received, elapsed) };
      gint64 places = (elapsed + G_USEC_PER_SEC / 2) / G_USEC_PER_SEC;

      for (gint64 i = 0; i < CLAMP (places, 1, CS_SAMPLES); i++)
        {
          samples->newest = (samples->newest + 1) % CS_SAMPLES;
          samples->rates[samples->newest] = now;
        }
    }
  samples->time = time;
  samples->sent = sent;
  samples->received = received;
}

CsRate
cs_samples_get (const CsSamples *samples, guint age)
{
  g_return_val_if_fail (age < CS_SAMPLES, (CsRate){ 0 });
  return samples->rates[(samples->newest + CS_SAMPLES - age) % CS_SAMPLES];
}

guint64
cs_samples_get_peak (const CsSamples *samples)
{
  guint64 peak = 0;

  for (guint i = 0; i < CS_SAMPLES; i++)
    peak = MAX (peak, MAX (samples->rates[i].sent, samples->rates[i].received));
  return peak;
}
