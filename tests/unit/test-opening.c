/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What a share makes of other firewalls' real rules. */
#include "network.h"
#include "private-net.h"
#include "real-firewall.h"

#include "core/holds.h"
#include "core/opening.h"
#include "system/nft-accepts.h"
#include "system/xt-table.h"

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
    { MINE ("ct state established accept; meta mark 7 accept;"), "lan0 via ppp0", "",
      "" },
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
    {
      g_autoptr (CsFirewall) firewall = NULL;
      g_autoptr (CsPlan) plan = NULL;
      const CsSharePlan *share;
      g_autofree char *open = NULL;
      g_autofree char *blocked_by = NULL;

      firewall_run (rows[i].commands);
      firewall = firewall_read ();
      plan = plan_now (rows[i].request, NET, firewall);
      share = plan->shares->pdata[0];
      g_assert_no_error (share->error);
      open = join (share->open);
      blocked_by = join (share->blocked_by);
      g_test_message ("%s: %s", rows[i].commands, rows[i].request);
      g_assert_cmpstr (open, ==, rows[i].open);
      g_assert_cmpstr (blocked_by, ==, rows[i].blocked_by);
      firewall_clear ();
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

  firewall_run (DROP "iptables -A FORWARD -i other -j ACCEPT");
  before = firewall_shell ("nft -s list ruleset; iptables -S");
  firewall = firewall_read ();
  plan = plan_now ("lan0 via ppp0", NET, firewall);
  share = plan->shares->pdata[0];
  g_assert_true (cs_nft_accepts_are_due (plan, share));
  g_assert_true (cs_nft_accepts_apply (plan, share, &error));
  g_assert_no_error (error);
  g_assert_false (cs_nft_accepts_are_due (plan, share));
  once = firewall_shell ("iptables-nft-save | grep -v ^[:#]");
  g_assert_true (cs_nft_accepts_apply (plan, share, &error));
  firewall_run (
      "iptables -A FORWARD -i lan0 -o ppp0 -m comment --comment connshare -j ACCEPT");
  firewall_run ("iptables -A INPUT -i gone -m comment --comment connshare -j ACCEPT");
  g_assert_true (cs_nft_accepts_apply (plan, share, &error));
  g_assert_no_error (error);
  again = firewall_shell ("iptables-nft-save | grep -v ^[:#]");
  g_assert_cmpstr (again, ==, once);

  snapshot->firewall = firewall_read ();
  g_assert_null (cs_share_plan_filter_damage (share, snapshot));
  firewall_run ("iptables -F INPUT");
  cs_firewall_unref (snapshot->firewall);
  snapshot->firewall = firewall_read ();
  damage = cs_share_plan_filter_damage (share, snapshot);
  g_assert_cmpstr (damage, ==,
                   "an accept is gone (INPUT: iifname \"lan0\" udp dport 67 accept)");
  g_assert_true (cs_nft_accepts_apply (none, NULL, &error));
  after = firewall_shell ("nft -s list ruleset; iptables -S");
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
#define OURS_IN_ANSWERS \
  OURS ("-I INPUT -i ppp0 -s 192.0.2.53 -p udp --sport 53") \
  OURS ("-I INPUT -i ppp0 -s 192.0.2.53 -p tcp --sport 53")

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
      g_autofree char *open = NULL;
      g_autofree char *blocked_by = NULL;
      g_autofree char *damage = NULL;

      firewall_run (rows[i].commands);
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
  g_test_add_func ("/opening/places", test_openings);
  g_test_add_func ("/opening/accepts", test_accepts);
  g_test_add_func ("/opening/unreadable older iptables", test_legacy_rules);
  g_test_add_func ("/opening/older iptables", test_legacy_openings);
  g_test_add_func ("/opening/zones", test_zones);
  return g_test_run ();
}
