/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"
#include "plans.h"

#include "core/check/drift.h"
#include "core/plan/ipv6.h"

#define WAY      "route 192.168.137.0/24 dev lan0 table 13699;"
#define LAN      "link lan0 addr=192.168.137.1/24 fwd=1;" WAY
#define PPP0     "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64 fwd=1;"
#define LAN_RULE "rule 13700 pref=5000 iif=lan0;"
#define RULES_OF(uplink, address) \
  LAN_RULE "rule 13700 pref=5001 oif=" uplink ";" \
           "rule 13700 pref=4999 iif=" uplink " goto=5001;" \
           "rule 13700 pref=5003 iif=" uplink " blackhole;" \
           "rule 13700 pref=33000 from=" address ";"
#define RULES     RULES_OF ("ppp0", "10.64.0.9")
#define LANS_RULE "rule 13699 pref=5002;"
#define ROUTE     "route default dev ppp0 via 10.64.64.64 onlink table 13700;"
#define LEFT      "unreachable default metric 4278198272 table 13700;"
#define LANS      "blackhole 192.168.137.0/24 metric 4278198272 table 13699;" LANS_RULE
#define END       LEFT LANS

static void
test_drift (void)
{
  static const struct
  {
    const char *request;
    const char *before;
    const char *after;
    const char *drift; /* NULL: none */
  } rows[] = {
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES ROUTE END, NULL },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed ours addr=192.168.137.1/24 fwd=1;" WAY PPP0 RULES ROUTE END,
      NULL },
    { "lan0 via ppp0", "link lan0;", LAN LAN_RULE END, NULL },
    /* what others have besides is nothing of ours */
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=10.0.0.1/8 addr=192.168.137.1/24 fwd=1;" WAY PPP0
      "rule 254; route default dev ppp0;" RULES ROUTE END,
      NULL },
    /* devices that are gone, or not readable */
    { "lan0 via ppp0", "link lan0;" PPP0, "link ppp0 index=3 ptp fwd=1;" RULES ROUTE END,
      NULL },
    { "lan0 via ppp0", "", LAN_RULE END, NULL },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=192.168.137.1/24 fwd=1; link ppp0 index=9;" WAY RULES
      "route default dev ppp0 via 10.64.64.64 table 13700;" END,
      "a route of table 13700 is gone" },
    /* the address */
    { "lan0 via ppp0", "link lan0;" PPP0, "link lan0 fwd=1;" WAY PPP0 RULES ROUTE END,
      "lan0 has lost the address 192.168.137.1/24" },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed ours addr=192.168.137.2/24 fwd=1;" WAY PPP0 RULES ROUTE END,
      "lan0 has lost the address 192.168.137.1/24" },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed changing fwd=1;" WAY PPP0 RULES ROUTE END, NULL },
    /* whether it went with our profile, or with NetworkManager */
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed fwd=1;" WAY PPP0 RULES ROUTE END,
      "lan0 has lost the address 192.168.137.1/24" },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 managed auto con=Home uuid=c fwd=1;" WAY PPP0 RULES ROUTE END,
      "lan0 has lost the address 192.168.137.1/24" },
    { "lan0 via ppp0", "link lan0 managed;" PPP0,
      "link lan0 fwd=1; no-nm;" WAY PPP0 RULES ROUTE END,
      "lan0 has lost the address 192.168.137.1/24" },
    /* the link */
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 down addr=192.168.137.1/24 fwd=1;" WAY PPP0 RULES ROUTE END,
      "lan0 is switched off" },
    { "lan0 via ppp0 keep-lan", "link lan0 addr=10.0.0.1/24;" PPP0,
      "link lan0 fwd=1;" PPP0 RULES ROUTE LEFT
      "blackhole 10.0.0.0/24 metric 4278198272 table 13699;" LANS_RULE,
      NULL },
    /* rules and routes */
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 LAN_RULE ROUTE END,
      "a policy rule of table 13700 is gone" },
    /* others' rules into the table are none of ours */
    { "lan0 via ppp0", "link lan0;", LAN "rule 13700 pref=5000 iif=lan0 proto=3;" END,
      "a policy rule of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;", LAN "rule 13700 pref=5000 iif=lan1;" END,
      "a policy rule of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;", LAN "rule 13700 pref=4000 iif=lan0;" END,
      "a policy rule of table 13700 is gone" },
    /* IPv6, which a kernel may not have */
    { "lan0 via ppp0", "link lan0;",
      LAN LAN_RULE END "rule 254 ipv6; rule 0 ipv6 pref=5000 iif=lan0 blackhole;", NULL },
    { "lan0 via ppp0", "link lan0;",
      LAN LAN_RULE END "rule 254 ipv6; rule 0 ipv6 pref=5000 iif=lan1 blackhole;",
      "the policy rule that refuses IPv6 from lan0 is gone" },
    { "lan0 via ppp0", "link lan0;", LAN "rule 13701 pref=5000 iif=lan0;" END,
      "a policy rule of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES END,
      "a route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      LAN PPP0 RULES "route default dev ppp0 via 10.64.64.65 table 13700;" END,
      "a route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES "route default dev ppp0;" END,
      "a route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES ROUTE LANS,
      "the unreachable route of table 13700 is gone" },
    { "lan0 via ppp0", "link lan0;",
      LAN LAN_RULE "route default dev lan0 table 13700;" LANS,
      "the unreachable route of table 13700 is gone" },
    /* the table of all LANs; a LAN that is switched off has no route */
    { "lan0 via ppp0", "link lan0;" PPP0, LAN PPP0 RULES ROUTE LEFT LANS_RULE,
      "a route of table 13699 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      LAN PPP0 RULES ROUTE LEFT
      "blackhole 192.168.137.0/24 metric 4278198272 table 13699;",
      "the policy rule of table 13699 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      LAN PPP0 RULES ROUTE LEFT
      "unreachable 192.168.137.0/24 metric 4278198272 table 13699;" LANS_RULE,
      "a route of table 13699 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=192.168.137.1/24 fwd=1;" PPP0 RULES ROUTE END,
      "a route of table 13699 is gone" },
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 down addr=192.168.137.1/24 fwd=1;" PPP0 RULES ROUTE END,
      "lan0 is switched off" },
    { "lan0 via ppp0 keep-lan", "link lan0 addr=10.0.0.1/24;" PPP0,
      "link lan0 addr=10.0.0.1/24 fwd=1;" PPP0 RULES ROUTE LEFT LANS_RULE,
      "a route of table 13699 is gone" },
    /* what others publish */
    { "lan0 via ppp0", "forwards; translates; link lan0;" PPP0,
      "valid-marks;" LAN PPP0 RULES ROUTE END
      "rule 13699 pref=4999 mark=268435456 goto=5002;",
      NULL },
    { "lan0 via ppp0", "forwards; translates; link lan0;" PPP0,
      "valid-marks;" LAN PPP0 RULES ROUTE END "rule 13699 pref=4999 mark=1 goto=5002;",
      "the policy rule of table 13699 is gone" },
    { "lan0 via ppp0", "forwards; translates; link lan0;" PPP0,
      LAN PPP0 RULES ROUTE END "rule 13699 pref=4999 mark=268435456 goto=5002;",
      "net.ipv4.conf.all.src_valid_mark is off" },
    /* forwarding */
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=192.168.137.1/24 fwd=0;" WAY PPP0 RULES ROUTE END,
      "forwarding on lan0 is off" },
    { "lan0 via ppp0", "link lan0;" PPP0, LAN "link ppp0 ptp fwd=0;" RULES ROUTE END,
      "forwarding on ppp0 is off" },
    /* the reverse path filter, where we had to change it */
    { "lan0 via ppp0", "link lan0; link ppp0 ptp rp=1/1 addr=10.64.0.9/32>10.64.64.64;",
      LAN "link ppp0 ptp fwd=1 rp=1/1;" RULES ROUTE END, "rp_filter on ppp0 is strict" },
    { "lan0 via ppp0", "link lan0; link ppp0 ptp rp=1/1 addr=10.64.0.9/32>10.64.64.64;",
      LAN "link ppp0 ptp fwd=1 rp=2/2;" RULES ROUTE END, NULL },
    { "lan0 via ppp0", "link lan0;" PPP0,
      LAN "link ppp0 ptp fwd=1 rp=1/1;" RULES ROUTE END, NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].request, rows[i].before, NULL);
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].after);
      g_autofree char *drift = cs_share_plan_drift (plan->shares->pdata[0], snapshot);

      g_test_message ("%s in %s, then %s", rows[i].request, rows[i].before,
                      rows[i].after);
      g_assert_cmpstr (drift, ==, rows[i].drift);
    }
}

