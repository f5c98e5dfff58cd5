/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Counters in, what is used out; and the lines of the file. */
#include "core/value/data-usage.h"

#define NOVEMBER 24322
#define DECEMBER 24323

static void
test_count (void)
{
  static const struct
  {
    const char *before;
    guint64 counted;
    guint month;
    const char *after; /* NULL: nothing has changed */
  } rows[] = {
    { "lan0 0 0 0 0", 700, NOVEMBER, "lan0 700 700 24322 700" },
    { "lan0 700 700 24322 700", 900, NOVEMBER, "lan0 900 900 24322 900" },
    { "lan0 900 900 24322 900", 900, NOVEMBER, NULL },
    /* the counters have begun again */
    { "lan0 900 900 24322 900", 50, NOVEMBER, "lan0 950 950 24322 50" },
    { "lan0 900 900 24322 900", 0, NOVEMBER, "lan0 900 900 24322 0" },
    /* another month: what was not counted before it, was used in the old one */
    { "lan0 900 900 24322 900", 900, DECEMBER, "lan0 900 0 24323 900" },
    { "lan0 900 900 24322 900", 950, DECEMBER, "lan0 950 0 24323 950" },
    { "lan0 950 20 24323 950", 960, DECEMBER, "lan0 960 30 24323 960" },
    /* a clock that is not set yet */
    { "lan0 950 20 24323 950", 960, NOVEMBER, "lan0 960 30 24323 960" },
    { "lan0 950 20 24323 950", 950, 23640, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsDataUsage *usage = cs_data_usage_from_text (rows[i].before);
      gboolean changed = cs_data_usage_count (usage, rows[i].counted, rows[i].month);
      g_autofree char *after = cs_data_usage_to_text (usage);

      g_assert_cmpstr (after, ==, rows[i].after ? rows[i].after : rows[i].before);
      g_assert_cmpint (changed, ==, rows[i].after != NULL);
      cs_data_usage_free (usage);
    }
}

static void
test_text (void)
{
  static const char *const bad[] = { "",
                                     "lan0",
                                     "lan0 1 2 3",
                                     "lan0 1 2 3 4 5",
                                     "lan0 1 2 3 -4",
                                     "lan0 1 2 3 x",
                                     "lan0 1 2 99999999999 4",
                                     "lan0 1 2 3 9223372036854775808",
                                     "la_0 1 2 3 4",
                                     "_20 1 2 3 4",
                                     "averylonginterface 1 2 3 4" };
  CsDataUsage *usage = cs_data_usage_from_text ("usb_2d0 1 2 3 4");
  CsDataUsage *copy = cs_data_usage_copy (usage);
  g_autofree char *text = cs_data_usage_to_text (copy);

  g_assert_cmpstr (usage->lan, ==, "usb-0");
  g_assert_cmpstr (text, ==, "usb_2d0 1 2 3 4");
  cs_data_usage_free (copy);
  cs_data_usage_free (usage);
  for (gsize i = 0; i < G_N_ELEMENTS (bad); i++)
    g_assert_null (cs_data_usage_from_text (bad[i]));
}

static void
test_find (void)
{
  g_autoptr (GPtrArray) usages = g_ptr_array_new_with_free_func (cs_data_usage_free);

  g_assert_null (cs_data_usages_find (NULL, "lan0"));
  g_ptr_array_add (usages, cs_data_usage_new ("lan0"));
  g_ptr_array_add (usages, cs_data_usage_new ("lan1"));
  g_assert_true (cs_data_usages_find (usages, "lan1") == usages->pdata[1]);
  g_assert_null (cs_data_usages_find (usages, "lan2"));
}

static void
test_month (void)
{
  g_autofree char *december = cs_month_begin (DECEMBER);
  g_autofree char *january = cs_month_begin (DECEMBER + 1);

  g_assert_cmpuint (cs_month_number (2026, 11), ==, NOVEMBER);
  g_assert_cmpuint (cs_month_number (2026, 12), ==, DECEMBER);
  g_assert_cmpstr (december, ==, "2026-12-01");
  g_assert_cmpstr (january, ==, "2027-01-01");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/data-usage/count", test_count);
  g_test_add_func ("/data-usage/text", test_text);
  g_test_add_func ("/data-usage/find", test_find);
  g_test_add_func ("/data-usage/month", test_month);
  return g_test_run ();
}
