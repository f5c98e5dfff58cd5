/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "LAN address" for a device of NetworkManager's while that does not run: its
 * address comes and goes all the same, and is reported when NetworkManager is back. */
#include "system/lan.h"

#include "nm-fixture.h"
#include "private-net.h"
#include "step-call.h"

#define SHOW "ip -4 -o address show dev lan0 | sed -E 's,.* inet ([^ ]*).*,\\1,'"

static CsSharePlan *
profile_share (const char *address)
{
  CsSharePlan *share = share_new ("lan0", NULL, address, 13700);

  share->lan_method = CS_LAN_PROFILE;
  return share;
}

static void
on_changed (CsStep *step, const char *lan, gpointer user_data)
{
  g_assert_cmpstr (lan, ==, "lan0");
  (*(guint *)user_data)++;
}

static void
test_without (NmFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) first = profile_share ("192.168.137.1/24");
  g_autoptr (CsSharePlan) second = profile_share ("192.168.138.1/24");
  const struct
  {
    const char *name;
    const CsSharePlan *from, *to;
    const char *addresses;
  } rows[] = {
    { "begins", NULL, first, "192.168.137.1/24" },
    { "again", first, first, "192.168.137.1/24" },
    { "moves", first, second, "192.168.138.1/24" },
    { "back", second, first, "192.168.137.1/24" },
    { "ends", first, NULL, "" },
  };
  g_autoptr (CsStep) step = NULL;

  nm_fixture_follow (f, FALSE);
  step = cs_lan_step_new (f->manager);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      step_must_apply (step, NULL, rows[i].from, rows[i].to);
      assert_shell (rows[i].name, SHOW, rows[i].addresses);
    }
}

static void
test_return (NmFixture *f, gconstpointer data)
{
  g_autoptr (CsSharePlan) share = profile_share ("192.168.137.1/24");
  g_autoptr (CsStep) step = NULL;
  guint changes = 0;

  nm_fixture_follow (f, FALSE);
  step = cs_lan_step_new (f->manager);
  g_signal_connect (step, "changed", G_CALLBACK (on_changed), &changes);
  step_must_apply (step, NULL, NULL, share);
  g_assert_cmpuint (changes, ==, 0);
  fake_nm_start (f->fake);
  while (changes == 0)
    g_main_context_iteration (NULL, TRUE);
  fake_nm_stop (f->fake);
  nm_fixture_turn (50);
  g_assert_cmpuint (changes, ==, 1);
  step_must_apply (step, NULL, share, NULL);
  fake_nm_start (f->fake);
  nm_fixture_turn (50);
  g_assert_cmpuint (changes, ==, 1);
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  /* what a bus wants to know of who it runs as */
  g_file_set_contents ("/etc/passwd", "root:x:0:0::/:/bin/sh\n", -1, NULL);
  add_link ("lan0");
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/lan/without-network-manager", NmFixture, NULL, nm_fixture_set_up,
              test_without, nm_fixture_tear_down);
  g_test_add ("/lan/network-manager-returns", NmFixture, NULL, nm_fixture_set_up,
              test_return, nm_fixture_tear_down);
  return g_test_run ();
}
