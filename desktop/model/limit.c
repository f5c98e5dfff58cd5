/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See limit.h. */
#include "limit.h"

#define MONTH "month"
#define ALL   "all"

CsLimit
cs_limit_parse (GVariant *bytes, GVariant *period)
{
  CsLimit limit = { 0 };

  if (bytes != NULL && g_variant_is_of_type (bytes, G_VARIANT_TYPE_UINT64))
    limit.bytes = g_variant_get_uint64 (bytes);
  if (period != NULL && g_variant_is_of_type (period, G_VARIANT_TYPE_STRING))
    limit.monthly = g_str_equal (g_variant_get_string (period, NULL), MONTH);
  return limit;
}

void
cs_limit_add (CsLimit limit, GVariantDict *options)
{
  g_variant_dict_insert (options, "limit", "t", limit.bytes);
  g_variant_dict_insert (options, "limit-period", "s", limit.monthly ? MONTH : ALL);
}
