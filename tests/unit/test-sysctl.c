/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "forwarding": what it makes of the four settings, in a network of its own. */
#include "system/routing/sysctl.h"

#include "descriptors.h"
#include "private-net.h"
#include "sysctl-fixture.h"

/* Values are lan0's forwarding, ppp0's forwarding, ppp0's rp_filter, src_valid_mark. */
static const SysctlCase cases[] = {
  { "all of it", "0000", "00--", "1100", NULL, "0000" },
  { "strict filter", "0010", "001-", "1120", NULL, "0010" },
  { "was on already", "1101", "----", "1101", NULL, "1101" },
  { "switched off since it was planned", "0000", "----", "1100", NULL, "1100" },
  { "somebody changed it", "0010", "001-", "1120", "0110", "0010" },
  { "somebody loosened it", "0010", "001-", "1120", "1100", "0000" },
  { "marks", "0000", "00-0", "1101", NULL, "0000" },
  { "marks switched off by somebody", "0000", "00-0", "1101", "1100", "0000" },
};

static void
set_host (const char *values)
{
  g_free (shell ("cd /proc/sys/net/ipv4/conf; echo %c >lan0/forwarding;"
                 "echo %c >ppp0/forwarding; echo %c >ppp0/rp_filter;"
                 "echo %c >all/src_valid_mark",
                 values[0], values[1], values[2], values[3]));
}

static void
assert_host (const char *where, const char *expected)
{
  assert_shell (where,
                "cd /proc/sys/net/ipv4/conf; cat lan0/forwarding ppp0/forwarding "
                "ppp0/rp_filter all/src_valid_mark | tr -d '\\n'",
                expected);
}

static CsSharePlan *
share_with_found (const char *lan, const char *values)
{
  CsSharePlan *share = share_new (lan, "ppp0", "192.168.137.1/24", 13700);

  share->found_lan_forwarding = sysctl_found (values[0]);
  share->found_uplink_forwarding = sysctl_found (values[1]);
  share->found_uplink_rp_filter = sysctl_found (values[2]);
  share->found_src_valid_mark = sysctl_found (values[3]);
  return share;
}

static void
test_case (gconstpointer data)
{
  static const SysctlDigits digits = { set_host, assert_host, share_with_found };

  sysctl_test_case (data, &digits);
}

/* What another share still needs stays as long. */
static void
test_shared_uplink (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) first = NULL;
  g_autoptr (CsSharePlan) second = NULL;

  sysctl_set_up ();
  set_host ("0010");
  first = share_with_found ("lan0", "0010");
  second = share_new ("lan1", "ppp0", "192.168.138.1/24", 13701);
  second->found_uplink_forwarding = g_strdup ("0");
  second->found_uplink_rp_filter = g_strdup ("1");
  second->found_src_valid_mark = g_strdup ("0");
  step_must_apply (step, NULL, NULL, first);
  step_must_apply (step, first, NULL, second);
  step_must_apply (step, second, first, NULL);
  assert_host ("first ended", "0121");
  step_must_apply (step, NULL, second, NULL);
  assert_host ("both ended", "0010");
  sysctl_tear_down ();
}

/* One share's LAN is the other's uplink. */
static void
test_chain (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) first = NULL;
  g_autoptr (CsSharePlan) second = NULL;

  sysctl_set_up ();
  set_host ("0000");
  first = share_with_found ("lan0", "00--");
  second = share_new ("lan1", "lan0", "192.168.138.1/24", 13701);
  second->found_uplink_forwarding = g_strdup ("0");
  step_must_apply (step, NULL, NULL, first);
  step_must_apply (step, first, NULL, second);
  step_must_apply (step, second, first, NULL);
  assert_host ("first ended", "1000");
  step_must_apply (step, NULL, second, NULL);
  assert_host ("both ended", "0000");
  sysctl_tear_down ();
}

static void
test_uplink_moves (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) ppp = NULL;
  g_autoptr (CsSharePlan) waiting = NULL;

  sysctl_set_up ();
  set_host ("0010");
  ppp = share_with_found ("lan0", "001-");
  waiting = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  waiting->found_lan_forwarding = g_strdup ("0");
  step_must_apply (step, NULL, NULL, ppp);
  step_must_apply (step, NULL, ppp, waiting);
  assert_host ("waiting", "1010");
  step_must_apply (step, NULL, waiting, ppp);
  assert_host ("back", "1120");
  sysctl_tear_down ();
}

/* It has kept what was set, and gets back what it had. */
static void
test_renamed (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  sysctl_set_up ();
  set_host ("0010");
  share = share_with_found ("lan0", "001-");
  step_must_apply (step, NULL, NULL, share);
  g_free (shell ("ip link set ppp0 name ppp9; ip link set lan0 name lan9"));
  step_must_apply (step, NULL, share, NULL);
  g_free (shell ("ip link set ppp9 name ppp0; ip link set lan9 name lan0"));
  assert_host ("renamed", "0010");
  sysctl_tear_down ();
}

static void
test_devices_gone (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  sysctl_set_up ();
  share = share_with_found ("lan0", "001-");
  sysctl_tear_down ();
  step_must_apply (step, NULL, NULL, share);
  step_must_apply (step, NULL, share, NULL);
}

/* An interface that cannot be looked up is not gone. */
static void
test_no_descriptors (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;
  g_autoptr (GError) error = NULL;
  gboolean done;

  sysctl_set_up ();
  set_host ("0010");
  share = share_with_found ("lan0", "001-");
  step_must_apply (step, NULL, NULL, share);
  descriptors_take ();
  done = step_apply (step, NULL, share, NULL, &error);
  descriptors_give_back ();
  g_assert_false (done);
  g_assert_nonnull (strstr (error->message, "too many open files"));
  assert_host ("not put back", "1120");
  step_must_apply (step, NULL, share, NULL);
  assert_host ("put back later", "0010");
  sysctl_tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sysctl/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/sysctl/two shares with one uplink", test_shared_uplink);
  g_test_add_func ("/sysctl/a LAN that is an uplink", test_chain);
  g_test_add_func ("/sysctl/uplink goes and comes", test_uplink_moves);
  g_test_add_func ("/sysctl/devices renamed", test_renamed);
  g_test_add_func ("/sysctl/devices gone", test_devices_gone);
  g_test_add_func ("/sysctl/no descriptors", test_no_descriptors);
  return g_test_run ();
}
