/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step that answers for clients at the uplink, on a network of its own. */
#include "core/value/proxied.h"
#include "system/neighbors/nd-proxy.h"

#include "private-net.h"
#include "step-call.h"
#include "turn.h"

#define PROXIES "ip -6 neigh show proxy | sed 's/ *$//' | sort"
#define ROUTES  "ip -6 route show table 13699"
#define OWN     "ip -6 route show table 13700"
#define DELAY   "cat /proc/sys/net/ipv6/neigh/ppp0/proxy_delay"
#define CLIENT  "2001:db8:0:1::7"
#define WAY     CLIENT " dev lan0 proto 137 metric 1024 pref medium"
#define WAYS    WAY "\nblackhole " CLIENT " dev lo proto 137 metric 4278198272 pref medium"

static void
add (GArray *list, const char *text)
{
  CsCidr cidr;

  g_assert_true (cs_cidr_parse (text, &cidr, NULL));
  g_array_append_val (list, cidr);
}

static CsSharePlan *
new_share (CsIpv6Mode mode)
{
  CsSharePlan *share = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);

  share->ipv6.mode = mode;
  share->ipv6.found_uplink_proxy_delay = g_strdup ("80");
  add (share->ipv6.addresses, "fd00:1:2:3::1/64");
  add (mode == CS_IPV6_EXTENDED ? share->ipv6.addresses : share->ipv6.deprecated,
       "2001:db8:0:1::ff/64");
  add (share->ipv6.extended, "2001:db8:0:1::/64");
  add (share->uplink_addresses, "2001:db8:0:1::9/128");
  return share;
}

static void
set_up (void)
{
  add_link ("lan0");
  add_link ("ppp0");
}

static void
tear_down (void)
{
  private_net_ip ("link del lan0");
  private_net_ip ("link del ppp0");
}

/* The kernel hears of a client. */
static void
show (const char *address)
{
  private_net_ip ("-6 neigh replace %s lladdr 02:00:00:00:00:07 dev lan0 nud stale",
                  address);
}

static void
await_decision (void)
{
  turn (2 * CS_PROXIED_ASK / G_TIME_SPAN_MILLISECOND);
}

/* Starts, again after a crash, ends, again. */
static void
test_start_and_end (void)
{
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  share = new_share (CS_IPV6_EXTENDED);
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (CsStep) step = cs_nd_proxy_step_new ();

      step_must_apply (step, NULL, i == 0 ? NULL : share, share);
      assert_shell ("start", DELAY, "0");
      show (CLIENT);
      /* of other networks, of this computer, of no computer */
      show ("fd00:1:2:3::7");
      show ("2001:db8:0:1::9");
      show ("2001:db8:0:1::");
      await_decision ();
      assert_shell ("found", PROXIES, CLIENT " dev ppp0 proxy proto 137");
      assert_shell ("found", ROUTES, WAYS);
      assert_shell ("found", OWN, WAY);
    }
  for (int i = 0; i < 2; i++)
    {
      g_autoptr (CsStep) step = cs_nd_proxy_step_new ();

      private_net_ip ("-6 neigh replace proxy 2001:db8:0:1::5 dev ppp0");
      step_must_apply (step, NULL, share, NULL);
      assert_shell ("somebody else's", PROXIES, "2001:db8:0:1::5 dev ppp0 proxy");
      assert_shell ("end", DELAY, "80");
    }
  tear_down ();
}

/* What is not the uplink's any more needs no answers, but its routes. */
static void
test_deprecated (void)
{
  g_autoptr (CsStep) step = cs_nd_proxy_step_new ();
  g_autoptr (CsSharePlan) extended = NULL;
  g_autoptr (CsSharePlan) later = NULL;

  set_up ();
  extended = new_share (CS_IPV6_EXTENDED);
  later = new_share (CS_IPV6_MASQUERADE);
  step_must_apply (step, NULL, NULL, extended);
  show (CLIENT);
  await_decision ();
  step_must_apply (step, NULL, extended, later);
  assert_shell ("later", PROXIES, "");
  assert_shell ("later", ROUTES, WAYS);
  assert_shell ("later", DELAY, "80");
  step_must_apply (step, NULL, later, extended);
  assert_shell ("again", PROXIES, CLIENT " dev ppp0 proxy proto 137");
  step_must_apply (step, NULL, extended, NULL);
  assert_shell ("end", PROXIES, "");
  tear_down ();
}

/* Who shows up at the uplink with a client's address keeps it. */
static void
test_taken (void)
{
  g_autoptr (CsStep) step = cs_nd_proxy_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  share = new_share (CS_IPV6_EXTENDED);
  step_must_apply (step, NULL, NULL, share);
  show (CLIENT);
  await_decision ();
  private_net_ip ("-6 neigh replace " CLIENT
                  " lladdr 02:00:00:00:00:08 dev ppp0 nud reachable");
  await_decision ();
  assert_shell ("taken", PROXIES, "");
  assert_shell ("taken", ROUTES, "");
  assert_shell ("taken", OWN, "");
  step_must_apply (step, NULL, share, NULL);
  tear_down ();
}

int
main (int argc, char **argv)
{
  private_net_enter ();
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/nd-proxy/start-and-end", test_start_and_end);
  g_test_add_func ("/nd-proxy/deprecated", test_deprecated);
  g_test_add_func ("/nd-proxy/taken", test_taken);
  return g_test_run ();
}
