/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is told of other packet filters that drop packets of a share. */
#include "findings.h"

#include "core/plan/opening.h"

/* A chain of another program that drops what it does not know; with @unknown, after a
 * rule that may have let it pass. */
static CsFirewall *
firewall_new (const char *table, const char *chain, CsHook hook, gboolean unknown)
{
  static const int priorities[]
      = { [CS_HOOK_PREROUTING] = -300, [CS_HOOK_POSTROUTING] = 300 };
  CsFirewall *firewall = cs_firewall_new ();
  CsFilterChain *base = cs_firewall_add_chain (firewall, table, chain);

  base->hook = hook;
  base->drops = TRUE;
  if (hook < (CsHook)G_N_ELEMENTS (priorities))
    base->priority = priorities[hook];
  if (unknown)
    {
      CsFilterRule *rule = cs_filter_rule_new ();

      g_ptr_array_add (rule->matches, cs_match_new (CS_MATCH_OTHER, FALSE));
      rule->verdict = CS_VERDICT_ACCEPT;
      g_ptr_array_add (base->rules, rule);
    }
  return firewall;
}

/* Also one to another share, which says nothing about this one. */
static void
add_refusal (CsSnapshot *snapshot, const char *table, const char *words)
{
  g_ptr_array_add (snapshot->refusals, cs_refusal_new ("lan1", table, "No such luck"));
  g_ptr_array_add (snapshot->refusals, cs_refusal_new ("lan0", table, words));
}

/* Diagnoses a share that was planned in @before in the network @now. */
static void
assert_blocks (const CsSnapshot *before,
               const CsSnapshot *now,
               const char *blocked_by,
               const char *finding)
{
  g_autoptr (GPtrArray) requests = requests_parse ("lan0 via ppp0");
  g_autoptr (CsPlan) plan = cs_plan_new (requests, before, NULL);
  const CsSharePlan *share = plan->shares->pdata[0];
  g_autofree char *expected = g_strconcat (NOBODY, finding, NULL);
  g_autofree char *joined
      = share->blocked_by ? g_strjoinv (", ", share->blocked_by) : NULL;

  g_assert_cmpstr (joined, ==, blocked_by);
  assert_findings (plan, now, "", expected);
}

#define RULE "nft insert rule inet mine output "
#define OUTPUT_REMEDY \
  RULE "'oifname \"lan0\" udp sport 67 accept'; " RULE \
       "'oifname \"lan0\" udp sport 249 accept'; " RULE \
       "'oifname \"lan0\" tcp sport 249 accept'; " RULE \
       "'oifname \"ppp0\" ip daddr 9.9.9.9 udp dport 53 accept'; " RULE \
       "'oifname \"ppp0\" ip daddr 9.9.9.10 udp dport 53 accept'; " RULE \
       "'oifname \"ppp0\" ip daddr 9.9.9.9 tcp dport 53 accept'; " RULE \
       "'oifname \"ppp0\" ip daddr 9.9.9.10 tcp dport 53 accept'"

