/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "data-usage.h"

#include "ifname.h"

#define MONTHS 12

CsDataUsage *
cs_data_usage_new (const char *lan)
{
  CsDataUsage *usage = g_new0 (CsDataUsage, 1);

  usage->lan = g_strdup (lan);
  return usage;
}

CsDataUsage *
cs_data_usage_copy (const CsDataUsage *usage)
{
  CsDataUsage *copy = g_memdup2 (usage, sizeof *usage);

  copy->lan = g_strdup (usage->lan);
  return copy;
}

void
cs_data_usage_free (gpointer data)
{
  CsDataUsage *usage = data;

  g_free (usage->lan);
  g_free (usage);
}

CsDataUsage *
cs_data_usages_find (const GPtrArray *usages, const char *lan)
{
  for (guint i = 0; usages && i < usages->len; i++)
    {
      CsDataUsage *usage = usages->pdata[i];

      if (g_str_equal (usage->lan, lan))
        return usage;
    }
  return NULL;
}

gboolean
cs_data_usage_count (CsDataUsage *usage, guint64 counted, guint month)
{
  guint64 new = counted >= usage->counted ? counted - usage->counted : counted;
  gboolean is_over = usage->month != 0 && month > usage->month;
  gboolean changed = counted != usage->counted || month > usage->month;

  usage->in_all += new;
  usage->monthly += new;
  usage->counted = counted;
  if (is_over)
    usage->monthly = 0;
  usage->month = MAX (usage->month, month);
  return changed;
}

char *
cs_data_usage_to_text (const CsDataUsage *usage)
{
  g_autofree char *id = cs_ifname_escape (usage->lan);

  return g_strdup_printf (
      "%s %" G_GUINT64_FORMAT " %" G_GUINT64_FORMAT " %u %" G_GUINT64_FORMAT, id,
      usage->in_all, usage->monthly, usage->month, usage->counted);
}

CsDataUsage *
cs_data_usage_from_text (const char *text)
{
  g_auto (GStrv) words = g_strsplit (text, " ", -1);
  g_autofree char *lan = NULL;
  guint64 numbers[4];
  CsDataUsage *usage;

  if (g_strv_length (words) != 1 + G_N_ELEMENTS (numbers))
    return NULL;
  for (gsize i = 0; i < G_N_ELEMENTS (numbers); i++)
    if (!g_ascii_string_to_unsigned (words[1 + i], 10, 0, G_MAXINT64, &numbers[i], NULL))
      return NULL;
  lan = cs_ifname_unescape (words[0]);
  if (!lan || !cs_ifname_check (lan, "LAN", NULL) || numbers[2] > G_MAXUINT)
    return NULL;
  usage = cs_data_usage_new (lan);
  usage->in_all = numbers[0];
  usage->monthly = numbers[1];
  usage->month = (guint)numbers[2];
  usage->counted = numbers[3];
  return usage;
}

guint
cs_month_number (int year, int month)
{
  return (guint)(year * MONTHS + month - 1);
}

char *
cs_month_begin (guint number)
{
  return g_strdup_printf ("%04u-%02u-01", number / MONTHS, number % MONTHS + 1);
}