/* What keeps packets from going astray, and nothing else. */
static void
test_guard_drift (void)
{
  static const struct
  {
    const char *after;
    const char *drift; /* NULL: none */
  } rows[] = {
    { LAN PPP0 RULES ROUTE END, NULL },
    { "link lan0;" PPP0 RULES END, NULL },
    { LAN PPP0 LAN_RULE ROUTE END, "a policy rule of table 13700 is gone" },
    { LAN PPP0 RULES ROUTE END "rule 255 ipv6;",
      "the policy rule that refuses IPv6 from lan0 is gone" },
    { LAN PPP0 RULES ROUTE, "the unreachable route of table 13700 is gone" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", "link lan0;" PPP0, NULL);
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].after);
      const CsSharePlan *share = plan->shares->pdata[0];
      g_autofree char *drift = cs_share_plan_guard_drift (share, snapshot);
      g_autofree char *changed = NULL;

      g_assert_cmpstr (drift, ==, rows[i].drift);
      snapshot->filter_changed = g_strdup ("nft");
      changed = cs_share_plan_guard_drift (share, snapshot);
      g_assert_cmpstr (changed, ==, "the program \"nft\" changed the packet filter");
    }
}

/* A LAN with a unique local network, masqueraded; then without its uplink. */
#define LAN6 "link lan0 addr=192.168.137.1/24 addr6=fd00:1:2:3::1/64 fwd=1;" WAY
#define RULES6 \
  "rule 255 ipv6; rule 13700 ipv6 pref=5000 iif=lan0;" \
  "rule 13700 ipv6 pref=4999 iif=ppp0 goto=5002; rule 13699 ipv6 pref=5002;"
