/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See amount.h. */
#include "amount.h"

#include <glib/gi18n-lib.h>

#define SMALLEST_AXIS 10000

char *
cs_amount_format (guint64 bytes)
{
  return g_format_size (bytes);
}

char *
cs_rate_format (guint64 bytes_per_second)
{
  g_autofree char *amount = g_format_size (bytes_per_second);

  /* Translators: an amount of data in each second, as in "1.2 MB/s" */
  return g_strdup_printf (_ ("%s/s"), amount);
}

guint64
cs_rate_round_up (guint64 bytes_per_second)
{
  static const guint64 steps[] = { 1, 2, 5 };

  for (guint64 power = SMALLEST_AXIS; power < G_MAXUINT64 / 10; power *= 10)
    for (gsize i = 0; i < G_N_ELEMENTS (steps); i++)
      if (power * steps[i] >= bytes_per_second)
        return power * steps[i];
  return bytes_per_second;
}