static void
test_blocks (void)
{
  static const struct
  {
    const char *table, *chain;
    CsHook hook;
    gboolean unknown;
    const char *refusal;
    const char *blocked_by;
    const char *finding;
  } rows[] = {
    { "inet mine", "forward", CS_HOOK_FORWARD, FALSE, NULL, "nftables (inet mine)",
      "error blocked lan0: nftables (inet mine): chain forward of table inet mine drops "
      "what clients of lan0 send to ppp0 (its policy) [nft insert rule inet mine forward "
      "'iifname \"lan0\" oifname \"ppp0\" accept'; nft insert rule inet mine forward "
      "'iifname \"ppp0\" oifname \"lan0\" accept']" },
    { "inet mine", "forward", CS_HOOK_FORWARD, TRUE, NULL, NULL,
      "warning blocked lan0: nftables (inet mine): chain forward of table inet mine may "
      "drop what clients of lan0 send to ppp0 (its policy) [nft insert rule inet mine "
      "forward 'iifname \"lan0\" oifname \"ppp0\" accept'; nft insert rule inet mine "
      "forward 'iifname \"ppp0\" oifname \"lan0\" accept']" },
    { "inet mine", "output", CS_HOOK_OUTPUT, FALSE, NULL, "nftables (inet mine)",
      "error blocked lan0: nftables (inet mine): chain output of table inet mine drops "
      "addresses that clients are offered (DHCP) on lan0 (its policy) [" OUTPUT_REMEDY
      "]" },
    { "ip raw", "PREROUTING", CS_HOOK_PREROUTING, FALSE, NULL, "iptables",
      "error blocked lan0: iptables: chain PREROUTING of table ip raw drops what clients "
      "of lan0 send to ppp0 (its policy) [iptables -t raw -I PREROUTING -i lan0 -j "
      "ACCEPT; iptables -t raw -I PREROUTING -i ppp0 -j ACCEPT]" },
    { "ip mangle", "POSTROUTING", CS_HOOK_POSTROUTING, FALSE, NULL, "iptables",
      "error blocked lan0: iptables: chain POSTROUTING of table ip mangle drops what "
      "clients of lan0 send to ppp0 (its policy) [iptables -t mangle -I POSTROUTING -o "
      "ppp0 -j ACCEPT; iptables -t mangle -I POSTROUTING -o lan0 -j ACCEPT]" },
    { "inet firewalld", "filter_OUTPUT", CS_HOOK_OUTPUT, FALSE, NULL, "firewalld",
      "error blocked lan0: firewalld: chain filter_OUTPUT of table inet firewalld drops "
      "addresses that clients are offered (DHCP) on lan0 (its policy) [allow it in "
      "firewalld's policies: firewall-cmd --list-all-policies]" },
    /* what is ours to open is opened: it counts only if that has not happened */
    { "ip filter", "FORWARD", CS_HOOK_FORWARD, FALSE, NULL, NULL,
      "error blocked lan0: iptables: chain FORWARD of table ip filter drops what clients "
      "of lan0 send to ppp0 (its policy) [iptables -I FORWARD -i lan0 -o ppp0 -j ACCEPT; "
      "iptables -I FORWARD -i ppp0 -o lan0 -j ACCEPT]" },
    /* or has been refused */
    { "ip filter", "FORWARD", CS_HOOK_FORWARD, FALSE, "No luck", "iptables",
      "error blocked lan0: iptables: chain FORWARD of table ip filter drops what clients "
      "of lan0 send to ppp0 (its policy). No luck [do this in the program that owns the "
      "table, or stop that program: iptables -I FORWARD -i lan0 -o ppp0 -j ACCEPT; "
      "iptables -I FORWARD -i ppp0 -o lan0 -j ACCEPT]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) before = network_parse (OLD);
      g_autoptr (CsSnapshot) now = network_parse (GOOD);
      g_autofree char *finding = g_strconcat ("\n", rows[i].finding, NULL);

      now->firewall
          = firewall_new (rows[i].table, rows[i].chain, rows[i].hook, rows[i].unknown);
      before->firewall = cs_firewall_ref (now->firewall);
      if (rows[i].refusal != NULL)
        {
          add_refusal (before, rows[i].table, rows[i].refusal);
          add_refusal (now, rows[i].table, rows[i].refusal);
        }
      assert_blocks (before, now, rows[i].blocked_by, finding);
    }
}

#define OLD_REMEDY \
  "iptables-legacy -I FORWARD -i lan0 -o ppp0 -j ACCEPT; iptables-legacy -I FORWARD -i " \
  "ppp0 -o lan0 -j ACCEPT]"

/* The older iptables, whose rules may be unknown, and whose program may be missing. */
static void
test_legacy_blocks (void)
{
  static const struct
  {
    gboolean known, tool;
    const char *blocked_by;
    const char *finding;
  } rows[] = {
    { TRUE, TRUE, NULL,
      "\nerror blocked lan0: iptables-legacy: chain FORWARD of table iptables-legacy "
      "drops "
      "what clients of lan0 send to ppp0 (its policy) [" OLD_REMEDY },
    { TRUE, FALSE, "iptables-legacy",
      "\nerror blocked lan0: iptables-legacy: chain FORWARD of table iptables-legacy "
      "drops what clients of lan0 send to ppp0 (its policy) [install iptables, which has "
      "the program for this: " OLD_REMEDY },
    { FALSE, TRUE, NULL, "" },
    { FALSE, FALSE, "iptables-legacy",
      "\nwarning blocked lan0: iptables-legacy: rules of the older iptables are in the "
      "kernel and may drop packets; they cannot be read, and the program that could open "
      "them is not installed [install iptables, or restart what made these rules with "
      "the newer iptables-nft]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) before = network_parse (OLD);
      g_autoptr (CsSnapshot) now = network_parse (GOOD);
      CsSnapshot *const both[] = { before, now };

      for (gsize k = 0; k < G_N_ELEMENTS (both); k++)
        {
          both[k]->legacy = TRUE;
          both[k]->legacy_tool = rows[i].tool;
          if (rows[i].known)
            both[k]->legacy_filter
                = firewall_new (CS_LEGACY_TABLE, "FORWARD", CS_HOOK_FORWARD, FALSE);
        }
      assert_blocks (before, now, rows[i].blocked_by, rows[i].finding);
    }
}

#define PPP0_6 \
  "link ppp0 ppp ptp index=9 addr=10.64.0.9/32>10.64.64.64 fwd=1 " \
  "dns=9.9.9.9,9.9.9.10 addr6=2001:db8:9::9/64; route6 default dev ppp0 via fe80::1;"
#define OLD6  "link lan0;" PPP0_6
#define GOOD6 "link lan0 addr=192.168.137.1/24 fwd=1;" WAY PPP0_6 RULES ROUTE END

/* IPv4 goes on. */
static void
test_ipv6 (void)
{
  static const struct
  {
    const char *table, *chain;
    CsHook hook;
    const char *finding;
  } rows[] = {
    { "ip6 mine", "forward", CS_HOOK_FORWARD,
      "\nwarning ipv6-blocked lan0: clients have no IPv6, because of nftables (ip6 "
      "mine): "
      "chain forward of table ip6 mine drops what clients of lan0 send to ppp0 by IPv6 "
      "(its policy) [nft insert rule ip6 mine forward 'iifname \"lan0\" oifname \"ppp0\" "
      "accept'; nft insert rule ip6 mine forward 'iifname \"ppp0\" oifname \"lan0\" "
      "accept']" },
    { "ip6 raw", "PREROUTING", CS_HOOK_PREROUTING,
      "\nwarning ipv6-blocked lan0: clients have no IPv6, because of iptables: chain "
      "PREROUTING of table ip6 raw drops what clients of lan0 send to ppp0 by IPv6 (its "
      "policy) [ip6tables -t raw -I PREROUTING -i lan0 -j ACCEPT; ip6tables -t raw -I "
      "PREROUTING -i ppp0 -j ACCEPT]" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) before = network_parse (OLD6);
      g_autoptr (CsSnapshot) now = network_parse (GOOD6);

      now->firewall = firewall_new (rows[i].table, rows[i].chain, rows[i].hook, FALSE);
      before->firewall = cs_firewall_ref (now->firewall);
      assert_blocks (before, now, NULL, rows[i].finding);
    }
}

/* One name for all chains of one owner. */
static void
test_blocked_by_once (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", OLD, NULL);
  g_autoptr (CsFirewall) firewall
      = firewall_new ("inet mine", "forward", CS_HOOK_FORWARD, FALSE);
  g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();
  CsFilterChain *input = cs_firewall_add_chain (firewall, "inet mine", "input");
  g_auto (GStrv) owners = NULL;

  input->hook = CS_HOOK_INPUT;
  input->drops = TRUE;
  snapshot->firewall = cs_firewall_ref (firewall);
  owners = cs_opening_blocked_by (plan->shares->pdata[0], snapshot);
  g_assert_cmpuint (g_strv_length (owners), ==, 1);
  g_assert_cmpstr (owners[0], ==, "nftables (inet mine)");
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/blocks/tables", test_blocks);
  g_test_add_func ("/blocks/legacy", test_legacy_blocks);
  g_test_add_func ("/blocks/ipv6", test_ipv6);
  g_test_add_func ("/blocks/named-once", test_blocked_by_once);
  return g_test_run ();
}
