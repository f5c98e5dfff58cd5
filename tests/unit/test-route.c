/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The step "routes" on a real kernel: what ip(8) shows afterwards. */
#include "core/plan/ipv6.h"
#include "system/routing/route.h"

#include "network.h"
#include "private-net.h"
#include "step-call.h"

#include <net/if.h>

/* The shares' rules, and their table. */
#define RULES            "ip -4 rule show | grep 'proto 137' || true"
#define TABLE            "ip -4 route show table 13700"
#define LANS             "ip -4 route show table 13699 2>/dev/null"
#define BLACKHOLE(net)   "blackhole " net ".0/24 proto 137 metric 4278198272"
#define WAY(net, device) net ".0/24 dev " device " proto 137 scope link\n" BLACKHOLE (net)
#define UNREACHABLE      "unreachable default proto 137 metric 4278198272"

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
#define LANS_RULE "5002:\tfrom all lookup 13699 proto 137"
#define LAN_RULE  "5000:\tfrom all iif lan0 lookup 13700 proto 137"
#define RULES_VIA(uplink) \
  "4999:\tfrom all iif " uplink " lookup 13700 goto 5001 proto 137\n" LAN_RULE \
  "\n5001:\tfrom all oif " uplink " lookup 13700 proto 137\n" LANS_RULE
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
  { "a gateway with an IPv6 address", NULL, NULL, "route 0.0.0.0/0 dev ppp0 via fe80::1",
    PPP_RULES, "default via inet6 fe80::1 dev ppp0 proto 137\n" UNREACHABLE },
  { "one that no route leads to", NULL, NULL,
    "route 0.0.0.0/0 dev ppp0 via 2001:db8::1 onlink", PPP_RULES,
    "default via inet6 2001:db8::1 dev ppp0 proto 137 onlink\n" UNREACHABLE },
  { "another gateway with an IPv6 address", "route 0.0.0.0/0 dev ppp0 via fe80::1", NULL,
    "route 0.0.0.0/0 dev ppp0 via fe80::2", PPP_RULES,
    "default via inet6 fe80::2 dev ppp0 proto 137\n" UNREACHABLE },
  { "a stranger's way by two hops", PPP,
    "ip route replace default table 13700 nexthop dev ppp0 nexthop dev eth1", PPP,
    PPP_RULES, PPP_TABLE },
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
      "ip rule flush proto 137; ip route flush table 13700 2>/dev/null;"
      "ip -6 rule flush proto 137;"
      "ip route flush table 13699 2>/dev/null; true"));
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
  assert_shell ("waiting", RULES, LAN_RULE "\n" LANS_RULE);
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

/* Others' rules have come before ours, and go again. */
static void
test_displaced (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) usual = NULL;
  g_autoptr (CsSharePlan) displaced = NULL;
  CsCidr address = cidr ("203.0.113.10/32");

  set_up ();
  usual = share_with_routes (PPP);
  displaced = share_with_routes (PPP);
  displaced->displaced = 6;
  g_array_append_val (displaced->uplink_addresses, address);
  for (guint i = 0; i < 2; i++)
    {
      step_must_apply (step, NULL, i == 0 ? NULL : usual, usual);
      step_must_apply (step, NULL, usual, displaced);
      assert_shell ("displaced", RULES,
                    "4993:\tfrom all iif ppp0 lookup 13700 goto 4995 proto 137\n"
                    "4994:\tfrom all iif lan0 lookup 13700 proto 137\n"
                    "4995:\tfrom all oif ppp0 lookup 13700 proto 137\n"
                    "4996:\tfrom all lookup 13699 proto 137\n"
                    "33000:\tfrom 203.0.113.10 lookup 13700 proto 137");
      step_must_apply (step, NULL, displaced, usual);
      assert_shell ("back", RULES, PPP_RULES);
    }
  step_must_apply (step, NULL, usual, NULL);
  assert_shell ("end", RULES, "");
  tear_down ();
}

#define MARK_RULE \
  "4999:\tfrom all fwmark 0x10000000/0x10000000 lookup 13699 goto 5002 proto 137"
#define WAY_WITH(mark) \
  "ip route get 192.0.2.80 iif lan0 from 192.168.137.9 mark " mark " 2>&1 " \
  "| grep -oE 'dev [a-z0-9]+|No route.*'"

/* What another program publishes: packets with the mark go by the host's own routes, and
 * the rule stays for as long as one share wants it. */
