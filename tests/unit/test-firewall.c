/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that the real nft and iptables make, as they are read from the kernel; and what a
 * share makes of them. */
#include "network.h"
#include "private-net.h"

#include "core/holds.h"
#include "core/opening.h"
#include "system/nft-accepts.h"
#include "system/nft-firewall.h"
#include "system/xt-table.h"

#define PPP0 "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64 fwd=1 dns=192.0.2.53;"
#define NET  "link lan0 fwd=1;" PPP0
#define BASE "type filter hook forward priority 0;"

static char *
shell (const char *command)
{
  /* The usual name is a link through /etc. */
  g_autofree char *line
      = g_strconcat ("iptables () { iptables-nft \"$@\"; }; ", command, NULL);
  const char *argv[] = { "sh", "-c", line, NULL };
  g_autoptr (GError) error = NULL;
  g_autofree char *complaint = NULL;
  char *output = NULL;
  int status;

  g_spawn_sync (NULL, (char **)argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, &output,
                &complaint, &status, &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s: %s", command, complaint);
  return g_strchomp (output);
}

static void
run (const char *command)
{
  g_free (shell (command));
}

static void
clear (void)
{
  run ("nft flush ruleset; iptables-legacy -F; iptables-legacy -X; "
       "for chain in INPUT FORWARD OUTPUT; do iptables-legacy -P $chain ACCEPT; done");
}

static CsFirewall *
read_firewall (void)
{
  guint32 generation;
  CsFirewall *firewall = cs_nft_firewall_read (&generation);

  g_assert_nonnull (firewall);
  g_assert_cmpuint (generation, !=, 0);
  return firewall;
}

/* --- Reading -------------------------------------------------------------------- */

static void
test_nft_rules (void)
{
  static const struct
  {
    const char *rule;
    const char *read; /* NULL: the same */
  } rows[] = {
    { "iifname \"lan0\" oifname \"ppp0\" accept", NULL },
    { "iifname \"lan*\" drop", NULL },
    { "iifname != \"lan0\" drop", "iifname != \"lan0\" drop" },
    { "iifname { \"a\", \"b\" } accept", "iifname \"a\",\"b\" accept" },
    { "oif \"lo\" accept", "oif 1 accept" },
    { "ct state new drop", NULL },
    { "ct state established,related accept", NULL },
    { "ct state { established, related } accept", "ct state established,related accept" },
    { "ct state vmap { invalid : drop, established : accept, new : jump x }",
      "ct state invalid drop | ct state established accept | ct state new jump x" },
    { "iifname vmap { \"lan0\" : goto x }", "iifname \"lan0\" goto x" },
    { "ip saddr 10.0.0.0/8 accept", NULL },
    { "ip saddr 10.0.0.0/9 accept", NULL },
    { "ip daddr 192.168.137.7 return", NULL },
    { "ip daddr 10.0.0.1-10.0.0.3 drop",
      "ip daddr 10.0.0.1-255.255.255.255 ip daddr 0.0.0.0-10.0.0.3 drop" },
    { "ip daddr { 10.0.0.0/24, 10.1.0.1 } drop", "ip daddr 10.0.0.0/24,10.1.0.1 drop" },
    { "udp dport 67 accept", NULL },
    { "udp dport { 53, 67 } accept", "udp dport 53,67 accept" },
    { "udp sport 53 accept", NULL },
    { "tcp dport >= 1024 accept", "tcp dport 1024-65535 accept" },
    { "tcp dport < 1024 accept", "tcp dport != 1024-65535 accept" },
    { "tcp dport > 1024 accept", "tcp dport != 0-1024 accept" },
    { "tcp dport <= 1024 accept", "tcp dport 0-1024 accept" },
    { "tcp dport 10-20 accept", "tcp dport 10-65535 dport 0-20 accept" },
    { "tcp dport != 10-20 accept", "tcp dport != 10-20 accept" },
    { "tcp dport { 1024-65535 } accept", "tcp dport 1024-65535 dport 0-65535 accept" },
    { "tcp dport { 7, 1024-65535 } accept", "tcp dport 7,1024-65535 accept" },
    { "icmp type echo-request accept", "icmp ... accept" },
    { "meta l4proto 47 drop", "47 drop" },
    { "counter log prefix \"x\" drop", "drop" },
    { "counter", "continue" },
    { "limit rate 1/second accept", "... accept" },
    { "meta mark 7 accept", "... accept" },
    { "meta mark set 7", "continue" },
    { "ct mark and 0xf0 == 0x10 accept", "... accept" },
    { "ip saddr . tcp dport { 10.0.0.1 . 22 } accept", "tcp ... accept" },
    { "ip saddr @banned drop", "ip saddr 203.0.113.7 drop" },
    { "ip saddr vmap @way", "ip saddr 203.0.113.8 drop" },
    { "reject with tcp reset", "tcp reject" },
    { "iifname \"lan0\" accept comment \"connshare\"", "iifname \"lan0\" accept (ours)" },
    { "iifname \"lan0\" drop comment \"connshare\"", "iifname \"lan0\" drop" },
    { "iifname \"lan0\" accept comment \"connshare2\"", "iifname \"lan0\" accept" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *command = g_strdup_printf (
          "nft 'table ip mine { set banned { type ipv4_addr; elements = { 203.0.113.7 } "
          "}; "
          "map way { type ipv4_addr : verdict; elements = { 203.0.113.8 : drop } }; "
          "chain x { }; chain c { " BASE " }; chain c { %s; }; }'",
          rows[i].rule);
      g_autoptr (CsFirewall) firewall = NULL;
      const CsFilterChain *chain;
      GString *text = g_string_new (NULL);

      run (command);
      firewall = read_firewall ();
      chain = cs_firewall_find (firewall, "ip mine", "c");
      for (guint k = 0; k < chain->rules->len; k++)
        {
          const CsFilterRule *rule = chain->rules->pdata[k];
          g_autofree char *words = cs_filter_rule_to_string (rule);

          g_string_append_printf (text, "%s%s%s", k > 0 ? " | " : "", words,
                                  rule->ours ? " (ours)" : "");
        }
      g_test_message ("%s", rows[i].rule);
      g_assert_cmpstr (text->str, ==, rows[i].read ? rows[i].read : rows[i].rule);
      g_string_free (text, TRUE);
      clear ();
    }
}

/* The rules of both kinds of iptables, which are quite other things in the kernel. */
static void
test_iptables_rules (void)
{
  static const char *const programs[] = { "iptables-nft", "iptables-legacy" };
  static const char *const rows[][2] = {
    { "-i lan0 -o ppp0 -j ACCEPT", "iifname \"lan0\" oifname \"ppp0\" accept" },
    { "-i lan+ -j DROP", "iifname \"lan*\" drop" },
    { "! -i lan0 -j DROP", "iifname != \"lan0\" drop" },
    { "-s 10.0.0.0/8 -j ACCEPT", "ip saddr 10.0.0.0/8 accept" },
    { "-p udp --dport 67 -j ACCEPT", "udp dport 67 accept" },
    { "-p tcp --sport 53 --dport 1024:65535 -j ACCEPT",
      "tcp sport 53 dport 1024-65535 accept" },
    { "-p tcp --syn -j ACCEPT", "tcp ... accept" },
    { "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT",
      "ct state established,related accept" },
    { "-m conntrack ! --ctstate NEW -j ACCEPT", "ct state != new accept" },
    { "-m conntrack --ctproto 6 -j ACCEPT", "... accept" },
    { "-m state --state NEW -j DROP", "ct state new drop" },
    { "-m limit --limit 3/min -j LOG", "... continue" },
    { "-m addrtype --dst-type LOCAL -j RETURN", "... return" },
    { "-j REJECT", "reject" },
    { "-j NFQUEUE", "queue" },
    { "-s 10.0.0.0/255.0.255.0 -j DROP", "... drop" },
    { "! -s 10.0.0.0/8 -d 192.0.2.7 -j DROP",
      "ip saddr != 10.0.0.0/8 ip daddr 192.0.2.7 drop" },
    { "! -p udp -j DROP", "!= udp drop" },
    { "-j x", "jump x" },
    { "-g x", "goto x" },
    { "-p icmp", "icmp continue" },
    { "-i lan0 -m comment --comment connshare -j ACCEPT",
      "iifname \"lan0\" accept (ours)" },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (rows); i++)
    {
      const char *const *row = rows[i / 2];
      gboolean legacy = i % 2 == 1;
      g_autofree char *command
          = g_strdup_printf ("%1$s -N x; %1$s -A FORWARD %2$s", programs[legacy], row[0]);
      g_autoptr (CsFirewall) firewall = NULL;
      const CsFilterChain *chain;
      const CsFilterRule *rule;
      g_autofree char *words = NULL;
      g_autofree char *text = NULL;

      run (command);
      firewall = legacy ? cs_xt_table_read () : read_firewall ();
      chain = cs_firewall_find (firewall, legacy ? CS_LEGACY_TABLE : CS_OPENING_TABLE,
                                "FORWARD");
      g_assert_cmpint (chain->hook, ==, CS_HOOK_FORWARD);
      g_assert_cmpuint (chain->rules->len, ==, 1);
      rule = chain->rules->pdata[0];
      words = cs_filter_rule_to_string (rule);
      text = g_strconcat (words, rule->ours ? " (ours)" : "", NULL);
      g_test_message ("%s", command);
      g_assert_cmpstr (text, ==, row[1]);
      clear ();
    }
}

/* --- What a share makes of them ------------------------------------------------- */

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

#define DROP    "iptables -P FORWARD DROP; iptables -P INPUT DROP;"
#define RELATED "-m conntrack --ctstate RELATED,ESTABLISHED -j ACCEPT;"
#define MINE(rules) \
  "nft 'table inet mine { chain forward { " BASE " policy drop; " rules " }; }'"

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
    { MINE ("ct state established accept; meta mark 7 accept;"), "lan0 via ppp0", "",
      "" },
    { MINE ("ip saddr 192.168.0.0/16 accept; ct state vmap { established : accept };"),
      "lan0 via ppp0", "", "" },
    { "nft 'table ip6 filter { chain FORWARD { " BASE " policy drop; }; }'",
      "lan0 via ppp0", "", "" },
    { "nft 'table ip nat { chain x { type nat hook input priority 0; }; }'",
      "lan0 via ppp0", "", "" },
    { "nft 'table inet connshare { chain forward { " BASE " policy drop; }; }'",
      "lan0 via ppp0", "", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsFirewall) firewall = NULL;
      g_autoptr (CsPlan) plan = NULL;
      const CsSharePlan *share;
      g_autofree char *open = NULL;
      g_autofree char *blocked_by = NULL;

      run (rows[i].commands);
      firewall = read_firewall ();
      plan = plan_now (rows[i].request, NET, firewall);
      share = plan->shares->pdata[0];
      g_assert_no_error (share->error);
      open = join (share->open);
      blocked_by = join (share->blocked_by);
      g_test_message ("%s: %s", rows[i].commands, rows[i].request);
      g_assert_cmpstr (open, ==, rows[i].open);
      g_assert_cmpstr (blocked_by, ==, rows[i].blocked_by);
      clear ();
    }
}

