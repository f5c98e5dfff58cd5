/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden files, which dnsmasq itself reads too. */
#include "golden.h"
#include "plans.h"

#include "core/render/dnsmasq-config.h"
#include "core/value/domain.h"

#include <string.h>

#define UPLINKS \
  "link ppp0 ppp ptp mtu=1492 addr=10.64.0.9/32>10.64.64.64 dns=192.0.2.53,192.0.2.54;" \
  "link eth1 addr=192.0.2.2/24 gw=192.0.2.1;"

static void
test_config (void)
{
  static const struct
  {
    const char *golden;
    const char *requests;
    const char *network;
  } rows[] = {
    { "dnsmasq.conf", "lan0 via eth1", "link lan0;" UPLINKS },
    { "dnsmasq-mtu.conf",
      "lan0 via ppp0 address=10.1.0.1/16 rebind=example.com,b.example "
      "domain=home.example.com",
      "link lan0; port 251;" UPLINKS },
    { "dnsmasq-options.conf",
      "lan0 via ppp0 dhcp=ntp-server=192.0.2.123,boot-file=http://boot.test/a.efi,"
      "next-server=192.168.137.9,ntp-server=192.0.2.124",
      "link lan0; link ppp0 ppp ptp metered addr=10.64.0.9/32>10.64.64.64;" },
    { "dnsmasq-strange-name.conf", "3g@b+c=d-e_f.g via eth1 address=172.20.0.129/25",
      "link 3g@b+c=d-e_f.g;" UPLINKS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].requests, rows[i].network, NULL);
      g_autofree char *config = cs_dnsmasq_config_render (plan->shares->pdata[0]);
      g_autofree char *path = golden_path (rows[i].golden);
      g_autofree char *command = g_strdup_printf ("dnsmasq --test --conf-file=%s", path);
      g_autofree char *errors = NULL;
      g_autoptr (GError) error = NULL;
      int status;

      golden_assert (rows[i].golden, config);
      g_spawn_command_line_sync (command, NULL, &errors, &status, &error);
      g_assert_no_error (error);
      g_assert_cmpstr (errors, ==, "dnsmasq: syntax check OK.\n");
      g_assert_cmpint (status, ==, 0);
    }
}

/* The IPv6 address is one more for the same name. */
static void
test_ipv6 (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via eth1", "link lan0;" UPLINKS, NULL);
  CsSharePlan *share = plan->shares->pdata[0];
  g_autofree char *config = NULL;
  CsCidr own;

  g_assert_true (cs_cidr_parse ("fd00:1:2:3::1/64", &own, NULL));
  g_array_append_val (share->ipv6.addresses, own);
  config = cs_dnsmasq_config_render (share);
  g_assert_nonnull (strstr (config, "\nbind-dynamic\nlisten-address=192.168.137.1\n"));
  g_assert_nonnull (strstr (config, "\nlisten-address=fd00:1:2:3::1\n"));
  g_assert_nonnull (
      strstr (config, "\nhost-record=desk.lan,desk,192.168.137.1,fd00:1:2:3::1\n"));
}

static void
test_reservations (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via eth1", "link lan0;" UPLINKS, NULL);
  CsSharePlan *share = plan->shares->pdata[0];
  g_autofree char *hosts = NULL;

  share->reservations
      = g_strsplit ("02:00:00:00:00:01 192.168.137.5,02:00:00:00:00:02 10.0.0.1,"
                    "02:00:00:00:00:03 192.168.137.1",
                    ",", -1);
  hosts = cs_dnsmasq_hosts_render (share);
  g_assert_cmpstr (hosts, ==, "02:00:00:00:00:01,192.168.137.5\n");
}

static void
test_domains (void)
{
  static const struct
  {
    const char *name;
    gboolean good;
  } rows[] = {
    { "example.com", TRUE }, { "com", TRUE },       { "a_b.C-3.x", TRUE },
    { "", FALSE },           { "example.", FALSE }, { ".com", FALSE },
    { "a..b", FALSE },       { "a/b", FALSE },      { "a b", FALSE },
    { "-a.com", FALSE },     { "a-.com", FALSE },   { "a#b", FALSE },
    { "a\nb", FALSE },       { "\303\274", FALSE },
  };
  g_autofree char *longest = g_strnfill (63, 'a');
  g_autofree char *longer = g_strnfill (64, 'a');
  g_autofree char *four = g_strjoin (".", longest, longest, longest, longest, NULL);
  g_autofree char *host = cs_domain_host_label ("Desk.example.com");

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    g_assert_cmpint (cs_domain_is_valid (rows[i].name), ==, rows[i].good);
  g_assert_true (cs_domain_is_valid (longest));
  g_assert_false (cs_domain_is_valid (longer));
  g_assert_false (cs_domain_is_valid (four));
  g_assert_true (cs_domain_is_special ("a.LOCAL"));
  g_assert_true (cs_domain_is_special ("localhost"));
  g_assert_true (cs_domain_is_special ("home.arpa.arpa"));
  g_assert_false (cs_domain_is_special ("home.arpa"));
  g_assert_false (cs_domain_is_special ("lan"));
  g_assert_false (cs_domain_is_special ("local.lan"));
  g_assert_cmpstr (host, ==, "desk");
  g_assert_null (cs_domain_host_label (NULL));
  g_assert_null (cs_domain_host_label (""));
  g_assert_null (cs_domain_host_label ("a b"));
}

