/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "IPv6 forwarding", in a network of its own. Kernels without force_forwarding
 * are played by plans for them. */
#include "system/routing/sysctl.h"

#include "private-net.h"
#include "sysctl-fixture.h"

#define CONF "/proc/sys/net/ipv6/conf"

/* Values are all/forwarding, then of ppp0 forwarding, accept_ra and proxy_ndp; in a plan
 * found_all_forwarding, found_uplink_forwarding, "1" where accept_ra is raised,
 * found_uplink_proxy_ndp. */
static const SysctlCase cases[] = {
  { "nothing", "0010", "----", "0010", NULL, "0010" },
  { "all", "0010", "0-1-", "1120", NULL, "0010" },
  { "all, without RAs", "0000", "0---", "1100", NULL, "0000" },
  { "extended", "0010", "-010", "0121", NULL, "0010" },
  { "extended and all", "0010", "0010", "1121", NULL, "0010" },
  { "somebody forwards, too", "0010", "-010", "0121", "1121", "1110" },
  { "somebody forwards no more", "0010", "0-1-", "1120", "0020", "0010" },
  { "somebody changed accept_ra", "0010", "0-1-", "1120", "1100", "0000" },
};

static void
set_host (const char *values)
{
  g_free (shell ("cd " CONF "; test $(cat all/forwarding) = %c || "
                 "echo %c >all/forwarding; echo %c >ppp0/forwarding; "
                 "echo %c >ppp0/accept_ra; echo %c >ppp0/proxy_ndp",
                 values[0], values[0], values[1], values[2], values[3]));
}

static void
assert_host (const char *where, const char *expected)
{
  assert_shell (where,
                "cd " CONF "; cat all/forwarding ppp0/forwarding ppp0/accept_ra "
                "ppp0/proxy_ndp | tr -d '\\n'",
                expected);
}

static CsSharePlan *
new_share (const char *lan, const char *values)
{
  static const char *const raised[] = { "ppp0", NULL };
  CsSharePlan *share = share_new (lan, "ppp0", "192.168.137.1/24", 13700);
  CsCidr own;

  g_assert_true (cs_cidr_parse ("fd00:1:2:3::1/64", &own, NULL));
  g_array_append_val (share->ipv6.addresses, own);
  share->ipv6.mode = values[3] == '-' ? CS_IPV6_MASQUERADE : CS_IPV6_EXTENDED;
  share->ipv6.found_all_forwarding = sysctl_found (values[0]);
  share->ipv6.found_uplink_forwarding = sysctl_found (values[1]);
  if (values[2] == '1')
    share->ipv6.raised = g_strdupv ((char **)raised);
  share->ipv6.found_uplink_proxy_ndp = sysctl_found (values[3]);
  return share;
}

static void
tear_down (void)
{
  sysctl_tear_down ();
  g_free (shell ("echo 0 >" CONF "/all/forwarding"));
}

static void
test_case (gconstpointer data)
{
  static const SysctlDigits digits = { set_host, assert_host, new_share };

  sysctl_test_case (data, &digits);
  tear_down ();
}

/* What another share still needs stays as long. */
static void
test_two_shares (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) first = NULL;
  g_autoptr (CsSharePlan) second = NULL;

  sysctl_set_up ();
  set_host ("0010");
  first = new_share ("lan0", "0-1-");
  second = new_share ("lan1", "0-1-");
  step_must_apply (step, NULL, NULL, first);
  step_must_apply (step, first, NULL, second);
  step_must_apply (step, second, first, NULL);
  assert_host ("first ended", "1120");
  step_must_apply (step, NULL, second, NULL);
  assert_host ("both ended", "0010");
  tear_down ();
}

#define ROUTE "ip -6 route show default | sed 's/ metric.*//'"
#define FAR   "default via fe80::2 dev ppp0 proto ra"

/* The kernel's own default route outlives both ways. */
static void
test_default_route (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  sysctl_set_up ();
  set_host ("0010");
  g_free (shell ("ip -6 route add default via fe80::2 dev ppp0 proto ra expires 1000"));
  share = new_share ("lan0", "0-1-");
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("during", ROUTE, FAR);
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("end", ROUTE, FAR);
  tear_down ();
}

/* Nothing to forward while there is no uplink; and what is gone or has another name. */
static void
test_devices (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  sysctl_set_up ();
  set_host ("0010");
  share = new_share ("lan0", "-010");
  step_must_apply (step, NULL, NULL, share);
  g_free (shell ("ip link set ppp0 name ppp9"));
  step_must_apply (step, NULL, share, NULL);
  g_free (shell ("ip link set ppp9 name ppp0"));
  assert_host ("renamed", "0010");
  tear_down ();
  step_must_apply (step, NULL, NULL, share);
  step_must_apply (step, NULL, share, NULL);
}

/* Only with a kernel that has it. */
static void
test_forced (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;
  const char *const read
      = "cd " CONF "; cat lan0/force_forwarding ppp0/force_forwarding | tr -d '\\n'";

  if (!g_file_test (CONF "/all/force_forwarding", G_FILE_TEST_EXISTS))
    return;
  sysctl_set_up ();
  share = new_share ("lan0", "----");
  share->ipv6.found_lan_forced = g_strdup ("0");
  share->ipv6.found_uplink_forced = g_strdup ("0");
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("during", read, "11");
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("end", read, "00");
  tear_down ();
}

/* Beside it the LAN becomes a router's interface: nobody listens less for that. */
static void
test_forced_and_forwarding (void)
{
  g_autoptr (CsStep) step = cs_sysctl_step_new ();
  g_autoptr (CsSharePlan) share = NULL;
  const char *const read
      = "cd " CONF "; cat lan0/forwarding ppp0/forwarding ppp0/accept_ra | tr -d '\n'";

  sysctl_set_up ();
  set_host ("0010");
  g_free (shell ("ip -6 route add default via fe80::2 dev ppp0 proto ra expires 1000"));
  share = new_share ("lan0", "--1-");
  share->ipv6.found_lan_forwarding = g_strdup ("0");
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("during", read, "101");
  assert_shell ("during", ROUTE, FAR);
  g_free (shell ("echo 2 >" CONF "/ppp0/accept_ra"));
  step_must_apply (step, NULL, share, share);
  assert_shell ("killed before it was lowered", read, "101");
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("end", read, "001");
  assert_shell ("end", ROUTE, FAR);
  tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/sysctl6/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/sysctl6/two shares", test_two_shares);
  g_test_add_func ("/sysctl6/the host's default route", test_default_route);
  g_test_add_func ("/sysctl6/devices", test_devices);
  g_test_add_func ("/sysctl6/forced", test_forced);
  g_test_add_func ("/sysctl6/forced and forwarding", test_forced_and_forwarding);
  return g_test_run ();
}