static void
test_published (void)
{
  const char *rule = "ip rule show fwmark 0x10000000/0x10000000";
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) first = NULL;
  g_autoptr (CsSharePlan) second = NULL;

  set_up ();
  g_free (shell ("echo 1 >/proc/sys/net/ipv4/conf/all/forwarding;"
                 "echo 0 >/proc/sys/net/ipv4/conf/all/rp_filter;"
                 "ip route add default via 198.18.1.1 dev eth1"));
  first = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  second = share_new ("ppp0", NULL, "192.168.138.1/24", 13701);
  first->publishes = TRUE;
  second->publishes = TRUE;
  step_must_apply (step, NULL, NULL, first);
  assert_shell ("first", rule, MARK_RULE);
  assert_shell ("marked", WAY_WITH ("0x10000000"), "dev eth1");
  assert_shell ("another mark", WAY_WITH ("0x20000000"), "No route to host");
  step_must_apply (step, first, NULL, second);
  step_must_apply (step, second, first, NULL);
  assert_shell ("second", rule, MARK_RULE);
  second->publishes = FALSE;
  step_must_apply (step, NULL, second, second);
  assert_shell ("unpublished", rule, "");
  second->publishes = TRUE;
  step_must_apply (step, NULL, second, second);
  step_must_apply (step, NULL, second, NULL);
  assert_shell ("end", rule, "");
  g_free (shell ("echo 0 >/proc/sys/net/ipv4/conf/all/forwarding"));
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

/* One that forwards for shares alone, and then for others too. */
static void
test_sealed (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) sealed = NULL;
  g_autoptr (CsSharePlan) open = NULL;

  set_up ();
  g_free (
      shell ("for i in all lan0 ppp0; do echo 1 >/proc/sys/net/ipv4/conf/$i/forwarding;"
             "echo 0 >/proc/sys/net/ipv4/conf/$i/rp_filter; done;"
             "ip route add default via 198.18.1.1 dev eth1"));
  sealed = share_with_routes (PPP);
  open = share_with_routes (PPP);
  sealed->uplink_sealed = TRUE;
  step_must_apply (step, NULL, NULL, sealed);
  assert_shell ("rule", "ip rule show pref 5003",
                "5003:\tfrom all iif ppp0 lookup 13700 blackhole proto 137");
  assert_shell ("elsewhere",
                "ip route get 192.0.2.80 iif ppp0 from 203.0.113.1 2>&1 || true",
                "RTNETLINK answers: Invalid argument");
  assert_shell (
      "to the LAN",
      "ip route get 192.168.137.9 iif ppp0 from 203.0.113.1 | grep -o 'dev lan0'",
      "dev lan0");
  step_must_apply (step, NULL, sealed, open);
  assert_shell ("open", RULES, PPP_RULES);
  assert_shell ("elsewhere",
                "ip route get 192.0.2.80 iif ppp0 from 203.0.113.1 | grep -o 'dev eth1'",
                "dev eth1");
  step_must_apply (step, NULL, open, NULL);
  g_free (shell ("echo 0 >/proc/sys/net/ipv4/conf/all/forwarding"));
  tear_down ();
}

/* The table of all LANs: who adds what, who takes it along, and what it is for. */
static void
test_lans (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) first = NULL;
  g_autoptr (CsSharePlan) moved = NULL;
  g_autoptr (CsSharePlan) second = NULL;

  set_up ();
  first = share_new ("lan0", NULL, "192.168.137.1/24", 13700);
  moved = share_new ("lan0", NULL, "10.9.0.1/24", 13700);
  second = share_new ("eth1", NULL, "192.168.138.1/24", 13701);

  step_must_apply (step, NULL, NULL, first);
  assert_shell ("one", LANS, WAY ("192.168.137", "lan0"));
  step_must_apply (step, first, NULL, second);
  assert_shell ("two", LANS,
                WAY ("192.168.137", "lan0") "\n" WAY ("192.168.138", "eth1"));
  step_must_apply (step, second, first, moved);
  assert_shell ("moved", LANS, WAY ("10.9.0", "lan0") "\n" WAY ("192.168.138", "eth1"));
  step_must_apply (step, second, moved, first);
  step_must_apply (step, first, second, NULL);
  assert_shell ("one again", LANS, WAY ("192.168.137", "lan0"));
  assert_shell ("its rule", "ip rule show pref 5002", LANS_RULE);

  /* a VPN claims all destinations; then the LAN is switched off */
  g_free (shell ("ip route add default dev ppp0 table 52; ip rule add pref 77 iif none0 "
                 "lookup 1; ip rule add pref 5270 lookup 52; ip address add "
                 "192.168.137.1/24 dev lan0"));
  assert_shell ("a full table", "ip route get 192.168.137.9 | grep -o 'dev [a-z0-9]*'",
                "dev lan0");
  g_free (shell ("ip link set lan0 down"));
  assert_shell ("off", "ip route get 192.168.137.9 2>&1 || true",
                "RTNETLINK answers: Invalid argument");
  step_must_apply (step, NULL, first, first);
  assert_shell ("off", LANS, BLACKHOLE ("192.168.137"));
  g_free (shell ("ip link set lan0 up"));
  step_must_apply (step, NULL, first, first);
  assert_shell ("on", LANS, WAY ("192.168.137", "lan0"));

  step_must_apply (step, NULL, first, NULL);
  assert_shell ("end", LANS " || true", "");
  assert_shell ("its rule", "ip rule show pref 5002", "");
  g_free (shell ("ip rule del pref 5270; ip route flush table 52"));
  tear_down ();
}

