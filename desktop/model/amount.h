/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Amounts of data, and rates, in the user's language. */
#pragma once

#include <glib.h>

/* "1.2 MB" */
char *cs_amount_format (guint64 bytes);
/* "1.2 MB/s" */
char *cs_rate_format (guint64 bytes_per_second);
/* The end of an axis that has this rate on it: a round number, not less than it and not
 * less than 10 kB/s. */
guint64 cs_rate_round_up (guint64 bytes_per_second);
