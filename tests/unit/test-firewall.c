/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Rules that the real nft and iptables make, as they are read from the kernel. */
#include "private-net.h"
#include "real-firewall.h"

#include "core/opening.h"
#include "system/xt-table.h"

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
          "chain x { }; chain c { " FIREWALL_BASE " }; chain c { %s; }; }'",
          rows[i].rule);
      g_autoptr (CsFirewall) firewall = NULL;
      const CsFilterChain *chain;
      GString *text = g_string_new (NULL);

      firewall_run (command);
      firewall = firewall_read ();
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
      firewall_clear ();
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

      firewall_run (command);
      firewall = legacy ? cs_xt_table_read () : firewall_read ();
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

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  private_net_enter ();
  g_test_add_func ("/firewall/rules of nft", test_nft_rules);
  g_test_add_func ("/firewall/rules of iptables", test_iptables_rules);
  return g_test_run ();
}
