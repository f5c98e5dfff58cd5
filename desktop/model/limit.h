/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The options "limit" t and "limit-period" s of a share: bytes in all, or each month. */
#pragma once

#include <glib.h>

typedef struct
{
  guint64 bytes; /* 0: no limit */
  gboolean monthly;
} CsLimit;

/* @bytes and @period are the options' values, NULL for none; what cannot be read is no
 * limit. */
CsLimit cs_limit_parse (GVariant *bytes, GVariant *period);
void cs_limit_add (CsLimit limit, GVariantDict *options);
