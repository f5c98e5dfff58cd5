/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "routes" on a real kernel: what ip(8) shows afterwards. */
#include "system/route.h"

#include "network.h"
#include "private-net.h"
#include "step-call.h"

#include <net/if.h>

/* The shares' rules, and their table. */
#define RULES       "ip -4 rule show | grep 'proto 137' || true"
#define TABLE       "ip -4 route show table 13700"
#define UNREACHABLE "unreachable default proto 137 metric 4278198272"

typedef struct
{
  const char *name;
  const char *before; /* routes in force before, in the words of network.h; NULL: none */
  const char *damage; /* (nullable) done to the host meanwhile: a command */
  const char *after;  /* routes of the target; NULL: the share ends */
  const char *rules;  /* what is there afterwards */
  const char *table;
} Case;

#define PPP "route 203.0.113.1/32 dev ppp0 src 203.0.113.10; route 0.0.0.0/0 dev ppp0"
#define PPP_TABLE \
  "default dev ppp0 proto 137 scope link\n" UNREACHABLE \
  "\n203.0.113.1 dev ppp0 proto 137 scope link src 203.0.113.10"
#define LAN_RULE "5000:\tfrom all iif lan0 lookup 13700 proto 137"
#define RULES_VIA(uplink) \
  "4999:\tfrom all iif " uplink " lookup 13700 goto 5001 proto 137\n" LAN_RULE \
  "\n5001:\tfrom all oif " uplink " lookup 13700 proto 137"
#define PPP_RULES RULES_VIA ("ppp0")

static const Case cases[] = {
  { "start", NULL, NULL, PPP, PPP_RULES, PPP_TABLE },
  { "start without a way out", NULL, NULL, "", PPP_RULES, UNREACHABLE },
  { "start twice", NULL, "ip route add default dev ppp0 table 13700", PPP, PPP_RULES,
    "default dev ppp0 scope link\n" UNREACHABLE
    "\n203.0.113.1 dev ppp0 proto 137 scope link src 203.0.113.10" },
  { "nothing to do", PPP, NULL, PPP, PPP_RULES, PPP_TABLE },
  { "the way out is lost", PPP, NULL, "", PPP_RULES, UNREACHABLE },
  { "another gateway",
    "route 0.0.0.0/0 dev eth1 via 198.18.1.1; route 198.18.1.0/24 dev eth1", NULL,
    "route 0.0.0.0/0 dev eth1 via 198.18.1.7; route 198.18.1.0/24 dev eth1", PPP_RULES,
    "default via 198.18.1.7 dev eth1 proto 137\n" UNREACHABLE
    "\n198.18.1.0/24 dev eth1 proto 137 scope link" },
  { "another metric", "route 0.0.0.0/0 dev ppp0 metric 50", NULL,
    "route 0.0.0.0/0 dev ppp0 metric 70", PPP_RULES,
    "default dev ppp0 proto 137 scope link metric 70\n" UNREACHABLE },
  { "a gateway that no route leads to", NULL, NULL,
    "route 0.0.0.0/0 dev ppp0 via 192.0.2.254", PPP_RULES,
    "default via 192.0.2.254 dev ppp0 proto 137 onlink\n" UNREACHABLE },
  { "onlink by its owner", NULL, NULL, "route 0.0.0.0/0 dev ppp0 via 192.0.2.254 onlink",
    PPP_RULES, "default via 192.0.2.254 dev ppp0 proto 137 onlink\n" UNREACHABLE },
  { "table flushed", PPP, "ip route flush table 13700", PPP, PPP_RULES, PPP_TABLE },
  { "unreachable gone", PPP,
    "ip route del unreachable default table 13700 metric 4278198272", PPP, PPP_RULES,
    PPP_TABLE },
  { "a rule gone", PPP, "ip rule del iif lan0", PPP, PPP_RULES, PPP_TABLE },
  { "the way past the LANs gone", PPP, "ip rule del iif ppp0", PPP, PPP_RULES,
    PPP_TABLE },
  { "its end gone", PPP, "ip rule del oif ppp0", PPP, PPP_RULES, PPP_TABLE },
  { "a stranger's route in the table", PPP,
    "ip route add 10.0.0.0/8 dev eth1 table 13700", PPP, PPP_RULES, PPP_TABLE },
  { "the rule of an uplink before", PPP,
    "ip rule add oif eth1 lookup 13700 pref 5001 proto 137", PPP, PPP_RULES, PPP_TABLE },
  { "end", PPP, NULL, NULL, "", "" },
  { "end of what is gone", PPP, "ip rule flush proto 137; ip route flush table 13700",
    NULL, "", "" },
  { "end with strangers", PPP,
    "ip route add blackhole 10.0.0.0/8 table 13700; ip rule add iif eth1 lookup 13700 "
    "pref 77",
    NULL, "", "" },
};

static GArray *
parse_routes (const char *text)
{
  g_autofree char *network = g_strdup_printf (
      "link lan0 index=%u; link ppp0 index=%u; link eth1 index=%u; %s",
      if_nametoindex ("lan0"), if_nametoindex ("ppp0"), if_nametoindex ("eth1"), text);
  g_autoptr (CsSnapshot) snapshot = network_parse (network);

  return g_array_ref (snapshot->routes);
}

