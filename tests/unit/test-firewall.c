/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that the real nft and iptables make, as they are read from the kernel. */
#include "private-net.h"
#include "real-firewall.h"

#include "core/plan/opening.h"
#include "core/value/firewall-words.h"
#include "system/filters/xt-table.h"

/* What rules do to marks, in words. */
static const char *const marks[] = {
  [0] = "",
  [CS_MARKS_SET] = " (mark)",
  [CS_MARKS_SET_CT] = " (ct mark)",
  [CS_MARKS_RESTORE] = " (restores)",
  [CS_MARKS_SAVE] = " (saves)",
};

/* What is read of @rule in the chain "c" of @table. */
static void
assert_rule (const char *table, const char *rule_text, const char *read)
{
  g_autofree char *command = g_strdup_printf (
      "nft 'table %s { set banned { type ipv4_addr; elements = { 203.0.113.7 } }; "
      "map way { type ipv4_addr : verdict; elements = { 203.0.113.8 : drop } }; "
      "chain x { }; chain c { " FIREWALL_BASE " }; chain c { %s; }; }'",
      table, rule_text);
  g_autoptr (CsFirewall) firewall = NULL;
  const CsFilterChain *chain;
  GString *text = g_string_new (NULL);

  firewall_run (command);
  firewall = firewall_read ();
  chain = cs_firewall_find (firewall, table, "c");
  for (guint k = 0; k < chain->rules->len; k++)
    {
      const CsFilterRule *rule = chain->rules->pdata[k];
      g_autofree char *words = cs_filter_rule_to_string (rule);

      g_string_append_printf (text, "%s%s%s%s", k > 0 ? " | " : "", words,
                              marks[rule->marks], rule->ours ? " (ours)" : "");
    }
  g_test_message ("%s", rule_text);
  g_assert_cmpstr (text->str, ==, read ? read : rule_text);
  g_string_free (text, TRUE);
  firewall_clear ();
}

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
    { "meta mark 7 accept", "mark 0x7 accept" },
    { "meta mark and 0xff00 == 0 drop", "mark 0x0 drop" },
    { "meta mark set 7", "continue (mark)" },
    { "meta mark set ct mark", "continue (restores)" },
    { "ct mark set meta mark", "continue (saves)" },
    { "ct mark set 7", "continue (ct mark)" },
    { "ct mark and 0xf0 == 0x10 accept", "ct mark 0x10 accept" },
    { "meta cgroup 7 accept", "cgroup 7 accept" },
    { "meta pkttype broadcast drop", "pkttype 1 drop" },
    { "fib daddr type local accept", "fib daddr type local accept" },
    { "fib daddr type { broadcast, 9 } drop", "fib daddr type broadcast,9 drop" },
    { "fib saddr type local accept", "... accept" },
    { "fib saddr oif 0 drop", "... drop" },
    { "ip saddr . tcp dport { 10.0.0.1 . 22 } accept", "tcp ... accept" },
    { "ip saddr @banned drop", "ip saddr 203.0.113.7 drop" },
    { "ip saddr vmap @way", "ip saddr 203.0.113.8 drop" },
    { "reject with tcp reset", "tcp reject" },
    { "iifname \"lan0\" accept comment \"connshare\"", "iifname \"lan0\" accept (ours)" },
    { "iifname \"lan0\" drop comment \"connshare\"", "iifname \"lan0\" drop" },
    { "iifname \"lan0\" accept comment \"connshare2\"", "iifname \"lan0\" accept" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_rule ("ip mine", rows[i].rule, rows[i].read);
}