/* Twice is once, and what nobody wants goes. */
static void
test_accepts (void)
{
  g_autoptr (CsFirewall) firewall = NULL;
  g_autoptr (CsPlan) plan = NULL;
  g_autoptr (CsPlan) none = cs_plan_new_empty ();
  g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();
  g_autoptr (GError) error = NULL;
  g_autofree char *before = NULL;
  g_autofree char *once = NULL;
  g_autofree char *again = NULL;
  g_autofree char *after = NULL;
  g_autofree char *damage = NULL;
  const CsSharePlan *share;

  run (DROP "iptables -A FORWARD -i other -j ACCEPT");
  before = shell ("nft -s list ruleset; iptables -S");
  firewall = read_firewall ();
  plan = plan_now ("lan0 via ppp0", NET, firewall);
  share = plan->shares->pdata[0];
  g_assert_true (cs_nft_accepts_are_due (plan, share));
  g_assert_true (cs_nft_accepts_apply (plan, share, &error));
  g_assert_no_error (error);
  g_assert_false (cs_nft_accepts_are_due (plan, share));
  once = shell ("iptables-nft-save | grep -v ^[:#]");
  g_assert_true (cs_nft_accepts_apply (plan, share, &error));
  run ("iptables -A FORWARD -i lan0 -o ppp0 -m comment --comment connshare -j ACCEPT");
  run ("iptables -A INPUT -i gone -m comment --comment connshare -j ACCEPT");
  g_assert_true (cs_nft_accepts_apply (plan, share, &error));
  g_assert_no_error (error);
  again = shell ("iptables-nft-save | grep -v ^[:#]");
  g_assert_cmpstr (again, ==, once);

  snapshot->firewall = read_firewall ();
  g_assert_null (cs_share_plan_filter_damage (share, snapshot));
  run ("iptables -F INPUT");
  cs_firewall_unref (snapshot->firewall);
  snapshot->firewall = read_firewall ();
  damage = cs_share_plan_filter_damage (share, snapshot);
  g_assert_cmpstr (damage, ==,
                   "an accept is gone (INPUT: iifname \"lan0\" udp dport 67 accept)");
  g_assert_true (cs_nft_accepts_apply (none, NULL, &error));
  after = shell ("nft -s list ruleset; iptables -S");
  g_assert_cmpstr (after, ==, before);
  clear ();
}