static CsSharePlan *
share_with_routes (const char *text)
{
  CsSharePlan *share;

  if (text == NULL)
    return NULL;
  share = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);
  g_array_unref (share->routes);
  share->routes = parse_routes (text);
  return share;
}

static void
set_up (void)
{
  add_link ("lan0");
  add_link ("ppp0");
  add_link ("eth1");
  private_net_ip ("address add 203.0.113.10/32 dev ppp0");
  private_net_ip ("address add 198.18.1.2/24 dev eth1");
}

static void
tear_down (void)
{
  g_free (shell (
      "ip link del lan0; ip link del ppp0; ip link del eth1; ip rule flush pref 77;"
      "ip rule flush proto 137; ip route flush table 13700 2>/dev/null; true"));
}

static CsCidr
cidr (const char *text)
{
  CsCidr cidr;

  g_assert_true (cs_cidr_parse (text, &cidr, NULL));
  return cidr;
}

static void
test_case (gconstpointer data)
{
  const Case *c = data;
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) before = NULL;
  g_autoptr (CsSharePlan) after = NULL;

  set_up ();
  before = share_with_routes (c->before);
  after = share_with_routes (c->after);
  if (before != NULL)
    step_must_apply (step, NULL, NULL, before);
  if (c->damage != NULL)
    g_free (shell ("%s", c->damage));
  for (guint i = 0; i < 2; i++)
    {
      step_must_apply (step, NULL, before, after);
      assert_shell (c->name, RULES, c->rules);
      assert_shell (c->name, TABLE " 2>/dev/null || true", c->table);
    }
  tear_down ();
}

/* The share waits: no rule for an uplink; then it gets one, then another. */
static void
test_uplinks (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) waiting = NULL;
  g_autoptr (CsSharePlan) ppp = NULL;
  g_autoptr (CsSharePlan) ethernet = NULL;
  CsCidr address = cidr ("203.0.113.10/32");

  set_up ();
  waiting = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  ppp = share_with_routes (PPP);
  ethernet = share_with_routes ("route 0.0.0.0/0 dev eth1 via 198.18.1.1");
  g_free (ethernet->uplink);
  ethernet->uplink = g_strdup ("eth1");

  step_must_apply (step, NULL, NULL, waiting);
  assert_shell ("waiting", RULES, LAN_RULE);
  assert_shell ("waiting", TABLE, UNREACHABLE);
  g_array_append_val (ppp->uplink_addresses, address);
  step_must_apply (step, NULL, waiting, ppp);
  assert_shell ("ppp0", RULES,
                PPP_RULES "\n33000:\tfrom 203.0.113.10 lookup 13700 proto 137");
  step_must_apply (step, NULL, ppp, ethernet);
  assert_shell ("eth1", RULES, RULES_VIA ("eth1"));
  assert_shell ("eth1", TABLE, "default via 198.18.1.1 dev eth1 proto 137\n" UNREACHABLE);
  step_must_apply (step, NULL, ethernet, ppp);
  assert_shell ("undo", TABLE, PPP_TABLE);
  step_must_apply (step, NULL, ppp, NULL);
  assert_shell ("end", RULES, "");
  tear_down ();
}

/* When the uplink goes, the kernel itself leaves only what is unreachable. */
static void
test_kill_switch (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) ppp = NULL;

  set_up ();
  ppp = share_with_routes (PPP);
  step_must_apply (step, NULL, NULL, ppp);
  g_free (shell ("ip route add default via 198.18.1.1 dev eth1; ip link del ppp0;"
                 "ip link add ppp0 type veth peer name ppp0-far"));
  assert_shell ("gone", TABLE, UNREACHABLE);
  assert_shell ("gone",
                "ip route get 192.0.2.80 iif lan0 from 192.168.137.9 2>&1 || true",
                "RTNETLINK answers: No route to host");
  tear_down ();
}

static void
test_refused (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) share = NULL;
  g_autoptr (GError) error = NULL;

  set_up ();
  share = share_with_routes ("route 0.0.0.0/0 dev ppp0");
  g_array_index (share->routes, CsRoute, 0).ifindex = 9999;
  g_assert_false (step_apply (step, NULL, NULL, share, &error));
  g_assert_cmpstr (error->message, ==,
                   "Cannot add the route \"0.0.0.0/0 dev ppp0 table 13700\": "
                   "No such device");
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("undone", TABLE " 2>/dev/null || true", "");
  tear_down ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  for (gsize i = 0; i < G_N_ELEMENTS (cases); i++)
    {
      g_autofree char *path = g_strdup_printf ("/route/%s", cases[i].name);

      g_test_add_data_func (path, &cases[i], test_case);
    }
  g_test_add_func ("/route/uplinks", test_uplinks);
  g_test_add_func ("/route/kill switch", test_kill_switch);
  g_test_add_func ("/route/refused", test_refused);
  return g_test_run ();
}
