/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share makes of other firewalls' real rules. */
#include "network.h"
#include "plans.h"
#include "private-net.h"
#include "real-firewall.h"

#include "core/check/drift.h"
#include "core/plan/ipv6.h"
#include "core/plan/opening.h"
#include "system/filters/nft-accepts.h"
#include "system/nft/nft-worker.h"
#include "system/filters/xt-table.h"

#define PPP0 "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64 fwd=1 dns=192.0.2.53;"
#define NET  "link lan0 fwd=1;" PPP0

static CsPlan *
plan_now (const char *requests_text, const char *network, CsFirewall *firewall)
{
  g_autoptr (GPtrArray) requests = requests_parse (requests_text);
  g_autoptr (CsSnapshot) snapshot = network_parse (network);

  snapshot->firewall = cs_firewall_ref (firewall);
  return cs_plan_new (requests, snapshot, NULL);
}

static char *
join (char **strv)
{
  return strv != NULL ? g_strjoinv (", ", strv) : g_strdup ("");
}

/* With the rules that @commands leave. */
static CsPlan *
plan_after (const char *commands, const char *request, const char *network)
{
  g_autoptr (CsFirewall) firewall = NULL;
  CsPlan *plan;

  firewall_run (commands);
  firewall = firewall_read ();
  plan = plan_now (request, network, firewall);
  firewall_clear ();
  return plan;
}

static void
assert_openings (const CsSharePlan *share,
                 const char *expected_open,
                 const char *expected_blocked_by)
{
  g_auto (GStrv) words = cs_places_to_words (share->open);
  g_autofree char *open = join (words);
  g_autofree char *blocked_by = join (share->blocked_by);

  g_assert_no_error (share->error);
  g_assert_cmpstr (open, ==, expected_open);
  g_assert_cmpstr (blocked_by, ==, expected_blocked_by);
}

/* What a share makes of the rules that @commands leave. */
static void
assert_opens (const char *commands,
              const char *request,
              const char *expected_open,
              const char *expected_blocked_by)
{
  g_autoptr (CsPlan) plan = NULL;

  g_test_message ("%s: %s", commands, request);
  plan = plan_after (commands, request, NET);
  assert_openings (plan->shares->pdata[0], expected_open, expected_blocked_by);
}

#define DROP    "iptables -P FORWARD DROP; iptables -P INPUT DROP;"
#define RELATED "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT;"
#define MINE(rules) \
  "nft 'table inet mine { chain forward { " FIREWALL_BASE " policy drop; " rules " }; " \
  "}'"