/* Of a table that cannot be read. */
static void
test_legacy_rules (void)
{
  g_autoptr (GPtrArray) requests = requests_parse ("lan0 via ppp0");
  g_autoptr (CsSnapshot) snapshot = network_parse (NET);
  g_autoptr (CsPlan) plan = NULL;
  g_auto (GStrv) rules = NULL;
  g_auto (GStrv) owners = NULL;

  snapshot->legacy = TRUE;
  plan = cs_plan_new (requests, snapshot, NULL);
  rules = cs_opening_legacy_rules (plan->shares->pdata[0]);
  g_assert_cmpuint (g_strv_length (rules), ==, 5);
  g_assert_cmpstr (rules[0], ==,
                   "-A FORWARD -i lan0 -o ppp0 -m comment --comment connshare -j ACCEPT");
  g_assert_cmpstr (rules[2], ==,
                   "-A INPUT -i lan0 -p udp -m udp --dport 67"
                   " -m comment --comment connshare -j ACCEPT");
  owners = cs_blocked_by (plan->shares->pdata[0], snapshot);
  g_assert_cmpstr (owners[0], ==, "iptables-legacy");
}

#define OLD "iptables-legacy "
/* As the step makes them. */
#define OURS(rest) OLD rest " -m comment --comment connshare -j ACCEPT;"
#define OURS_IN_FORWARD \
  OURS ("-I FORWARD -i lan0 -o ppp0") OURS ("-I FORWARD -i ppp0 -o lan0")