/* Between the plan and the step the uplink has lost its address, or gone, or was switched
 * off. */
static void
test_gone (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  share = share_with_routes ("route 0.0.0.0/0 dev ppp0 src 192.0.2.7");
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("without its address", TABLE, UNREACHABLE);
  step_must_apply (step, NULL, share, NULL);
  g_clear_pointer (&share, cs_share_plan_unref);
  share = share_with_routes ("route 0.0.0.0/0 dev ppp0");
  private_net_ip ("link set ppp0 down");
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("down", TABLE, UNREACHABLE);
  private_net_ip ("link del ppp0");
  step_must_apply (step, NULL, share, share);
  assert_shell ("gone", TABLE, UNREACHABLE);
  step_must_apply (step, NULL, share, NULL);
  g_free (shell ("ip link add ppp0 type veth peer name ppp0-far"));
  tear_down ();
}

/* --- IPv6 ------------------------------------------------------------------------- */

#define RULES6       "ip -6 rule show | grep 'proto 137' || true"
#define TABLE6       "ip -6 route show table 13700 2>/dev/null | sed 's/ pref medium//' || true"
#define LANS6        "ip -6 route show table 13699 2>/dev/null | sed 's/ pref medium//' || true"
#define REFUSED      "5000:\tfrom all iif lan0 blackhole proto 137"
#define UNREACHABLE6 "unreachable default dev lo proto 137 metric 4278198272"
#define LOOKUP6      "5000:\tfrom all iif lan0 lookup 13700 proto 137"
#define LANS_RULE6   "5002:\tfrom all lookup 13699 proto 137"
#define RULES6_VIA(uplink) \
  "4999:\tfrom all iif " uplink " lookup 13700 goto 5002 proto 137\n" LOOKUP6 \
  "\n" LANS_RULE6
#define WAY6(net) \
  net " dev lan0 proto 137 metric 1024\nblackhole " net \
      " dev lo proto 137 metric 4278198272"

static void
add_cidr (GArray *cidrs, const char *text)
{
  CsCidr one = cidr (text);

  g_array_append_val (cidrs, one);
}

/* With a unique local network, masqueraded to the uplink, or waiting (@via NULL). */
static CsSharePlan *
share6_new (const char *via)
{
  CsSharePlan *share = share_new ("lan0", via, "192.168.137.1/24", 13700);

  add_cidr (share->ipv6.addresses, "fd00:1:2:3::1/64");
  share->ipv6.mode = via != NULL ? CS_IPV6_MASQUERADE : CS_IPV6_NONE;
  return share;
}

static void
add_route6 (CsSharePlan *share, const char *destination, const char *gateway)
{
  CsRoute route = { .destination = cidr (destination),
                    .metric = CS_IPV6_METRIC,
                    .ifindex = (int)if_nametoindex (share->uplink),
                    .table = share->table,
                    .unicast = TRUE };

  if (gateway != NULL)
    g_assert_true (cs_address_parse (gateway, &route.gateway));
  g_array_append_val (share->routes, route);
}

static CsSharePlan *
share6_by (const char *gateway)
{
  CsSharePlan *share = share6_new ("ppp0");

  add_route6 (share, "2001:db8:0:1::/64", NULL);
  add_route6 (share, "::/0", gateway);
  return share;
}

#define TABLE6_BY(gateway) \
  "2001:db8:0:1::/64 dev ppp0 proto 137 metric 1024\n" \
  "default via " gateway " dev ppp0 proto 137 metric 1024\n" UNREACHABLE6