static void
test_openings (void)
{
  static const struct
  {
    const char *commands;
    const char *request;
    const char *open;
    const char *blocked_by;
  } rows[] = {
    { "true", "lan0 via ppp0", "", "" },
    { DROP, "lan0 via ppp0", "FORWARD, INPUT, INPUT answers", "" },
    { DROP, "lan0 via ppp0 keep-lan", "", "" }, /* no address there: nothing to serve */
    { DROP, "lan0 via wan7", "INPUT", "" },
    { DROP "iptables -A INPUT " RELATED, "lan0 via ppp0", "FORWARD, INPUT", "" },
    { DROP "iptables -A INPUT " RELATED "iptables -A FORWARD -i lan0 -j ACCEPT; "
           "iptables -A FORWARD " RELATED,
      "lan0 via ppp0", "INPUT", "" },
    { DROP "iptables -A FORWARD -i lan0 -j ACCEPT; iptables -A INPUT -i lan0 -j ACCEPT; "
           "iptables -A INPUT -i ppp0 -j ACCEPT",
      "lan0 via ppp0", "FORWARD", "" }, /* no way back */
    { "iptables -A FORWARD -j REJECT", "lan0 via ppp0", "FORWARD", "" },
    { "iptables -N x; iptables -A x -i lan0 -j DROP; iptables -A FORWARD -j x",
      "lan0 via ppp0", "FORWARD", "" },
    { "iptables -N x; iptables -A x -j RETURN; iptables -A x -j DROP; "
      "iptables -A FORWARD -g x",
      "lan0 via ppp0", "", "" },
    { "iptables -A FORWARD -i lan1 -j DROP; iptables -A INPUT -i eth1 -j DROP",
      "lan0 via ppp0", "", "" },
    { "iptables -A FORWARD -s 10.0.0.0/8 -j DROP; iptables -A INPUT -p tcp --dport 22 -j "
      "DROP",
      "lan0 via ppp0", "", "" },
    { "iptables -A FORWARD -m limit --limit 1/s -j DROP", "lan0 via ppp0", "", "" },
    /* Docker */
    { "iptables -P FORWARD DROP; iptables -N DOCKER-USER; iptables -A DOCKER-USER -j "
      "RETURN;"
      " iptables -A FORWARD -j DOCKER-USER",
      "lan0 via ppp0", "DOCKER-USER", "" },
    { "iptables -P FORWARD DROP; iptables -N DOCKER-USER", "lan0 via ppp0", "FORWARD",
      "" },
    /* others' own tables */
    { MINE (""), "lan0 via ppp0", "", "nftables (inet mine)" },
    { MINE ("iifname \"lan0\" accept; ct state established accept;"), "lan0 via ppp0", "",
      "" },
    { MINE ("ct state established accept; meta skuid 7 accept;"), "lan0 via ppp0", "",
      "" },
    { MINE ("ct state established accept; meta mark 7 accept;"), "lan0 via ppp0", "",
      "nftables (inet mine)" },
    { MINE ("ip saddr 192.168.0.0/16 accept; ct state vmap { established : accept };"),
      "lan0 via ppp0", "", "" },
    { "nft 'table ip6 filter { chain FORWARD { " FIREWALL_BASE " policy drop; }; }'",
      "lan0 via ppp0", "", "" },
    { "nft 'table ip nat { chain x { type nat hook input priority 0; }; }'",
      "lan0 via ppp0", "", "" },
    { "nft 'table inet connshare { chain forward { " FIREWALL_BASE " policy drop; }; }'",
      "lan0 via ppp0", "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_opens (rows[i].commands, rows[i].request, rows[i].open, rows[i].blocked_by);
}

#define NET6 \
  "link lan0 index=2 fwd=1; link ppp0 ppp ptp index=9 addr=10.64.0.9/32>10.64.64.64 " \
  "fwd=1 dns=192.0.2.53 addr6=2001:db8:9::9/64; " \
  "route6 default dev ppp0 via fe80::1 metric 50;"
#define DROP6 "ip6tables -P FORWARD DROP; ip6tables -P INPUT DROP;"
#define DNS6  "udp dport 249 accept; tcp dport 249 accept; "
#define IN6(rules) \
  "nft 'table inet mine { chain c { type filter hook input priority 0; policy drop; " \
  "udp dport 67 accept; ct state established,related accept; " rules " }; }'"

/* What becomes of IPv6; IPv4 is as above. */
static void
test_openings6 (void)
{
  static const struct
  {
    const char *commands;
    const char *open;
    const char *blocked_by;
    CsIpv6Mode mode;
  } rows[] = {
    { "true", "", "", CS_IPV6_MASQUERADE },
    { DROP, "FORWARD, INPUT, INPUT answers", "", CS_IPV6_MASQUERADE },
    { DROP6, "FORWARD IPv6, INPUT IPv6", "", CS_IPV6_MASQUERADE },
    { DROP6 "ip6tables -P OUTPUT DROP", "FORWARD IPv6, INPUT IPv6, OUTPUT IPv6", "",
      CS_IPV6_MASQUERADE },
    { DROP6 "ip6tables -A INPUT -p ipv6-icmp -j ACCEPT; "
            "ip6tables -A INPUT -p udp --dport 249 -j ACCEPT; "
            "ip6tables -A INPUT -p tcp --dport 249 -j ACCEPT",
      "FORWARD IPv6", "", CS_IPV6_MASQUERADE },
    /* a router is asked for as well */
    { "ip6tables -P INPUT DROP; "
      "ip6tables -A INPUT -p ipv6-icmp --icmpv6-type neighbor-solicitation -j ACCEPT; "
      "ip6tables -A INPUT -p udp -j ACCEPT; ip6tables -A INPUT -p tcp -j ACCEPT",
      "INPUT IPv6", "", CS_IPV6_MASQUERADE },
    { "ip6tables -P FORWARD DROP; ip6tables -N DOCKER-USER; "
      "ip6tables -A FORWARD -j DOCKER-USER",
      "DOCKER-USER IPv6", "", CS_IPV6_MASQUERADE },
    /* others' own tables: without IPv6, clients are served */
    { "nft 'table ip6 mine { chain forward { " FIREWALL_BASE " policy drop; }; }'", "",
      "", CS_IPV6_NONE },
    { MINE ("meta nfproto ipv4 accept;"), "", "", CS_IPV6_NONE },
    { MINE ("meta nfproto ipv4 accept; iifname \"lan0\" accept; "
            "ct state established accept;"),
      "", "", CS_IPV6_MASQUERADE },
    { MINE ("meta nfproto ipv6 accept;"), "", "nftables (inet mine)",
      CS_IPV6_MASQUERADE },
    { MINE (""), "", "nftables (inet mine)", CS_IPV6_NONE },
    { IN6 (DNS6 "icmpv6 type { 133, 135 } accept;"), "", "", CS_IPV6_MASQUERADE },
    { IN6 (DNS6 "icmpv6 type { 135, 136, 134 } accept;"), "", "", CS_IPV6_NONE },
    { IN6 ("meta nfproto ipv4 tcp dport 249 accept; udp dport 249 accept; meta l4proto "
           "58 accept;"),
      "", "", CS_IPV6_NONE },
    /* of the link's own, conntrack knows nothing */
    { IN6 (DNS6 "ct state untracked accept;"), "", "", CS_IPV6_MASQUERADE },
    { "nft 'table inet mine { chain c { type filter hook prerouting priority -150; "
      "ct state invalid drop; }; }'",
      "", "", CS_IPV6_MASQUERADE },
    { "nft 'table ip6 mine { chain c { type filter hook output priority 0; "
      "ip6 saddr fe80::/10 drop; }; }'",
      "", "", CS_IPV6_NONE },
    { "nft 'table ip6 mine { chain c { type filter hook output priority 0; "
      "ip6 saddr 2001:db8::/32 drop; }; }'",
      "", "", CS_IPV6_MASQUERADE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = NULL;
      const CsSharePlan *share;

      g_test_message ("%s", rows[i].commands);
      plan = plan_after (rows[i].commands, "lan0 via ppp0", NET6);
      share = plan->shares->pdata[0];
      assert_openings (share, rows[i].open, rows[i].blocked_by);
      g_assert_cmpint (share->ipv6.mode, ==, rows[i].mode);
      g_assert_cmpint (share->ipv6.blocked, ==, rows[i].mode == CS_IPV6_NONE);
      g_assert_cmpint (cs_share_plan_has_ipv6 (share), ==, rows[i].mode != CS_IPV6_NONE);
    }
}

#define ON(hook, rules) \
  "nft 'table inet mine { chain c { type filter hook " hook "; " rules " }; }'"
#define MARKED        ON ("output priority 0", "meta mark 7 accept; oifname \"lan0\" drop;") ";"
#define STRICT_OUTPUT "iptables -P OUTPUT DROP;"

/* On the way that a packet takes before and behind FORWARD and INPUT, and to clients. */
static void
test_other_hooks (void)
{
  static const struct
  {
    const char *commands;
    const char *open;
    const char *blocked_by; /* "" or "mine" of the table's owner */
  } rows[] = {
    { STRICT_OUTPUT, "OUTPUT, OUTPUT questions", "" },
    { STRICT_OUTPUT "iptables -A OUTPUT -o lan0 -j ACCEPT;" STRICT_OUTPUT,
      "OUTPUT questions", "" },
    { STRICT_OUTPUT "iptables -A OUTPUT -p udp --dport 53 -j ACCEPT;"
                    "iptables -A OUTPUT " RELATED,
      "OUTPUT", "" },
    { STRICT_OUTPUT "iptables -A OUTPUT -p udp --dport 53 -j ACCEPT;"
                    "iptables -A OUTPUT -p udp --dport 68 -j ACCEPT;"
                    "iptables -A OUTPUT " RELATED,
      "", "" },
    /* the kill switch of wg-quick(8) */
    { "iptables -I OUTPUT ! -o wg0 -m mark ! --mark 51820 -m addrtype ! --dst-type LOCAL "
      "-j REJECT",
      "OUTPUT, OUTPUT questions", "" },
    { ON ("output priority 0", "oifname \"wg0\" accept; ct mark 0xf41 accept; drop;"), "",
      "mine" },
    { ON ("output priority 0", "udp sport 67 accept; ct state established accept; "
                               "ip daddr 192.0.2.53 accept; drop;"),
      "", "" },
    { ON ("output priority 0", "udp sport 67 accept; udp dport 53 reject;"), "", "mine" },
    { ON ("prerouting priority raw", "iifname \"lan0\" drop;"), "", "mine" },
    { ON ("prerouting priority raw", "iifname \"lan1\" drop;"), "", "" },
    { ON ("prerouting priority raw", "udp dport 53 drop;"), "", "mine" },
    { ON ("prerouting priority 0", "udp dport 53 drop;"), "", "" }, /* another by now */
    { ON ("prerouting priority raw", "ct state invalid drop;"), "", "mine" },
    { ON ("prerouting priority mangle", "ct state invalid drop;"), "", "" },
    { ON ("prerouting priority mangle", "pkttype broadcast drop;"), "", "mine" },
    { ON ("prerouting priority -150", "iifname \"ppp0\" ip daddr 192.168.0.0/16 drop;"),
      "", "" },
    { ON ("prerouting priority 0", "iifname \"ppp0\" ip daddr 192.168.0.0/16 drop;"), "",
      "mine" },
    { ON ("postrouting priority 0", "oifname != \"wg0\" ip saddr 192.168.0.0/16 drop;"),
      "", "mine" },
    { ON ("postrouting priority 110", "oifname \"ppp0\" ip saddr 192.168.0.0/16 drop;"),
      "", "" },
    { ON ("postrouting priority 0", "oifname \"lan0\" udp sport 67 drop;"), "", "mine" },
    { ON ("input priority 0", "oifname \"ppp0\" drop;"), "", "" },
    { "iptables -t raw -A PREROUTING -i lan0 -j DROP", "", "iptables" },
    { "iptables -t mangle -A POSTROUTING -o ppp0 -j DROP", "", "iptables" },
    /* marks that a rule before may have set */
    { MARKED "iptables -t mangle -A OUTPUT -j MARK --set-mark 7", "", "" },
    { MARKED "iptables -t mangle -A OUTPUT -j CONNMARK --restore-mark", "", "mine" },
    { MARKED "iptables -t mangle -A POSTROUTING -j MARK --set-mark 7", "", "mine" },
    { MARKED "iptables -t mangle -A OUTPUT -o eth1 -j MARK --set-mark 7", "", "mine" },
    { ON ("output priority 0",
          "ct mark 7 accept; udp sport 249 drop;") ";"
                                                   "iptables -t mangle -A INPUT -m limit "
                                                   "--limit 1/s -j CONNMARK --set-mark 7",
      "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_opens (rows[i].commands, "lan0 via ppp0", rows[i].open,
                  g_str_equal (rows[i].blocked_by, "mine") ? "nftables (inet mine)"
                                                           : rows[i].blocked_by);
}

/* What is in the way of port mappings alone. */
static void
test_ports (void)
{
  static const struct
  {
    const char *commands;
    gboolean maps;
    const char *blocked_by;
  } rows[] = {
    { ON ("forward priority 0", "oifname \"lan0\" ct state established accept; "
                                "oifname \"lan0\" reject;"),
      TRUE, "nftables (inet mine)" },
    { ON ("forward priority 0", "oifname \"lan0\" ct state established accept; "
                                "oifname \"lan0\" reject;"),
      FALSE, "" },
    { ON ("forward priority 0", "ct status dnat accept; iifname \"lan0\" accept; "
                                "ct state established accept; reject;"),
      TRUE, "" },
    { ON ("input priority 0", "udp dport 53 drop;"), TRUE, "" },
    { "iptables -P FORWARD DROP", TRUE, "" },
    { "", TRUE, "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) requests = requests_parse ("lan0 via ppp0");
      g_autoptr (CsSnapshot) now = network_parse (NET);
      g_autoptr (CsPlan) plan = NULL;

      g_test_message ("%s", rows[i].commands);
      firewall_run (rows[i].commands);
      now->firewall = firewall_read ();
      firewall_clear ();
      now->mapped = g_strsplit (rows[i].maps ? "lan0" : "lan1", " ", -1);
      plan = cs_plan_new (requests, now, NULL);
      g_assert_cmpstr (((CsSharePlan *)plan->shares->pdata[0])->ports_blocked_by, ==,
                       rows[i].blocked_by[0] ? rows[i].blocked_by : NULL);
    }
}

/* A device's own hook sees what comes in by it. */
static void
test_devices (void)
{
  static const char *const rows[][3] = {
    { "lan0", "drop;", "nftables (netdev mine)" },
    { "lan0", "ip protocol tcp drop;", "nftables (netdev mine)" },
    { "lan0", "arp operation request accept;", "" },
    { "ppp0", "ip saddr 192.0.2.53 drop;", "nftables (netdev mine)" },
    { "ppp0", "ip saddr 203.0.113.0/24 drop;", "" },
    { "eth1", "drop;", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *command = g_strdup_printf (
          "ip link add %s type veth peer name other; nft 'table netdev mine { chain c { "
          "type filter hook ingress device %s priority 0; %s }; }'",
          rows[i][0], rows[i][0], rows[i][1]);
      g_autofree char *end = g_strconcat ("ip link del ", rows[i][0], NULL);

      assert_opens (command, "lan0 via ppp0", "", rows[i][2]);
      firewall_run (end);
    }
}

static void
apply (const CsPlan *plan, const CsSharePlan *share)
{
  GError *errors[CS_NFT_ACCEPTS_TABLES] = { NULL };

  cs_nft_accepts_apply (plan, share, errors);
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    g_assert_no_error (errors[i]);
}

/* Twice is once, and what nobody wants goes. */
static void
test_accepts (void)
{
  g_autoptr (CsFirewall) firewall = NULL;
  g_autoptr (CsPlan) plan = NULL;
  g_autoptr (CsPlan) none = cs_plan_new_empty ();
  g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();
  g_autofree char *before = NULL;
  g_autofree char *once = NULL;
  g_autofree char *again = NULL;
  g_autofree char *after = NULL;
  g_autofree char *drift = NULL;
  const CsSharePlan *share;

  firewall_run (DROP "iptables -A FORWARD -i other -j ACCEPT");
  before = firewall_shell ("nft -s list ruleset; iptables -S");
  firewall = firewall_read ();
  plan = plan_now ("lan0 via ppp0", NET, firewall);
  share = plan->shares->pdata[0];
  g_assert_true (cs_nft_accepts_are_due (plan, share));
  apply (plan, share);
  g_assert_false (cs_nft_accepts_are_due (plan, share));
  once = firewall_shell ("iptables-nft-save | grep -v ^[:#]");
  apply (plan, share);
  firewall_run (
      "iptables -A FORWARD -i lan0 -o ppp0 -m comment --comment connshare -j ACCEPT");
  firewall_run ("iptables -A INPUT -i gone -m comment --comment connshare -j ACCEPT");
  apply (plan, share);
  again = firewall_shell ("iptables-nft-save | grep -v ^[:#]");
  g_assert_cmpstr (again, ==, once);

  snapshot->firewall = firewall_read ();
  g_assert_null (cs_share_plan_filter_drift (share, snapshot));
  firewall_run ("iptables -F INPUT");
  cs_firewall_unref (snapshot->firewall);
  snapshot->firewall = firewall_read ();
  drift = cs_share_plan_filter_drift (share, snapshot);
  g_assert_cmpstr (drift, ==,
                   "an accept is gone (INPUT: iifname \"lan0\" udp dport 67 accept)");
  apply (none, NULL);
  after = firewall_shell ("nft -s list ruleset; iptables -S");
  g_assert_cmpstr (after, ==, before);
  firewall_clear ();
}

/* Likewise of IPv6, in rules that ip6tables(8) can list. */
static void
test_accepts6 (void)
{
  g_autoptr (CsFirewall) firewall = NULL;
  g_autoptr (CsPlan) plan = NULL;
  g_autoptr (CsPlan) none = cs_plan_new_empty ();
  g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();
  g_autofree char *before = NULL;
  g_autofree char *once = NULL;
  g_autofree char *after = NULL;
  g_autofree char *drift = NULL;

  firewall_run (DROP6 "ip6tables -A FORWARD -i other -j ACCEPT");
  before = firewall_shell ("nft -s list ruleset; ip6tables -S");
  firewall = firewall_read ();
  plan = plan_now ("lan0 via ppp0", NET6, firewall);
  g_assert_true (cs_nft_accepts_are_due (plan, plan->shares->pdata[0]));
  apply (plan, plan->shares->pdata[0]);
  g_assert_false (cs_nft_accepts_are_due (plan, plan->shares->pdata[0]));
  once = firewall_shell ("ip6tables -S | grep connshare | sort");
  g_assert_cmpstr (
      once, ==,
      "-A FORWARD -i lan0 -o ppp0 -m comment --comment connshare -j ACCEPT\n"
      "-A FORWARD -i ppp0 -o lan0 -m comment --comment connshare -j ACCEPT\n"
      "-A INPUT -i lan0 -p ipv6-icmp -m comment --comment connshare -j ACCEPT\n"
      "-A INPUT -i lan0 -p tcp -m tcp --dport 249 -m comment --comment connshare -j "
      "ACCEPT\n"
      "-A INPUT -i lan0 -p udp -m udp --dport 249 -m comment --comment connshare -j "
      "ACCEPT");
  snapshot->firewall = firewall_read ();
  g_assert_null (cs_share_plan_filter_drift (plan->shares->pdata[0], snapshot));
  firewall_run ("ip6tables -D INPUT -i lan0 -p ipv6-icmp -m comment --comment connshare "
                "-j ACCEPT");
  cs_firewall_unref (snapshot->firewall);
  snapshot->firewall = firewall_read ();
  drift = cs_share_plan_filter_drift (plan->shares->pdata[0], snapshot);
  g_assert_cmpstr (drift, ==,
                   "an accept is gone (INPUT: iifname \"lan0\" meta l4proto 58 accept)");
  apply (none, NULL);
  after = firewall_shell ("nft -s list ruleset; ip6tables -S");
  g_assert_cmpstr (after, ==, before);
  firewall_clear ();
}

/* Of a table that cannot be read. */
static void
test_legacy_rules (void)
{
  g_autoptr (GPtrArray) requests = requests_parse ("lan0 via ppp0");
  g_autoptr (CsSnapshot) snapshot = network_parse (NET);
  g_autoptr (CsPlan) plan = NULL;
  g_autoptr (GArray) rules = NULL;
  g_autofree char *forward = NULL;
  g_autofree char *dhcp = NULL;
  g_auto (GStrv) owners = NULL;

  snapshot->legacy = TRUE;
  plan = cs_plan_new (requests, snapshot, NULL);
  rules = cs_opening_list (plan->shares->pdata[0], CS_LEGACY_TABLE);
  g_assert_cmpuint (rules->len, ==, 5);
  forward = cs_opening_to_legacy (&g_array_index (rules, CsAccept, 0));
  g_assert_cmpstr (forward, ==,
                   "FORWARD -i lan0 -o ppp0 -m comment --comment connshare -j ACCEPT");
  dhcp = cs_opening_to_legacy (&g_array_index (rules, CsAccept, 2));
  g_assert_cmpstr (dhcp, ==,
                   "INPUT -i lan0 -p udp -m udp --dport 67"
                   " -m comment --comment connshare -j ACCEPT");
  owners = cs_opening_blocked_by (plan->shares->pdata[0], snapshot);
  g_assert_cmpstr (owners[0], ==, "iptables-legacy");
}

#define OLD "iptables-legacy "
/* As the step makes them. */
#define OURS(rest) OLD rest " -m comment --comment connshare -j ACCEPT;"
#define OURS_IN_FORWARD \
  OURS ("-I FORWARD -i lan0 -o ppp0") OURS ("-I FORWARD -i ppp0 -o lan0")
#define OURS_IN_INPUT \
  OURS ("-I INPUT -i lan0 -p udp --dport 67") \
  OURS ("-I INPUT -i lan0 -p udp --dport 249") \
  OURS ("-I INPUT -i lan0 -p tcp --dport 249")
#define OURS_IN_ANSWERS \
  OURS ("-I INPUT -i ppp0 -s 192.0.2.53 -p udp --sport 53") \
  OURS ("-I INPUT -i ppp0 -s 192.0.2.53 -p tcp --sport 53")

#define OURS_IN_OUTPUT \
  OURS ("-I OUTPUT -o lan0 -p udp --sport 67") \
  OURS ("-I OUTPUT -o lan0 -p udp --sport 249") \
  OURS ("-I OUTPUT -o lan0 -p tcp --sport 249") \
  OURS ("-I OUTPUT -d 192.0.2.53 -o ppp0 -p udp --dport 53") \
  OURS ("-I OUTPUT -d 192.0.2.53 -o ppp0 -p tcp --dport 53")

static void
test_legacy_openings (void)
{
  static const char *const tables[] = { "filter", "raw", "mangle", NULL };
  static const struct
  {
    const char *commands;
    gboolean tool;
    const char *open;
    const char *blocked_by;
    const char *drift;
  } rows[] = {
    { "true", TRUE, "", "", NULL },
    { OLD "-A FORWARD -i lan1 -j DROP; " OLD "-A INPUT -s 203.0.113.7 -j DROP", TRUE, "",
      "", NULL },
    { OLD "-P OUTPUT DROP", TRUE, "iptables-legacy OUTPUT, iptables-legacy questions", "",
      "an accept is gone (OUTPUT: oifname \"lan0\" udp sport 67 accept)" },
    { OLD "-P OUTPUT DROP;" OURS_IN_OUTPUT, TRUE,
      "iptables-legacy OUTPUT, iptables-legacy questions", "", NULL },
    { OLD "-t raw -A PREROUTING -i lan0 -j DROP", TRUE, "", "iptables-legacy", NULL },
    { OLD "-P FORWARD DROP; " OLD "-A FORWARD -i lan0 -j ACCEPT; " OLD
          "-A FORWARD " RELATED,
      TRUE, "", "", NULL },
    { OLD "-P FORWARD DROP", TRUE, "iptables-legacy", "",
      "an accept is gone (FORWARD: iifname \"lan0\" oifname \"ppp0\" accept)" },
    { OLD "-P FORWARD DROP", FALSE, "iptables-legacy", "iptables-legacy", NULL },
    { OLD "-P INPUT DROP;" OURS_IN_FORWARD OURS_IN_INPUT, TRUE,
      "iptables-legacy, iptables-legacy answers", "",
      "an accept is gone (INPUT: iifname \"ppp0\" ip saddr 192.0.2.53 udp sport 53 "
      "accept)" },
    { OLD "-P INPUT DROP;" OURS_IN_FORWARD OURS_IN_INPUT OURS_IN_ANSWERS, TRUE,
      "iptables-legacy, iptables-legacy answers", "", NULL },
    { OLD "-N x; " OLD "-A x -i lan0 -j REJECT; " OLD "-A INPUT -j x", TRUE,
      "iptables-legacy", "",
      "an accept is gone (FORWARD: iifname \"lan0\" oifname \"ppp0\" accept)" },
    { OLD "-P FORWARD DROP;" OURS_IN_FORWARD, TRUE, "iptables-legacy", "",
      "an accept is gone (INPUT: iifname \"lan0\" udp dport 67 accept)" },
    { OLD "-P FORWARD DROP;" OURS_IN_FORWARD OURS_IN_INPUT, TRUE, "iptables-legacy", "",
      NULL },
    { OLD "-P FORWARD DROP; " OLD "-N ufw-user;" OURS_IN_FORWARD OURS_IN_INPUT OLD
          "-I FORWARD -j DROP",
      TRUE, "iptables-legacy", "ufw", NULL },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) requests = requests_parse ("lan0 via ppp0");
      g_autoptr (CsSnapshot) snapshot = network_parse (NET);
      g_autoptr (CsPlan) plan = NULL;
      const CsSharePlan *share;
      g_auto (GStrv) words = NULL;
      g_autofree char *open = NULL;
      g_autofree char *blocked_by = NULL;
      g_autofree char *drift = NULL;

      firewall_run (rows[i].commands);
      snapshot->legacy = TRUE;
      snapshot->legacy_tool = rows[i].tool;
      snapshot->legacy_filter = cs_xt_tables_read (tables);
      plan = cs_plan_new (requests, snapshot, NULL);
      share = plan->shares->pdata[0];
      words = cs_places_to_words (share->open);
      open = join (words);
      blocked_by = join (share->blocked_by);
      drift = cs_share_plan_filter_drift (share, snapshot);
      g_test_message ("%s", rows[i].commands);
      g_assert_cmpstr (open, ==, rows[i].open);
      g_assert_cmpstr (blocked_by, ==, rows[i].blocked_by);
      g_assert_cmpstr (drift, ==, rows[i].drift);
      firewall_clear ();
    }
}

/* --- firewalld ------------------------------------------------------------------ */

/* A table such as firewalld's: what comes from lan0 is dropped unless it is in the zone.
 */
static CsFirewall *
firewalld_with (const char *lan0_verdict)
{
  g_autofree char *command = g_strdup_printf (
      "nft 'table inet firewalld { chain filter_FORWARD { " FIREWALL_BASE
      " ct state established accept; iifname \"lan0\" %s; reject; }; }'",
      lan0_verdict);
  CsFirewall *firewall;

  firewall_run (command);
  firewall = firewall_read ();
  firewall_clear ();
  return firewall;
}

static CsPlan *
plan_with_zone (const char *zone,
                const char *verdict,
                const CsPlan *previous,
                char **drift)
{
  g_autoptr (GPtrArray) requests = requests_parse ("lan0 via ppp0");
  g_autoptr (CsSnapshot) snapshot = network_parse (NET);
  CsInterface *lan = (CsInterface *)cs_snapshot_find (snapshot, "lan0");
  CsPlan *plan;

  snapshot->firewalld = verdict != NULL;
  lan->zone = g_strdup (zone);
  if (verdict != NULL)
    snapshot->firewall = firewalld_with (verdict);
  plan = cs_plan_new (requests, snapshot, previous);
  if (drift != NULL)
    *drift = cs_share_plan_filter_drift (plan->shares->pdata[0], snapshot);
  return plan;
}

static void
test_zones (void)
{
  g_autoptr (CsPlan) open = plan_with_zone ("trusted", "accept", NULL, NULL);
  g_autoptr (CsPlan) shut = plan_with_zone ("home", "drop", NULL, NULL);
  g_autoptr (CsPlan) moved = NULL;
  g_autoptr (CsPlan) kept = NULL;
  g_autoptr (CsPlan) gone = NULL;
  g_autofree char *drift = NULL;
  const CsSharePlan *share;

  share = open->shares->pdata[0];
  g_assert_null (share->zone);
  share = shut->shares->pdata[0];
  g_assert_cmpstr (share->zone, ==, "nm-shared");
  g_assert_cmpstr (share->found_zone, ==, "home");
  g_assert_null (share->blocked_by);
  /* put there by NetworkManager before us */
  moved = plan_with_zone ("nm-shared", "drop", NULL, NULL);
  share = moved->shares->pdata[0];
  g_assert_cmpstr (share->zone, ==, "nm-shared");
  g_assert_null (share->found_zone);

  kept = plan_with_zone ("nm-shared", "accept", shut, &drift);
  share = kept->shares->pdata[0];
  g_assert_cmpstr (share->zone, ==, "nm-shared");
  g_assert_cmpstr (share->found_zone, ==, "home");
  g_assert_null (drift);
  cs_plan_unref (g_steal_pointer (&kept));
  kept = plan_with_zone ("trusted", "accept", shut, &drift);
  g_assert_null (drift);
  cs_plan_unref (g_steal_pointer (&kept));
  kept = plan_with_zone ("home", "drop", shut, &drift);
  g_assert_cmpstr (drift, ==, "firewalld has taken lan0 out of the zone nm-shared");
  gone = plan_with_zone (NULL, NULL, shut, NULL);
  g_assert_null (((CsSharePlan *)gone->shares->pdata[0])->zone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  cs_nft_worker_init (NFT_WORKER);
  g_test_add_func ("/opening/places", test_openings);
  g_test_add_func ("/opening/openings6", test_openings6);
  g_test_add_func ("/opening/other hooks", test_other_hooks);
  g_test_add_func ("/opening/devices", test_devices);
  g_test_add_func ("/opening/ports", test_ports);
  g_test_add_func ("/opening/accepts", test_accepts);
  g_test_add_func ("/opening/accepts6", test_accepts6);
  g_test_add_func ("/opening/unreadable older iptables", test_legacy_rules);
  g_test_add_func ("/opening/older iptables", test_legacy_openings);
  g_test_add_func ("/opening/zones", test_zones);
  return g_test_run ();
}
