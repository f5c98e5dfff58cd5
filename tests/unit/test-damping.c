/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How often an uplink may come and go before it has to stay. */
#include "core/value/damping.h"

#define MS G_TIME_SPAN_MILLISECOND

/* A line that is there for so many ms, gone for so many, and so on, for @seconds: how
 * often it may be used at once. */
typedef struct
{
  const char *name;
  int up, down;
  gboolean same; /* with one ifindex, as a cable; else as a line that is dialed */
  int seconds;
  int at_once, returns;
} Case;

static const Case cases[] = {
  { "cable, ten changes a second", 100, 100, TRUE, 10, 2, 50 },
  { "cable, two changes a second", 500, 500, TRUE, 10, 10, 10 },
  { "line, ten changes a second", 100, 100, FALSE, 10, 8, 50 },
  { "line, ten times in three seconds", 50, 250, FALSE, 3, 10, 10 },
  { "line, twice a second", 200, 300, FALSE, 5, 10, 10 },
  { "line, once a second", 500, 500, FALSE, 100, 100, 100 },
  { "replaced without a gap", 300, 0, FALSE, 3, 10, 10 },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  CsDamping damping = { 0 };
  int ifindex = 7, at_once = 0, returns = 0;
  gint64 begin = 1000 * MS, now = begin;

  g_assert_cmpint (cs_damping_note_uplink (&damping, ifindex, now), ==, 0);
  while (now + (c->up + c->down) * MS <= begin + c->seconds * G_USEC_PER_SEC)
    {
      now += c->up * MS;
      if (c->down > 0)
        cs_damping_note_uplink (&damping, 0, now);
      now += c->down * MS;
      ifindex += c->same ? 0 : 1;
      at_once += cs_damping_note_uplink (&damping, ifindex, now) == 0;
      returns++;
    }
  g_assert_cmpint (returns, ==, c->returns);
  g_assert_cmpint (at_once, ==, c->at_once);
  g_assert_cmpint (cs_damping_note_uplink (&damping, ifindex, now + CS_DAMPING_HOLD), ==,
                   0);
}

/* It says when, is not impatient about questions in between, and forgets. */
static void
test_hold (void)
{
  CsDamping damping = { 0 };
  gint64 now = 1000 * MS, at = 0;

  for (int i = 0; at == 0; i++)
    {
      cs_damping_note_uplink (&damping, 0, now += 50 * MS);
      at = cs_damping_note_uplink (&damping, 7, now += 50 * MS);
      g_assert_cmpint (i, <, 10);
    }
  g_assert_cmpint (at, >, now);
  g_assert_cmpint (at, <=, now + CS_DAMPING_HOLD);
  g_assert_cmpint (cs_damping_note_uplink (&damping, 7, at - 1), ==, at);
  g_assert_cmpint (cs_damping_note_uplink (&damping, 7, at), ==, 0);
  cs_damping_note_uplink (&damping, 0, at + 10 * G_USEC_PER_SEC);
  g_assert_cmpint (cs_damping_note_uplink (&damping, 7, at + 10 * G_USEC_PER_SEC), ==, 0);
}

/* Those of one uplink say nothing about the next. */
static void
test_details (void)
{
  CsDamping damping = { 0 };
  gint64 now = 1000 * MS;
  int followed = 0;

  cs_damping_note_uplink (&damping, 7, now);
  for (int i = 0; i < 100; i++)
    followed += cs_damping_note_detail (&damping, now + i * 100 * MS) == 0;
  g_assert_cmpint (followed, ==, 14);
  now += 10 * G_USEC_PER_SEC;
  cs_damping_note_uplink (&damping, 8, now);
  g_assert_cmpint (cs_damping_note_detail (&damping, now), ==, 0);
  g_assert_cmpint (damping.details, ==, now + CS_DAMPING_DETAIL);
}

/* The first uplink of a share, late as it may be, is no return. */
static void
test_first (void)
{
  CsDamping damping = { 0 };

  for (int i = 1; i < 100; i++)
    g_assert_cmpint (cs_damping_note_uplink (&damping, 0, i * MS), ==, 0);
  g_assert_cmpint (cs_damping_note_uplink (&damping, 7, 100 * MS), ==, 0);
  g_assert_cmpint (damping.unrest, ==, 0);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/damping/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/damping/hold", test_hold);
  g_test_add_func ("/damping/details", test_details);
  g_test_add_func ("/damping/first", test_first);
  return g_test_run ();
}