/* What is done to the host, after which a repair brings everything back. */
static void
test_ipv6 (void)
{
  static const char *const damage[] = {
    "true",
    "ip -6 route flush table 13700",
    "ip -6 route flush table 13699",
    "ip -6 route del unreachable default table 13700 metric 4278198272",
    "ip -6 route replace default table 13700 metric 1024 via fe80::9 dev ppp0",
    "ip -6 route append default table 13700 metric 1024 via fe80::9 dev ppp0",
    "ip -6 route append default table 13700 metric 1024 via fe80::9 dev eth1",
    "ip -6 route add 2001:db8:9::/48 dev eth1 table 13700",
    "ip -6 rule del iif lan0",
    "ip -6 rule del iif ppp0",
    "ip -6 rule del pref 5002",
    "ip -6 rule add iif lan0 blackhole pref 5000 proto 137",
    "ip -6 rule add iif eth1 lookup 13700 pref 5000 proto 137",
  };
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  share = share6_by ("fe80::1");
  step_must_apply (step, NULL, NULL, share);
  for (guint i = 0; i < G_N_ELEMENTS (damage); i++)
    {
      g_free (shell ("%s", damage[i]));
      step_must_apply (step, NULL, share, share);
      assert_shell (damage[i], RULES6, RULES6_VIA ("ppp0"));
      assert_shell (damage[i], TABLE6, TABLE6_BY ("fe80::1"));
      assert_shell (damage[i], LANS6, WAY6 ("fd00:1:2:3::/64"));
    }
  step_must_apply (step, NULL, share, NULL);
  assert_shell ("end", RULES6, "");
  assert_shell ("end", TABLE6, "");
  assert_shell ("end", LANS6, "");
  tear_down ();
}

/* The LAN gets and loses its IPv6, and its uplink; what comes in by it always meets one
 * of our rules. */
static void
test_ipv6_changes (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) without = NULL;
  g_autoptr (CsSharePlan) waiting = NULL;
  g_autoptr (CsSharePlan) first = NULL;
  g_autoptr (CsSharePlan) second = NULL;

  set_up ();
  without = share_new ("lan0", "ppp0", "192.168.137.1/24", 13700);
  waiting = share6_new (NULL);
  first = share6_by ("fe80::1");
  second = share6_by ("fe80::2");
  second->ipv6.displaced = 6;
  second->ipv6.found_all_forwarding = g_strdup ("0");

  step_must_apply (step, NULL, NULL, without);
  assert_shell ("without", RULES6, REFUSED);
  assert_shell ("without", LANS6, "");
  step_must_apply (step, NULL, without, first);
  assert_shell ("first", RULES6, RULES6_VIA ("ppp0"));
  assert_shell ("first", TABLE6, TABLE6_BY ("fe80::1"));
  step_must_apply (step, NULL, first, second);
  assert_shell ("second", RULES6,
                "4993:\tfrom all iif ppp0 lookup 13700 goto 4996 proto 137\n"
                "4994:\tfrom all iif lan0 lookup 13700 proto 137\n"
                "4996:\tfrom all lookup 13699 proto 137\n"
                "4997:\tfrom all iif ppp0 lookup 13700 blackhole proto 137");
  assert_shell ("second", TABLE6, TABLE6_BY ("fe80::2"));
  step_must_apply (step, NULL, second, waiting);
  assert_shell ("waiting", RULES6, LOOKUP6 "\n" LANS_RULE6);
  assert_shell ("waiting", TABLE6, UNREACHABLE6);
  step_must_apply (step, NULL, waiting, without);
  assert_shell ("without again", RULES6, REFUSED);
  assert_shell ("without again", TABLE6, "");
  assert_shell ("without again", LANS6, "");
  step_must_apply (step, NULL, without, NULL);
  assert_shell ("end", RULES6, "");
  tear_down ();
}