#define WAY6  "route6 fd00:1:2:3::/64 dev lan0 metric 1024 table 13699;"
#define LANS6 "blackhole6 fd00:1:2:3::/64 metric 4278198272 table 13699;"
#define LEFT6 "unreachable6 default metric 4278198272 table 13700;"
#define OUT6  "route6 default dev ppp0 via fe80::1 metric 1024 table 13700;"
#define IPV4  PPP0 RULES ROUTE END

static void
test_ipv6_drift (void)
{
  static const struct
  {
    const char *after;
    const char *drift; /* NULL: none */
  } rows[] = {
    { LAN6 IPV4 RULES6 WAY6 LANS6 LEFT6 OUT6, NULL },
    { LAN IPV4 RULES6 LANS6 LEFT6 OUT6, "lan0 has lost the address fd00:1:2:3::1/64" },
    { LAN6 IPV4 RULES6 LANS6 LEFT6 OUT6, "a route of table 13699 is gone" },
    { LAN6 IPV4 RULES6 WAY6 LEFT6 OUT6, "a route of table 13699 is gone" },
    { LAN6 IPV4 RULES6 WAY6 LANS6 OUT6, "the unreachable route of table 13700 is gone" },
    { LAN6 IPV4 RULES6 WAY6 LANS6 LEFT6, "a route of table 13700 is gone" },
    { LAN6 IPV4
      "rule 255 ipv6; rule 13700 ipv6 pref=5000 iif=lan0;" WAY6 LANS6 LEFT6 OUT6,
      "a policy rule of table 13700 is gone" },
    { LAN6 IPV4 "rule 255 ipv6; rule 13700 ipv6 pref=5000 iif=lan0;"
                "rule 13700 ipv6 pref=4999 iif=ppp0 goto=5002;" WAY6 LANS6 LEFT6 OUT6,
      "the policy rule of table 13699 is gone" },
    { LAN6 IPV4 RULES6 "rule 0 ipv6 pref=5000 iif=lan0 blackhole;" WAY6 LANS6 LEFT6 OUT6,
      "a policy rule refuses IPv6 from lan0" },
    /* the kernel has no IPv6 any more */
    { LAN IPV4, "lan0 has lost the address fd00:1:2:3::1/64" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", "link lan0;" PPP0, NULL);
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].after);
      CsSharePlan *share = plan->shares->pdata[0];
      CsCidr gateway;
      CsRoute way = { .destination = CS_ALL_IPV6,
                      .metric = CS_IPV6_METRIC,
                      .ifindex = share->uplink_ifindex,
                      .table = 13700,
                      .unicast = TRUE };
      g_autofree char *drift = NULL;

      g_test_message ("%s", rows[i].after);
      g_assert_true (cs_cidr_parse ("fd00:1:2:3::1/64", &gateway, NULL));
      g_assert_true (cs_address_parse ("fe80::1", &way.gateway));
      share->ipv6.mode = CS_IPV6_MASQUERADE;
      g_array_append_val (share->ipv6.addresses, gateway);
      g_array_append_val (share->routes, way);
      drift = cs_share_plan_drift (share, snapshot);
      g_assert_cmpstr (drift, ==, rows[i].drift);
    }
}

