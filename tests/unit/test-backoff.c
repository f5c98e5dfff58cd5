/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The pauses of a row of each kind, and when a row ends. */
#include "core/value/backoff.h"

#define MS G_TIME_SPAN_MILLISECOND

typedef struct
{
  const char *name;
  CsBackoffKind kind;
  int pauses[12]; /* ms */
} Case;

static const Case cases[] = {
  { "repair",
    CS_BACKOFF_REPAIR,
    { 0, 0, 0, 0, 500, 1000, 2000, 4000, 8000, 16000, 32000, 60000 } },
  { "share",
    CS_BACKOFF_SHARE,
    { 500, 1000, 2000, 4000, 8000, 16000, 32000, 64000, 128000, 256000, 300000,
      300000 } },
  { "pass",
    CS_BACKOFF_PASS,
    { 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000, 5000 } },
  { "dial",
    CS_BACKOFF_DIAL,
    { 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000, 60000,
      60000 } },
};

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  CsBackoff backoff = { 0 };
  gint64 now = 1000 * MS;

  for (guint i = 0; i < G_N_ELEMENTS (c->pauses); i++)
    {
      cs_backoff_add (&backoff, c->kind, now);
      g_assert_cmpint ((backoff.next - now) / MS, ==, c->pauses[i]);
      g_assert_cmpint (cs_backoff_has_pauses (&backoff, c->kind, now), ==,
                       c->pauses[i] > 0);
      now = backoff.next;
    }
  g_assert_cmpint (cs_backoff_pause (c->kind, G_MAXUINT), ==, c->pauses[11] * MS);
}

/* When nothing had to be repaired for ten seconds after the last pause. */
static void
test_calm (void)
{
  CsBackoff backoff = { 0 };
  gint64 now = 1000 * MS;

  for (guint i = 0; i <= CS_BACKOFF_FREE; i++)
    cs_backoff_add (&backoff, CS_BACKOFF_REPAIR, now);
  now = backoff.next + 10 * G_USEC_PER_SEC;
  g_assert_true (cs_backoff_has_pauses (&backoff, CS_BACKOFF_REPAIR, now));
  g_assert_false (cs_backoff_has_pauses (&backoff, CS_BACKOFF_REPAIR, now + 1));
  cs_backoff_add (&backoff, CS_BACKOFF_REPAIR, now + 1);
  g_assert_cmpint (backoff.next, ==, now + 1);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strconcat ("/backoff/", cases[i].name, NULL);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/backoff/calm", test_calm);
  return g_test_run ();
}