/* Several networks; one that the uplink has, too, of which only clients are there. */
static void
test_ipv6_networks (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) extended = NULL;
  g_autoptr (CsSharePlan) delegated = NULL;
  g_autoptr (CsSharePlan) other = NULL;

  set_up ();
  extended = share6_by ("fe80::1");
  add_cidr (extended->ipv6.addresses, "2001:db8:0:1::ff/64");
  add_cidr (extended->ipv6.extended, "2001:db8:0:1::/64");
  delegated = share6_by ("fe80::1");
  add_cidr (delegated->ipv6.addresses, "2001:db8:5::1/64");
  other = share_new ("eth1", NULL, "192.168.138.1/24", 13701);
  add_cidr (other->ipv6.addresses, "fd00:1:2:4::1/64");

  step_must_apply (step, NULL, NULL, delegated);
  assert_shell ("delegated", LANS6,
                WAY6 ("2001:db8:5::/64") "\n" WAY6 ("fd00:1:2:3::/64"));
  step_must_apply (step, NULL, delegated, extended);
  g_free (shell ("ip -6 route add 2001:db8:0:1::7 dev lan0 table 13699 proto 137;"
                 "ip -6 route add blackhole 2001:db8:0:1::7 table 13699 proto 137 "
                 "metric 4278198272"));
  step_must_apply (step, NULL, extended, extended);
  assert_shell ("extended", LANS6,
                WAY6 ("2001:db8:0:1::7") "\n" WAY6 ("fd00:1:2:3::/64"));
  step_must_apply (step, extended, NULL, other);
  step_must_apply (step, other, extended, NULL);
  assert_shell ("other", LANS6,
                "fd00:1:2:4::/64 dev eth1 proto 137 metric 1024\n"
                "blackhole fd00:1:2:4::/64 dev lo proto 137 metric 4278198272");
  assert_shell ("other", "ip -6 rule show pref 5002", LANS_RULE6);
  step_must_apply (step, NULL, other, NULL);
  assert_shell ("end", LANS6, "");
  assert_shell ("end", RULES6, "");
  tear_down ();
}

/* Which way packets take; when the uplink goes, and when the LAN does. */
static void
test_ipv6_ways (void)
{
  const char *out = "ip -6 route get 2001:db8:f::1 iif lan0 from fd00:1:2:3::9 2>&1 "
                    "| grep -oE 'dev ppp0|dev eth1|No route.*' | "
                    "head -1 || true";
  const char *in = "ip -6 route get fd00:1:2:3::9 iif ppp0 from 2001:db8:f::1 2>&1 "
                   "| grep -oE 'dev lan0|dev eth1|Invalid argument' | head -1 || true";
  const char *through = "ip -6 route get 2001:db8:f::1 iif ppp0 from 2001:db8:e::1 2>&1 "
                        "| grep -oE 'dev eth1|Invalid argument' | head -1 || true";
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) share = NULL;

  set_up ();
  g_free (shell ("echo 1 >/proc/sys/net/ipv6/conf/all/forwarding;"
                 "ip -6 route add default via fe80::7 dev eth1;"
                 "ip -6 route add default via fe80::7 dev eth1 table 52;"
                 "ip -6 rule add pref 5270 lookup 52"));
  share = share6_by ("fe80::1");
  share->ipv6.found_all_forwarding = g_strdup ("0");
  step_must_apply (step, NULL, NULL, share);
  assert_shell ("out", out, "dev ppp0");
  assert_shell ("in", in, "dev lan0");
  assert_shell ("through", through, "Invalid argument");
  g_free (shell ("ip link set lan0 down"));
  assert_shell ("no LAN", in, "Invalid argument");
  g_free (shell ("ip link set lan0 up; ip link del ppp0;"
                 "ip link add ppp0 type veth peer name ppp0-far"));
  assert_shell ("gone", TABLE6, UNREACHABLE6);
  assert_shell ("gone", out, "No route to host");
  step_must_apply (step, NULL, share, NULL);
  g_free (shell ("ip -6 rule del pref 5270; ip -6 route flush table 52;"
                 "ip -6 route flush default;"
                 "echo 0 >/proc/sys/net/ipv6/conf/all/forwarding"));
  tear_down ();
}

static void
test_refused (void)
{
  g_autoptr (CsStep) step = cs_route_step_new ();
  g_autoptr (CsSharePlan) share = NULL;
  g_autoptr (GError) error = NULL;

  set_up ();
  share = share_with_routes ("route 0.0.0.0/0 via 127.0.0.1 dev ppp0");
  g_assert_false (step_apply (step, NULL, NULL, share, &error));
  g_assert_cmpstr (error->message, ==,
                   "cannot add the route \"default via 127.0.0.1 dev ppp0 table "
                   "13700\": Nexthop has invalid gateway");
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
  g_test_add_func ("/route/displaced", test_displaced);
  g_test_add_func ("/route/published", test_published);
  g_test_add_func ("/route/gone", test_gone);
  g_test_add_func ("/route/kill switch", test_kill_switch);
  g_test_add_func ("/route/sealed", test_sealed);
  g_test_add_func ("/route/LANs", test_lans);
  g_test_add_func ("/route/refused", test_refused);
  g_test_add_func ("/route/IPv6", test_ipv6);
  g_test_add_func ("/route/IPv6 comes and goes", test_ipv6_changes);
  g_test_add_func ("/route/IPv6 networks", test_ipv6_networks);
  g_test_add_func ("/route/IPv6 ways", test_ipv6_ways);
  return g_test_run ();
}