/* Settings, of the LAN and of the uplink, as conf6 of network.h has them. */
static void
test_ipv6_sysctl_drift (void)
{
  static const struct
  {
    const char *lan, *uplink, *more;
    const char *drift; /* NULL: none */
  } rows[] = {
    { "0/0/1/1/0", "0/1/1/1/1", "forwards6;", NULL },
    { "1/0/1/1/0", "0/1/1/1/1", "forwards6;", "net.ipv6.conf.lan0.disable_ipv6 is 1" },
    { "0/1/1/1/0", "0/1/1/1/1", "forwards6;", "net.ipv6.conf.lan0.accept_ra is 1" },
    { "0/0/1/0/0", "0/1/1/1/1", "forwards6;",
      "net.ipv6.conf.lan0.force_forwarding is 0" },
    { "0/0/0/1/0", "0/1/1/1/1", "forwards6;", "net.ipv6.conf.lan0.forwarding is 0" },
    { "0/0/1/1/0", "0/1/1/0/1", "forwards6;",
      "net.ipv6.conf.ppp0.force_forwarding is 0" },
    { "0/0/1/1/0", "0/1/0/1/1", "forwards6;", "net.ipv6.conf.ppp0.forwarding is 0" },
    { "0/0/1/1/0", "0/1/1/1/0", "forwards6;", "net.ipv6.conf.ppp0.proxy_ndp is 0" },
    { "0/0/1/1/0", "0/1/1/1/1", "", "net.ipv6.conf.all.forwarding is off" },
    /* a kernel that does not tell */
    { "-1/-1/-1/-1/-1", "-1/-1/-1/-1/-1", "forwards6;", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", "link lan0;" PPP0, NULL);
      g_autofree char *network = g_strdup_printf (
          "link lan0 fwd=1 conf6=%s; link ppp0 ppp ptp fwd=1 conf6=%s; %s", rows[i].lan,
          rows[i].uplink, rows[i].more);
      g_autoptr (CsSnapshot) snapshot = network_parse (network);
      CsIpv6Plan *ipv6 = &((CsSharePlan *)plan->shares->pdata[0])->ipv6;
      char **found[] = { &ipv6->found_lan_disabled,     &ipv6->found_lan_accept_ra,
                         &ipv6->found_lan_forced,       &ipv6->found_lan_forwarding,
                         &ipv6->found_uplink_forced,    &ipv6->found_uplink_forwarding,
                         &ipv6->found_uplink_proxy_ndp, &ipv6->found_all_forwarding };
      g_autofree char *drift = NULL;

      for (gsize k = 0; k < G_N_ELEMENTS (found); k++)
        *found[k] = g_strdup ("0");
      drift = cs_share_plan_sure_drift (plan->shares->pdata[0], snapshot);
      g_assert_cmpstr (drift, ==, rows[i].drift);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/drift/any", test_drift);
  g_test_add_func ("/drift/guard", test_guard_drift);
  g_test_add_func ("/drift/IPv6", test_ipv6_drift);
  g_test_add_func ("/drift/IPv6-settings", test_ipv6_sysctl_drift);
  return g_test_run ();
}