#define OURS_IN_INPUT \
  OURS ("-I INPUT -i lan0 -p udp --dport 67") \
  OURS ("-I INPUT -i lan0 -p udp --dport 53") \
  OURS ("-I INPUT -i lan0 -p tcp --dport 53")

static void
test_legacy_openings (void)
{
  static const struct
  {
    const char *commands;
    gboolean tool;
    const char *open;
    const char *blocked_by;
    const char *damage;
  } rows[] = {
    { "true", TRUE, "", "", NULL },
    { OLD "-A FORWARD -i lan1 -j DROP; " OLD "-A INPUT -s 203.0.113.7 -j DROP", TRUE, "",
      "", NULL },
    { OLD "-P OUTPUT DROP", TRUE, "", "", NULL },
    { OLD "-P FORWARD DROP; " OLD "-A FORWARD -i lan0 -j ACCEPT; " OLD
          "-A FORWARD " RELATED,
      TRUE, "", "", NULL },
    { OLD "-P FORWARD DROP", TRUE, "iptables-legacy", "",
      "an accept is gone (FORWARD: iifname \"lan0\" oifname \"ppp0\" accept)" },
    { OLD "-P FORWARD DROP", FALSE, "iptables-legacy", "iptables-legacy", NULL },
    { OLD "-N x; " OLD "-A x -p udp -j REJECT; " OLD "-A INPUT -j x", TRUE,
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
      g_autofree char *open = NULL;
      g_autofree char *blocked_by = NULL;
      g_autofree char *damage = NULL;

      run (rows[i].commands);
      snapshot->legacy = TRUE;
      snapshot->legacy_tool = rows[i].tool;
      snapshot->legacy_filter = cs_xt_table_read ();
      plan = cs_plan_new (requests, snapshot, NULL);
      share = plan->shares->pdata[0];
      open = join (share->open);
      blocked_by = join (share->blocked_by);
      damage = cs_share_plan_filter_damage (share, snapshot);
      g_test_message ("%s", rows[i].commands);
      g_assert_cmpstr (open, ==, rows[i].open);
      g_assert_cmpstr (blocked_by, ==, rows[i].blocked_by);
      g_assert_cmpstr (damage, ==, rows[i].damage);
      clear ();
    }
}

/* --- firewalld ------------------------------------------------------------------ */

/* A table such as firewalld's: what comes from lan0 is dropped unless it is in the zone.
 */
static CsFirewall *
firewalld_with (const char *lan0_verdict)
{
  g_autofree char *command = g_strdup_printf (
      "nft 'table inet firewalld { chain filter_FORWARD { " BASE
      " ct state established accept; iifname \"lan0\" %s; reject; }; }'",
      lan0_verdict);
  CsFirewall *firewall;

  run (command);
  firewall = read_firewall ();
  clear ();
  return firewall;
}

static CsPlan *
plan_with_zone (const char *zone,
                const char *verdict,
                const CsPlan *previous,
                char **damage)
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
  if (damage != NULL)
    *damage = cs_share_plan_filter_damage (plan->shares->pdata[0], snapshot);
  return plan;
}

