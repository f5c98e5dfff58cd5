/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "LAN IPv6" on a private network. */
#include "system/lan/lan-ipv6.h"

#include "private-net.h"
#include "step-call.h"

#define ADDRESSES \
  "ip -6 -o address show dev lan0 | grep nodad | sed 's/.*inet6 //; s/scope //; " \
  "s/\\\\ *valid_lft forever preferred_lft/pref/' | tr -s ' ' | sort"
#define SETTINGS \
  "cd /proc/sys/net/ipv6/conf/lan0; cat disable_ipv6 accept_ra | tr -d '\\n'"
#define ROUTES "ip -6 route show dev lan0 | grep -v fe80 | sed 's/ metric.*//' | sort"

#define ROUTER "fe80::fd00:1:2:3/64 link nodad pref forever"
#define OWN    "fd00:1:2:3::1/64 global nodad pref forever"

static void
add (GArray *list, const char *text)
{
  CsCidr cidr;

  g_assert_true (cs_cidr_parse (text, &cidr, NULL));
  g_array_append_val (list, cidr);
}

static CsSharePlan *
new_share (const char *global, const char *deprecated)
{
  CsSharePlan *share = share_new ("lan0", NULL, "192.168.137.1/24", 13700);

  share->ipv6.mode = CS_IPV6_DELEGATED;
  add (share->ipv6.addresses, "fd00:1:2:3::1/64");
  if (global != NULL)
    add (share->ipv6.addresses, global);
  if (deprecated != NULL)
    add (share->ipv6.deprecated, deprecated);
  return share;
}

static void
set_up (const char *settings)
{
  add_link ("lan0");
  g_free (shell ("cd /proc/sys/net/ipv6/conf/lan0; echo %c >disable_ipv6; "
                 "echo %c >accept_ra",
                 settings[0], settings[1]));
}

static void
tear_down (void)
{
  private_net_ip ("link del lan0");
}

/* Starts, again, ends, again. */
static void
test_start_and_end (void)
{
  g_autoptr (CsStep) step = cs_lan_ipv6_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  set_up ("11");
  share = new_share ("2001:db8:1:2::1/64", "2001:db8:9:2::1/64");
  share->ipv6.found_lan_disabled = g_strdup ("1");
  share->ipv6.found_lan_accept_ra = g_strdup ("1");
  for (int i = 0; i < 2; i++)
    {
      step_must_apply (step, NULL, i == 0 ? NULL : share, share);
      assert_shell ("start", ADDRESSES,
                    "2001:db8:1:2::1/64 global nodad pref forever\n"
                    "2001:db8:9:2::1/64 global nodad deprecated pref 0sec\n" OWN
                    "\n" ROUTER);
      assert_shell ("start", SETTINGS, "00");
      assert_shell ("start", ROUTES,
                    "2001:db8:1:2::/64 proto kernel\n2001:db8:9:2::/64 proto kernel\n"
                    "fd00:1:2:3::/64 proto kernel");
    }
  for (int i = 0; i < 2; i++)
    {
      step_must_apply (step, NULL, share, NULL);
      assert_shell ("end", ADDRESSES, "");
      assert_shell ("end", SETTINGS, "11");
    }
  tear_down ();
}

/* One prefix replaces another, and back. */
static void
test_change (void)
{
  g_autoptr (CsStep) step = cs_lan_ipv6_step_new ();
  g_autoptr (CsSharePlan) before = NULL;
  g_autoptr (CsSharePlan) after = NULL;
  g_autoptr (CsSharePlan) later = NULL;
  const char *const renumbered
      = "2001:db8:1:2::1/64 global nodad deprecated pref 0sec\n"
        "2001:db8:2:2::1/64 global nodad pref forever\n" OWN "\n" ROUTER;

  set_up ("00");
  before = new_share ("2001:db8:1:2::1/64", NULL);
  after = new_share ("2001:db8:2:2::1/64", "2001:db8:1:2::1/64");
  later = new_share ("2001:db8:2:2::1/64", NULL);
  step_must_apply (step, NULL, NULL, before);
  step_must_apply (step, NULL, before, after);
  assert_shell ("renumbered", ADDRESSES, renumbered);
  step_must_apply (step, NULL, after, later);
  assert_shell ("expired", ADDRESSES,
                "2001:db8:2:2::1/64 global nodad pref forever\n" OWN "\n" ROUTER);
  step_must_apply (step, NULL, later, after);
  assert_shell ("undone", ADDRESSES, renumbered);
  step_must_apply (step, NULL, after, before);
  assert_shell ("undone", ADDRESSES,
                "2001:db8:1:2::1/64 global nodad pref forever\n" OWN "\n" ROUTER);
  step_must_apply (step, NULL, before, NULL);
  tear_down ();
}

/* The uplink has the route to its network. */
static void
test_extended (void)
{
  g_autoptr (CsStep) step = cs_lan_ipv6_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  set_up ("00");
  share = new_share ("2001:db8:1:2::1/64", NULL);
  add (share->ipv6.extended, "2001:db8:1:2::/64");
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("routes", ROUTES, "fd00:1:2:3::/64 proto kernel");
  g_array_set_size (share->ipv6.extended, 0);
  step_must_apply (step, NULL, share, share);
  assert_shell ("routes", ROUTES,
                "2001:db8:1:2::/64 proto kernel\nfd00:1:2:3::/64 proto kernel");
  step_must_apply (step, NULL, share, NULL);
  tear_down ();
}

/* Somebody has switched them to something else meanwhile, or some of it is gone. */
static void
test_meddled (void)
{
  g_autoptr (CsStep) step = cs_lan_ipv6_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  set_up ("01");
  share = new_share (NULL, NULL);
  share->ipv6.found_lan_accept_ra = g_strdup ("1");
  step_must_apply (step, NULL, NULL, share);
  g_free (shell ("ip -6 address flush dev lan0; "
                 "echo 1 >/proc/sys/net/ipv6/conf/lan0/disable_ipv6"));
  step_must_apply (step, NULL, share, share);
  assert_shell ("repaired", ADDRESSES, OWN "\n" ROUTER);
  g_free (shell ("echo 2 >/proc/sys/net/ipv6/conf/lan0/accept_ra"));
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("end", SETTINGS, "02");
  tear_down ();
  step_must_apply (step, NULL, share, NULL);
}

/* The share goes on without IPv6. */
static void
test_off (void)
{
  g_autoptr (CsStep) step = cs_lan_ipv6_step_new ();
  g_autoptr (CsSharePlan) share = NULL;
  g_autoptr (CsSharePlan) off = NULL;

  set_up ("10");
  share = new_share (NULL, NULL);
  share->ipv6.found_lan_disabled = g_strdup ("1");
  off = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  step_must_apply (step, NULL, NULL, off);
  assert_shell ("off", SETTINGS, "10");
  step_must_apply (step, NULL, off, share);
  assert_shell ("on", ADDRESSES, OWN "\n" ROUTER);
  step_must_apply (step, NULL, share, off);
  assert_shell ("off", ADDRESSES, "");
  assert_shell ("off", SETTINGS, "10");
  tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_test_add_func ("/lan-ipv6/start and end", test_start_and_end);
  g_test_add_func ("/lan-ipv6/change", test_change);
  g_test_add_func ("/lan-ipv6/extended", test_extended);
  g_test_add_func ("/lan-ipv6/meddled with", test_meddled);
  g_test_add_func ("/lan-ipv6/off", test_off);
  return g_test_run ();
}
