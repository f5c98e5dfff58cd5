/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Amounts of data and speeds, as people write them: "500M", "1.5G". */
#pragma once

#include <glib.h>

/* A number, with a fraction or without one, and with k, M, G or T behind it, in any case,
 * for the decimal multiples; or "none", which is 0. FALSE: it is none, or too large. */
gboolean cs_quantity_parse (const char *text, guint64 *value);
/* The most of them that fit: "1.5G" for 1500000000; what cs_quantity_parse () reads. */
char *cs_quantity_to_string (guint64 value);