static void
test_zones (void)
{
  static const struct
  {
    const char *network;
    guint count;
    const char *first, *last;
  } rows[] = {
    { "192.168.137.0/24", 1, "137.168.192.in-addr.arpa", "137.168.192.in-addr.arpa" },
    { "10.0.0.0/8", 1, "10.in-addr.arpa", "10.in-addr.arpa" },
    { "172.16.0.0/12", 16, "16.172.in-addr.arpa", "31.172.in-addr.arpa" },
    { "10.1.128.0/17", 128, "128.1.10.in-addr.arpa", "255.1.10.in-addr.arpa" },
    { "192.0.2.4/30", 4, "4.2.0.192.in-addr.arpa", "7.2.0.192.in-addr.arpa" },
    { "2001:db8::/32", 1, "8.b.d.0.1.0.0.2.ip6.arpa", "8.b.d.0.1.0.0.2.ip6.arpa" },
    { "2001:db8:a0::/43", 2, "a.0.0.8.b.d.0.1.0.0.2.ip6.arpa",
      "b.0.0.8.b.d.0.1.0.0.2.ip6.arpa" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (GStrv) zones = NULL;
      CsCidr network;

      g_assert_true (cs_cidr_parse (rows[i].network, &network, NULL));
      zones = cs_domain_reverse_zones (network);
      g_assert_cmpuint (g_strv_length (zones), ==, rows[i].count);
      g_assert_cmpstr (zones[0], ==, rows[i].first);
      g_assert_cmpstr (zones[rows[i].count - 1], ==, rows[i].last);
    }
}

static void
test_servers (void)
{
  static const struct
  {
    const char *request;
    const char *servers;
  } rows[] = {
    { "lan0 via ppp0", "192.0.2.53@ppp0 192.0.2.54@ppp0" },
    { "lan0 via ppp0 dns=9.9.9.9", "9.9.9.9@ppp0" },
    { "lan0 via eth1", "198.51.100.53@eth1" },
    { "lan0 via ppp0 dns=2001:db8::53,9.9.9.9", "2001:db8::53@ppp0 9.9.9.9@ppp0" },
    { "lan0 via ppp0 dns=fe80::1,169.254.0.1", "fe80::1%ppp0@ppp0 169.254.0.1@ppp0" },
    { "lan0 via ppp0 dns=127.0.0.1,9.9.9.9,::1", "127.0.0.1 9.9.9.9@ppp0 ::1" },
    { "lan0 via wwan0 dns=9.9.9.9", "" },
    { "lan0 via wwan0 dns=127.0.0.1", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan
          = plan_in (rows[i].request, "link lan0; resolv 198.51.100.53;" UPLINKS, NULL);
      g_auto (GStrv) servers = cs_dnsmasq_servers (plan->shares->pdata[0]);
      g_autofree char *joined = g_strjoinv (" ", servers);

      g_assert_cmpstr (joined, ==, rows[i].servers);
    }
}

static void
test_range (void)
{
  static const struct
  {
    const char *address;
    const char *first, *last;
  } rows[] = {
    { "192.168.137.1/24", "192.168.137.10", "192.168.137.254" },
    { "192.168.137.9/24", "192.168.137.10", "192.168.137.254" },
    { "192.168.137.10/24", "192.168.137.11", "192.168.137.254" },
    { "192.168.137.254/24", "192.168.137.10", "192.168.137.253" },
    { "192.168.137.100/24", "192.168.137.101", "192.168.137.254" },
    { "192.168.137.200/24", "192.168.137.10", "192.168.137.199" },
    { "10.1.0.1/16", "10.1.0.10", "10.1.255.254" },
    { "10.200.0.1/8", "10.0.0.10", "10.200.0.0" },
    { "192.168.137.1/25", "192.168.137.2", "192.168.137.126" },
    { "192.168.137.129/25", "192.168.137.130", "192.168.137.254" },
    { "192.0.2.1/29", "192.0.2.2", "192.0.2.6" },
    { "192.0.2.1/30", "192.0.2.2", "192.0.2.2" },
    { "192.0.2.2/30", "192.0.2.1", "192.0.2.1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsCidr address;
      CsAddress first, last;
      g_autofree char *first_text = NULL;
      g_autofree char *last_text = NULL;

      g_assert_true (cs_cidr_parse (rows[i].address, &address, NULL));
      cs_dhcp_range (address, &first, &last);
      first_text = cs_address_to_string (first);
      last_text = cs_address_to_string (last);
      g_assert_cmpstr (first_text, ==, rows[i].first);
      g_assert_cmpstr (last_text, ==, rows[i].last);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dnsmasq/IPv6", test_ipv6);
  g_test_add_func ("/dnsmasq/reservations", test_reservations);
  g_test_add_func ("/dnsmasq/config", test_config);
  g_test_add_func ("/dnsmasq/domains", test_domains);
  g_test_add_func ("/dnsmasq/zones", test_zones);
  g_test_add_func ("/dnsmasq/servers", test_servers);
  g_test_add_func ("/dnsmasq/range", test_range);
  return g_test_run ();
}