static void
test_nft_rules6 (void)
{
  static const struct
  {
    const char *table;
    const char *rule;
    const char *read; /* NULL: the same */
  } rows[] = {
    { "ip6 mine", "ip6 saddr fd00::/8 accept", NULL },
    { "ip6 mine", "ip6 saddr fd00::/7 drop", "ip6 saddr fc00::/7 drop" },
    { "ip6 mine", "ip6 daddr 2001:db8::1 return", NULL },
    { "ip6 mine", "ip6 daddr { 2001:db8::/64, fd00::1 } drop",
      "ip6 daddr 2001:db8::/64,fd00::1 drop" },
    { "ip6 mine", "udp dport 53 accept", NULL },
    { "ip6 mine", "ip6 nexthdr udp accept", "udp accept" },
    { "ip6 mine", "meta l4proto 58 accept", NULL },
    { "ip6 mine", "icmpv6 type nd-router-solicit accept",
      "meta l4proto 58 icmpv6 type 133 accept" },
    { "ip6 mine", "icmpv6 type { nd-router-solicit, nd-neighbor-solicit } accept",
      "meta l4proto 58 icmpv6 type 133,135 accept" },
    { "ip6 mine", "ip6 hoplimit 255 accept", "... accept" },
    { "inet mine", "ip6 saddr fd00::/8 accept", "nfproto 10 ip6 saddr fd00::/8 accept" },
    { "inet mine", "ip saddr 10.0.0.0/8 accept", "nfproto 2 ip saddr 10.0.0.0/8 accept" },
    { "inet mine", "ip ttl 7 accept", "nfproto 2 ... accept" },
    { "inet mine", "icmpv6 type nd-router-solicit accept",
      "nfproto 10 meta l4proto 58 icmpv6 type 133 accept" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    assert_rule (rows[i].table, rows[i].rule, rows[i].read);
}

/* The rules of both kinds of iptables, which are quite other things in the kernel. */
static void
test_iptables_rules (void)
{
  static const char *const filter[] = { "filter", NULL };
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
    { "-m addrtype --dst-type LOCAL -j RETURN", "fib daddr type local return" },
    { "-m addrtype ! --dst-type LOCAL -j DROP", "fib daddr type != local drop" },
    { "-m addrtype --src-type LOCAL -j DROP", "... drop" },
    { "-m pkttype --pkt-type broadcast -j DROP", "pkttype 1 drop" },
    { "-m mark ! --mark 0xca6c -j REJECT", "mark != 0xca6c reject" },
    { "-m connmark --mark 7/0xf -j ACCEPT", "ct mark 0x7 accept" },
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

      firewall_run (command);
      firewall = legacy ? cs_xt_tables_read (filter) : firewall_read ();
      chain = cs_firewall_find (firewall, legacy ? CS_LEGACY_TABLE : CS_OPENING_TABLE,
                                "FORWARD");
      g_assert_cmpint (chain->hook, ==, CS_HOOK_FORWARD);
      g_assert_cmpuint (chain->rules->len, ==, 1);
      rule = chain->rules->pdata[0];
      words = cs_filter_rule_to_string (rule);
      text = g_strconcat (words, rule->ours ? " (ours)" : "", NULL);
      g_test_message ("%s", command);
      g_assert_cmpstr (text, ==, row[1]);
      firewall_clear ();
    }
}

static const char *
hook_word (CsHook hook)
{
  static const char *const words[] = {
    [CS_HOOK_NONE] = "none",        [CS_HOOK_INGRESS] = "ingress",
    [CS_HOOK_PREROUTING] = "pre",   [CS_HOOK_INPUT] = "input",
    [CS_HOOK_FORWARD] = "forward",  [CS_HOOK_OUTPUT] = "output",
    [CS_HOOK_POSTROUTING] = "post", [CS_HOOK_EGRESS] = "egress",
  };

  return words[hook];
}

/* "TABLE CHAIN HOOK PRIORITY RULES" of each base chain. */
static char *
list_chains (const CsFirewall *firewall)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < firewall->chains->len; i++)
    {
      const CsFilterChain *chain = firewall->chains->pdata[i];
      g_autofree char *devices
          = chain->devices ? g_strjoinv (",", chain->devices) : g_strdup ("");

      if (chain->hook != CS_HOOK_NONE)
        g_string_append_printf (out, "%s %s %s%s %d %u\n", chain->table, chain->name,
                                hook_word (chain->hook), devices, chain->priority,
                                chain->rules->len);
    }
  return g_string_free (out, FALSE);
}

static void
test_hooks (void)
{
  static const char *const rows[][2] = {
    { "nft 'table inet a { chain a { type filter hook prerouting priority -300; drop; }; "
      "chain b { type filter hook postrouting priority 110; }; "
      "chain c { type route hook output priority 0; accept; }; "
      "chain d { type nat hook output priority 0; }; }'",
      "inet a a pre -300 1\ninet a b post 110 0\ninet a c output 0 1\n" },
    { "nft 'table netdev a { chain a { type filter hook ingress device lo priority 5; "
      "ip saddr 10.0.0.1 drop; }; }; table netdev connshare_lan0 { "
      "chain b { type filter hook ingress device lo priority 5; drop; }; }'",
      "netdev a a ingresslo 5 1\n" },
    { "nft 'table inet a { chain a { type filter hook ingress device lo priority 5; "
      "drop; "
      "}; }'",
      "inet a a ingresslo 5 1\n" },
    { "iptables -t raw -A PREROUTING -j DROP; iptables -t mangle -A OUTPUT -j MARK "
      "--set-mark 1",
      "ip raw PREROUTING pre -300 1\nip mangle OUTPUT output -150 1\n" },
    { "ip6tables -A FORWARD -p ipv6-icmp --icmpv6-type 133 -j DROP",
      "ip6 filter FORWARD forward 0 1\n" },
    { "nft 'table arp a { chain a { type filter hook input priority 0; drop; }; }'", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsFirewall) firewall = NULL;
      g_autofree char *text = NULL;

      g_test_message ("%s", rows[i][0]);
      firewall_run (rows[i][0]);
      firewall = firewall_read ();
      text = list_chains (firewall);
      g_assert_cmpstr (text, ==, rows[i][1]);
      firewall_clear ();
    }
}

static void
test_older_tables (void)
{
  static const char *const names[] = { "raw", "nat", "mangle", NULL };
  g_autoptr (CsFirewall) firewall = NULL;
  g_autofree char *text = NULL;

  firewall_run ("iptables-legacy -t raw -A PREROUTING -i lan0 -j DROP; "
                "iptables-legacy -t mangle -N x; iptables-legacy -t mangle -A x -j DROP; "
                "iptables-legacy -t mangle -A POSTROUTING -j x");
  firewall = cs_xt_tables_read (names);
  text = list_chains (firewall);
  g_assert_cmpstr (text, ==,
                   "iptables-legacy raw PREROUTING pre -300 1\n"
                   "iptables-legacy raw OUTPUT output -300 0\n"
                   "iptables-legacy mangle PREROUTING pre -150 0\n"
                   "iptables-legacy mangle INPUT input -150 0\n"
                   "iptables-legacy mangle FORWARD forward -150 0\n"
                   "iptables-legacy mangle OUTPUT output -150 0\n"
                   "iptables-legacy mangle POSTROUTING post -150 1\n");
  firewall_clear ();
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_test_add_func ("/firewall/rules of nft", test_nft_rules);
  g_test_add_func ("/firewall/nft-rules6", test_nft_rules6);
  g_test_add_func ("/firewall/rules of iptables", test_iptables_rules);
  g_test_add_func ("/firewall/hooks", test_hooks);
  g_test_add_func ("/firewall/older tables", test_older_tables);
  return g_test_run ();
}
