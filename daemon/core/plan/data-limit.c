/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data-limit.h"

void
cs_data_limit_plan (CsSharePlan *share,
                    const CsRequest *request,
                    const CsSnapshot *snapshot)
{
  share->limit = request->limit;
  if (request->limit && cs_request_is_monthly (request))
    share->limit_month = snapshot->month;
}

guint64
cs_data_limit_used (const CsSharePlan *share, const CsDataUsage *usage)
{
  if (!usage)
    return 0;
  return share->limit_month ? usage->monthly : usage->in_all;
}

/* Whether at least @bytes are used. */
static gboolean
is_used (const CsSharePlan *share, const CsSnapshot *snapshot, guint64 bytes)
{
  return share->limit
         && cs_data_limit_used (share, cs_data_usages_find (snapshot->usages, share->lan))
                >= bytes;
}

gboolean
cs_data_limit_is_reached (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  return is_used (share, snapshot, share->limit);
}

guint64
cs_data_limit_warning (const CsSharePlan *share)
{
  return share->limit / 10 * 9;
}

gboolean
cs_data_limit_is_near (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  return is_used (share, snapshot, cs_data_limit_warning (share));
}

/* "1.5 GB": in the units in which tariffs are. */
static char *
format_size (guint64 bytes)
{
  static const char *const units[] = { "bytes", "kB", "MB", "GB", "TB" };
  gsize i = 0;
  double size = (double)bytes;

  for (; size >= 1000 && i + 1 < G_N_ELEMENTS (units); i++)
    size /= 1000;
  return g_strdup_printf ("%.4g %s", size, units[i]);
}

char *
cs_data_limit_words (const CsSharePlan *share)
{
  g_autofree char *size = format_size (share->limit);

  return g_strdup_printf (share->limit_month ? "%s in each month" : "%s", size);
}

char *
cs_data_limit_message (const CsSharePlan *share)
{
  g_autofree char *words = cs_data_limit_words (share);
  g_autofree char *begin = cs_month_begin (share->limit_month + 1);

  if (share->limit_month)
    return g_strdup_printf (
        "the clients of %s have used its limit of %s; sharing resumes "
        "on %s, or when the limit is raised or dropped",
        share->lan, words, begin);
  return g_strdup_printf ("the clients of %s have used its limit of %s; sharing resumes "
                          "when the limit is raised or dropped",
                          share->lan, words);
}

char *
cs_data_limit_used_words (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  g_autofree char *words = cs_data_limit_words (share);
  g_autofree char *used = format_size (
      cs_data_limit_used (share, cs_data_usages_find (snapshot->usages, share->lan)));

  return g_strdup_printf ("the clients of %s have used %s of its limit of %s", share->lan,
                          used, words);
}
