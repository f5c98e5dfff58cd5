/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who may have how many calls waiting. */
#include "bus/quota.h"

#define ROOM           12
#define ROOM_TO_REFUSE 16
#define LIMIT          20

typedef struct
{
  const char
      *callers; /* a letter for each call, in this order; "-" before it: answered */
  const char *verdicts; /* of the calls: g granted, r refused, i ignored */
} Row;

static const Row rows[] = {
  /* one alone has half of the room, and of the answers */
  { "aaaaaaaaaa", "ggggggrrii" },
  /* what was answered makes room */
  { "aaaaaaa-aa-a-aa", "ggggggrrg" },
  /* nobody has more than is left */
  { "aaaaaabbbbbb", "gggggggggrri" },
  /* a place for one more */
  { "aaaaaabbbcdee", "ggggggggggggr" },
  /* in the end for nobody */
  { "abcdefghijklmnopqrstuv", "ggggggggggggggggggggii" },
  /* a reply to nobody's call */
  { "-aaaaaaaa", "ggggggr" },
};

static void
test_row (gconstpointer data)
{
  const Row *row = data;
  CsQuota *quota = cs_quota_new (ROOM, ROOM_TO_REFUSE, LIMIT);
  g_autoptr (GString) verdicts = g_string_new (NULL);

  for (const char *p = row->callers; *p != '\0'; p++)
    {
      gboolean answered = *p == '-';
      const char caller[] = { answered ? *++p : *p, '\0' };

      if (answered)
        cs_quota_leave (quota, caller);
      else
        g_string_append_c (verdicts, "gri"[cs_quota_enter (quota, caller)]);
    }
  g_assert_cmpstr (verdicts->str, ==, row->verdicts);
  cs_quota_free (quota);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *path = g_strconcat ("/quota/", rows[i].callers, NULL);

      g_test_add_data_func (path, &rows[i], test_row);
    }
  return g_test_run ();
}
