/* SPDX-License-Identifier: GPL-2.0-or-later */
/* When routers are asked again, and when they have forgotten what they were asked. */
#include "system/upstream/router-times.h"

static void
test_epoch (void)
{
  static const struct
  {
    guint32 before, after;
    guint seconds; /* between them */
    gboolean lost;
  } cases[] = {
    { 100, 110, 10, FALSE },    { 100, 109, 10, FALSE },    { 100, 99, 0, FALSE },
    { 100, 98, 0, TRUE },       { 100, 103, 10, TRUE },     { 100, 3700, 3600, FALSE },
    { 100, 3400, 3500, FALSE }, { 100, 10, 3600, TRUE },    { 100, 3000, 3600, TRUE },
    { 100, 5000, 3600, TRUE },  { 4294967295, 0, 1, TRUE },
  };

  for (guint i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      CsRouterEpoch epoch = { 0 };
      gint64 now = 12345678;

      g_assert_false (cs_router_epoch_follow (&epoch, cases[i].before, now));
      now += cases[i].seconds * CS_ROUTER_SECOND;
      g_test_message ("%u to %u", cases[i].before, cases[i].after);
      g_assert_cmpint (cs_router_epoch_follow (&epoch, cases[i].after, now), ==,
                       cases[i].lost);
      g_assert_cmpint (cs_router_epoch_follow (&epoch, cases[i].after, now), ==, FALSE);
    }
}

static void
assert_between (gint64 value, gdouble least, gdouble most)
{
  g_assert_cmpfloat ((gdouble)value / CS_ROUTER_SECOND, >=, least);
  g_assert_cmpfloat ((gdouble)value / CS_ROUTER_SECOND, <=, most);
}

static void
test_times (void)
{
  assert_between (cs_router_wait (CS_ROUTER_PCP, 1, FALSE), 2.7, 3.3);
  assert_between (cs_router_wait (CS_ROUTER_PCP, 2, FALSE), 5.4, 6.6);
  assert_between (cs_router_wait (CS_ROUTER_PCP, 3, FALSE), 0, 0);
  assert_between (cs_router_wait (CS_ROUTER_PCP, 5, TRUE), 43.2, 52.8);
  assert_between (cs_router_wait (CS_ROUTER_NAT_PMP, 1, FALSE), 0.25, 0.25);
  assert_between (cs_router_wait (CS_ROUTER_NAT_PMP, 9, FALSE), 64, 64);
  assert_between (cs_router_wait (CS_ROUTER_NAT_PMP, 10, TRUE), 0, 0);
  assert_between (cs_router_renew_after (7200), 3600, 4500);
  assert_between (cs_router_ask_after_refusal (1, 0), 60, 60);
  assert_between (cs_router_ask_after_refusal (1, 1800), 1800, 1800);
  assert_between (cs_router_ask_after_refusal (4, 30), 480, 480);
  assert_between (cs_router_ask_after_refusal (1000, G_MAXUINT32), 3600, 3600);
  assert_between (cs_router_ask_after_silence (0), 3600, 3600);
  assert_between (cs_router_ask_after_silence (1800 * CS_ROUTER_SECOND), 900, 900);
  assert_between (cs_router_ask_after_silence (1), 60, 60);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/router-times/epoch", test_epoch);
  g_test_add_func ("/router-times/times", test_times);
  return g_test_run ();
}
