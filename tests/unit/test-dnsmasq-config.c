/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Golden files, which dnsmasq itself reads too. */
#include "golden.h"
#include "network.h"

#include "core/dnsmasq-config.h"

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
    { "dnsmasq-mtu.conf", "lan0 via ppp0 address=10.1.0.1/16",
      "link lan0; port 10053;" UPLINKS },
    { "dnsmasq-strange-name.conf", "3g@b+c=d-e_f.g via eth1 address=172.20.0.129/25",
      "link 3g@b+c=d-e_f.g;" UPLINKS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].requests, rows[i].network, NULL);
      g_autofree char *config
          = cs_dnsmasq_config_render (plan->shares->pdata[0], "/run/connshare/LAN");
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
    { "lan0 via wwan0 dns=9.9.9.9", "" },
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
      guint32 first, last;
      g_autofree char *first_text = NULL;
      g_autofree char *last_text = NULL;

      g_assert_true (cs_cidr_parse (rows[i].address, &address, NULL));
      cs_dhcp_range (address, &first, &last);
      first_text = cs_ipv4_to_string (first);
      last_text = cs_ipv4_to_string (last);
      g_assert_cmpstr (first_text, ==, rows[i].first);
      g_assert_cmpstr (last_text, ==, rows[i].last);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/dnsmasq/config", test_config);
  g_test_add_func ("/dnsmasq/servers", test_servers);
  g_test_add_func ("/dnsmasq/range", test_range);
  return g_test_run ();
}