static void
test_zones (void)
{
  g_autoptr (CsPlan) open = plan_with_zone ("trusted", "accept", NULL, NULL);
  g_autoptr (CsPlan) shut = plan_with_zone ("home", "drop", NULL, NULL);
  g_autoptr (CsPlan) kept = NULL;
  g_autoptr (CsPlan) gone = NULL;
  g_autofree char *damage = NULL;
  const CsSharePlan *share;

  share = open->shares->pdata[0];
  g_assert_null (share->zone);
  share = shut->shares->pdata[0];
  g_assert_cmpstr (share->zone, ==, "nm-shared");
  g_assert_cmpstr (share->found_zone, ==, "home");
  g_assert_null (share->blocked_by);
  kept = plan_with_zone ("nm-shared", "accept", shut, &damage);
  share = kept->shares->pdata[0];
  g_assert_cmpstr (share->zone, ==, "nm-shared");
  g_assert_cmpstr (share->found_zone, ==, "home");
  g_assert_null (damage);
  cs_plan_free (g_steal_pointer (&kept));
  kept = plan_with_zone ("trusted", "accept", shut, &damage);
  g_assert_null (damage);
  cs_plan_free (g_steal_pointer (&kept));
  kept = plan_with_zone ("home", "drop", shut, &damage);
  g_assert_cmpstr (damage, ==, "firewalld has taken lan0 out of the zone nm-shared");
  gone = plan_with_zone (NULL, NULL, shut, NULL);
  g_assert_null (((CsSharePlan *)gone->shares->pdata[0])->zone);
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_test_add_func ("/firewall/rules of nft", test_nft_rules);
  g_test_add_func ("/firewall/rules of iptables", test_iptables_rules);
  g_test_add_func ("/firewall/openings", test_openings);
  g_test_add_func ("/firewall/accepts", test_accepts);
  g_test_add_func ("/firewall/older iptables", test_legacy_rules);
  g_test_add_func ("/firewall/openings of older iptables", test_legacy_openings);
  g_test_add_func ("/firewall/zones", test_zones);
  return g_test_run ();
}
