/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plans.h"

#include "dbus/errors.h"
#include "core/plan/ledger-plan.h"
#include "core/render/describe.h"

#include <string.h>

/* One with all there is. */
static CsPlan *
full_plan (void)
{
  const CsCidr elsewhere = CS_CIDR4 (10, 1, 0, 0, 16);
  const CsCidr left = CS_CIDR4 (10, 2, 0, 0, 16);
  const CsCidr former = CS_CIDR4 (203, 0, 113, 10, 32);
  CsPlan *plan = plan_in ("lan0 via eth1.5 limit=5 limit-period=month",
                          "month 2026 11; link lan0 managed con=Home "
                          "uuid=2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11;"
                          "link eth1.5 mtu=1400 addr=192.0.2.2/24 dns=192.0.2.53 rp=1/1;"
                          "route 192.0.2.0/24 dev eth1.5 src 192.0.2.2;"
                          "route default dev eth1.5 via 192.0.2.1",
                          NULL);
  CsSharePlan *share = plan->shares->pdata[0];

  g_array_append_val (share->elsewhere, elsewhere);
  g_array_append_val (share->left_networks, left);
  share->left_uplink = g_strdup ("ppp0");
  share->former_uplinks = g_strsplit ("ppp0", ",", -1);
  g_array_append_val (share->former_addresses, former);
  share->host_forwards = TRUE;
  share->displaced = 6;
  return plan;
}

static CsSharePlan *
read_back (const CsSharePlan *share, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GKeyFile) again = g_key_file_new ();
  g_autofree char *data = NULL;

  cs_share_plan_to_key_file (share, file, "lan0");
  data = g_key_file_to_data (file, NULL, NULL);
  g_assert_true (g_key_file_load_from_data (again, data, strlen (data), 0, NULL));
  return cs_share_plan_from_key_file (again, "lan0", error);
}

/* Plans of all kinds survive the ledger and a copy. */
static void
test_round_trip (void)
{
  static const struct
  {
    const char *request;
    const char *network;
  } rows[] = {
    { "lan0 via ppp0", "" },
    { "lan0 via ppp0", "link lan0" },
    { "lan0 via ppp0 keep-lan", "link lan0" },
    { "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24 addr=10.0.1.1/24; route 10.0.0.0/24 dev lan0;"
      "link ppp0 ptp addr=10.64.0.9/32>10.64.64.64" },
    { "lan0 via ppp0 dns=9.9.9.9,9.9.9.10 rebind=a.example,b.example",
      "link lan0 managed uuid=2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11 fwd=1 mtu=9000;"
      "link ppp0 ptp mtu=1492 addr=10.64.0.9/32>10.64.64.64 rp=1/0; port 251" },
    { "lan0 via Mobile",
      "link lan0; profile Mobile 2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11" },
    { "lan0 via ppp0 address=10.7.0.1/8",
      "link lan0 down addr=10.7.0.1/8; link ppp0 ptp addr=172.16.0.9/24" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].request, rows[i].network, NULL);
      g_autoptr (CsPlan) copy = cs_plan_copy (plan);
      const CsSharePlan *share = plan->shares->pdata[0];
      g_autoptr (GError) error = NULL;
      g_autoptr (CsSharePlan) read = read_back (share, &error);
      g_autofree char *summary = plan_summary (share);
      g_autofree char *copied = plan_summary (copy->shares->pdata[0]);

      g_test_message ("%s", summary);
      g_assert_no_error (error);
      g_assert_true (cs_share_plan_equal (share, read));
      g_assert_true (cs_share_plan_equal (share, copy->shares->pdata[0]));
      g_assert_cmpstr (summary, ==, copied);
      g_assert_cmpint (read->state, ==, CS_STATE_STARTING);
    }
}

static void
test_equal (void)
{
  g_autoptr (CsPlan) plan = full_plan ();
  g_autoptr (CsPlan) failed = plan_in ("lo via lan0", "link lan0", NULL);
  g_autoptr (CsPlan) failed_copy = cs_plan_copy (failed);
  const CsSharePlan *share = plan->shares->pdata[0];
  const CsSharePlan *broken = failed->shares->pdata[0];
  g_autoptr (CsSharePlan) copy = cs_share_plan_copy (share);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_auto (GStrv) keys = NULL;

  g_assert_true (cs_share_plan_equal (NULL, NULL));
  g_assert_false (cs_share_plan_equal (share, NULL));
  g_assert_true (cs_share_plan_equal (broken, NULL));
  g_assert_false (cs_share_plan_equal (broken, share));
  g_assert_true (cs_share_plan_equal (broken, failed_copy->shares->pdata[0]));
  g_assert_null (cs_share_plan_applied (NULL));
  g_assert_null (cs_share_plan_applied (broken));
  g_assert_true (cs_share_plan_applied (share) == share);

  /* what people see is no difference */
  copy->state = CS_STATE_WAITING;
  g_free (copy->message);
  copy->message = g_strdup ("other words");
  g_assert_true (cs_share_plan_equal (share, copy));

  /* everything else is, and all of it is in the ledger */
  cs_share_plan_to_key_file (share, file, "g");
  keys = g_key_file_get_keys (file, "g", NULL, NULL);
  g_assert_cmpuint (g_strv_length (keys), ==, 54);
  for (char **key = keys; *key; key++)
    {
      g_autoptr (GKeyFile) less = g_key_file_new ();
      g_autoptr (CsSharePlan) other = NULL;
      g_autofree char *value = g_key_file_get_value (file, "g", *key, NULL);

      cs_share_plan_to_key_file (share, less, "g");
      g_key_file_remove_key (less, "g", *key, NULL);
      other = cs_share_plan_from_key_file (less, "g", NULL);
      if (other && value[0] && !g_str_equal (value, "false") && !g_str_equal (value, "0"))
        g_assert_false (cs_share_plan_equal (share, other));
    }
}

static void
test_hostile_ledger (void)
{
  static const struct
  {
    const char *key, *value;
    const char *words; /* in the error, separated by '|'; NULL: it is accepted */
  } rows[] = {
    { "lan", "lan0", NULL },
    { "unknown", "x", NULL },
    { "found-connection", "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11", NULL },
    { "lan", "", "LAN" },
    { "lan", "a/../b", "LAN|a/../b" },
    { "uplink", "x y", "uplink|x y" },
    { "lan-ifindex", "-1", "lan-ifindex|-1" },
    { "lan-ifindex", "4294967295", "lan-ifindex" },
    { "lan-ifindex", "99999999999", "lan-ifindex" },
    { "uplink-ifindex", "0", "uplink-ifindex" },
    { "uplink-ifindex", "4294967294", "uplink-ifindex" },
    { "uplink-mtu", "x", "uplink-mtu|\"x\"" },
    { "uplink-addresses", "192.0.2.2/32;192.0.2.3/32;", NULL },
    { "uplink-addresses", "192.0.2.2/24;", "uplink-addresses" },
    { "uplink-addresses", "192.0.2.2;", "uplink-addresses" },
    { "lan-method", "4", "lan-method" },
    { "address", "127.0.0.1/24", "address" },
    { "address", "10.0.0.1", "address" },
    { "address", "", "address" },
    { "subnets", "10.0.0.0/24;zz;", "subnets" },
    { "subnets", "", "subnets" },
    { "subnets", "10.0.0.0/24;", "subnets" },
    { "subnets", "192.168.137.1/24;", "subnets" },
    { "subnets", "192.168.137.0/24;10.0.0.0/24;", "subnets" },
    { "subnets", "192.168.137.0/24;192.168.0.0/16;", "subnets" },
    { "subnets", "0.0.0.0/0;", "subnets" },
    { "elsewhere", "10.0.0.0/24;10.0.0.0/16;", "elsewhere" },
    { "left-networks", "10.0.0.1/24;", "left-networks" },
    { "left-uplink", "a b", "uplink" },
    { "former-uplinks", "a b;", "uplink" },
    { "former-uplinks", "", "former-addresses" },
    { "former-uplinks", "ppp0;ppp1;", "former-addresses" },
    { "former-addresses", "10.0.0.0/24;", "former-addresses" },
    { "displaced", "4998", NULL },
    { "displaced", "4999", "displaced" },
    { "table", "254", "table" },
    { "table", "14700", "table" },
    { "table", "0", "table" },
    { "routes", "10.0.0.0/24", "routes" },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 3 0 13700;", NULL },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 2 0 13700;", NULL },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 9 0 13700;", "routes" },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 0 0 13700;", "routes" },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 3 0 254;", "routes" },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 3 2 13700;", "routes" },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 3 0 13700 ;", "routes" },
    { "routes", "10.0.0.0/24 0.0.0.0 0.0.0.0 0 2147483648 0 13700;", "routes" },
    { "routes", "10.0.0.0/24 fe80::1 0.0.0.0 0 3 0 13700;", NULL },
    { "routes", "10.0.0.0/24 fe80:: 1 0.0.0.0 0 3 0 13700;", "routes" },
    { "routes", "10.0.0.0/24 x 0.0.0.0 0 3 0 13700;", "routes" },
    { "routes", "10.0.0.0/24 0.0.0.0 x 0 3 0 13700;", "routes" },
    { "routes", "10.0.0/24 0.0.0.0 0.0.0.0 0 3 0 13700;", "routes" },
    { "dns-port", "65536", "dns-port" },
    { "routes", "fd00::/64 fe80::1 0.0.0.0 0 3 0 13700;", NULL },
    { "routes", "fd00::/64 fe80::1 0.0.0.0 0 9 0 13700;", "routes" },
    { "dns", "9.9.9.9;evil", "dns" },
    { "dns", "9.9.9.9;2001:db8::53;fe80::1;", NULL },
    { "dns", "127.0.0.1;::1;", NULL },
    { "dns", "::;", "dns" },
    { "subnets", "fd00::/64;", "subnets" },
    { "elsewhere", "fd00::/64;", "elsewhere" },
    { "left-networks", "fd00::/64;", NULL },
    { "left-networks", "fd00::/48;", "left-networks" },
    { "left-networks", "fd00::1/64;", "left-networks" },
    { "uplink-addresses", "2001:db8::1/128;", NULL },
    { "uplink-addresses", "2001:db8::1/64;", "uplink-addresses" },
    { "ipv6-mode", "4", NULL },
    { "ipv6-mode", "5", "ipv6-mode" },
    { "ipv6-addresses", "fd00::1/64;2001:db8::1/64;", NULL },
    { "ipv6-addresses", "fd00::1/64;fd00::2/64;", "ipv6-addresses" },
    { "ipv6-addresses", "fe80::1/64;", "ipv6-addresses" },
    { "ipv6-addresses", "fd00::1/48;", "ipv6-addresses" },
    { "ipv6-addresses", "10.0.0.1/24;", "ipv6-addresses" },
    { "ipv6-deprecated", "ff02::1/64;", "ipv6-deprecated" },
    { "ipv6-extended", "2001:db8::/64;fd00::/64;", NULL },
    { "ipv6-extended", "2001:db8::1/64;", "ipv6-extended" },
    { "found-uplink-proxy-delay", "80", NULL },
    { "found-uplink-proxy-delay", "8 0", "found-uplink-proxy-delay" },
    { "ipv6-kept", "2001:db8::/64;fd00::/64;", NULL },
    { "ipv6-kept", "2001:db8::/48;", "ipv6-kept" },
    { "ipv6-displaced", "4999", "ipv6-displaced" },
    { "found-lan-disable-ipv6", "2", "found-lan-disable-ipv6" },
    { "found-lan-accept-ra", "2", NULL },
    { "found-lan-force-forwarding", "x", "found-lan-force-forwarding" },
    { "found-all-forwarding6", "2", "found-all-forwarding6" },
    { "raised-accept-ra", "eth0;default;", NULL },
    { "raised-accept-ra", "../eth0;", "raised-accept-ra" },
    { "allow-rebind", "a/b;", "allow-rebind" },
    { "host-name", "a\\nb", "host-name" },
    { "domain", "a\\nb", "domain" },
    { "reservations", "02:00:00:00:00:01;", "reservations" },
    { "dhcp-options", "boot-file=a b;", "dhcp-options" },
    { "dial", "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11", NULL },
    { "dial", "Mobile broadband", "dial" },
    { "lan-taken", "2", NULL },
    { "lan-taken", "3", NULL },
    { "lan-taken", "4", "lan-taken" },
    { "found-connection", "not-a-uuid", "found-connection" },
    { "found-link-down", "maybe", "found-link-down|\"maybe\"" },
    { "found-lan-forwarding", "2", "found-lan-forwarding" },
    { "found-uplink-forwarding", "1; rm -rf /", "found-uplink-forwarding" },
    { "found-uplink-forwarding", "", "found-uplink-forwarding" },
    { "found-uplink-rp-filter", "3", "found-uplink-rp-filter" },
  };
  g_autoptr (CsPlan) plan = full_plan ();

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (GError) error = NULL;
      g_autoptr (CsSharePlan) read = NULL;

      cs_share_plan_to_key_file (plan->shares->pdata[0], file, "lan0");
      g_key_file_set_value (file, "lan0", rows[i].key, rows[i].value);
      read = cs_share_plan_from_key_file (file, "lan0", &error);
      g_test_message ("%s=%s: %s", rows[i].key, rows[i].value,
                      error ? error->message : "accepted");
      g_assert_cmpint (read != NULL, ==, rows[i].words == NULL);
      if (read)
        continue;
      g_auto (GStrv) words = g_strsplit (rows[i].words, "|", -1);
      g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
      for (char **word = words; *word; word++)
        g_assert_nonnull (strstr (error->message, *word));
    }
}

static void
test_hostile_hotspot (void)
{
  static const struct
  {
    const char *key, *value;
    gboolean good;
  } rows[] = {
    { "hotspot-ssid", "other", TRUE },        { "hotspot-ssid", "", FALSE },
    { "hotspot-ssid", "a\\nb", FALSE },       { "hotspot-ssid", NULL, FALSE },
    { "hotspot-passphrase", "short", FALSE }, { "hotspot-passphrase", NULL, FALSE },
    { "hotspot-security", "2", TRUE },        { "hotspot-security", "3", FALSE },
    { "hotspot-security", "4", FALSE },       { "hotspot-band", "2", FALSE },
    { "hotspot-band", "3", FALSE },           { "hotspot-channel", "0", TRUE },
    { "hotspot-channel", "36", FALSE },       { "hotspot-channel", "15", FALSE },
  };
  g_autoptr (CsPlan) plan
      = plan_in ("lan0 via ppp0", "link lan0 wifi managed channels=6", NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GKeyFile) file = g_key_file_new ();
      g_autoptr (CsSharePlan) read = NULL;

      cs_share_plan_to_key_file (plan->shares->pdata[0], file, "lan0");
      if (rows[i].value)
        g_key_file_set_value (file, "lan0", rows[i].key, rows[i].value);
      else
        g_key_file_remove_key (file, "lan0", rows[i].key, NULL);
      read = cs_share_plan_from_key_file (file, "lan0", NULL);
      g_test_message ("%s=%s", rows[i].key, rows[i].value ? rows[i].value : "");
      g_assert_cmpint (read != NULL, ==, rows[i].good);
    }
}

/* What was found on an uplink, and no uplink. */
static void
test_found_nowhere (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", "link lan0", NULL);
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  cs_share_plan_to_key_file (plan->shares->pdata[0], file, "lan0");
  g_key_file_set_value (file, "lan0", "found-uplink-rp-filter", "1");
  g_assert_null (cs_share_plan_from_key_file (file, "lan0", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
  g_clear_error (&error);
  g_key_file_remove_key (file, "lan0", "found-uplink-rp-filter", NULL);
  g_key_file_set_value (file, "lan0", "uplink-addresses", "192.0.2.2/32;");
  g_assert_null (cs_share_plan_from_key_file (file, "lan0", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
}

static void
test_missing_group (void)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) error = NULL;

  g_assert_null (cs_share_plan_from_key_file (file, "lan0", &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT);
}

#define LANS \
  "from all lookup 13699 priority 5002\n" \
  "192.168.137.0/24 dev lan0 table 13699\n" \
  "blackhole 192.168.137.0/24 metric 4278198272 table 13699\n"

static void
test_describe (void)
{
  static const struct
  {
    const char *request;
    const char *network;
    const char *routes;
    const char *sysctls;
  } rows[] = {
    { "lan0 via wwan0", "link lan0",
      "iif lan0 lookup 13700 priority 5000\n"
      "unreachable default metric 4278198272 table 13700\n" LANS
      "-6 iif lan0 blackhole priority 5000",
      "net.ipv4.conf.lan0.forwarding = 1" },
    { "lan0 via wwan0", "",
      "iif lan0 lookup 13700 priority 5000\n"
      "unreachable default metric 4278198272 table 13700\n"
      "from all lookup 13699 priority 5002\n"
      "blackhole 192.168.137.0/24 metric 4278198272 table 13699\n"
      "-6 iif lan0 blackhole priority 5000",
      "" },
    { "lan0 via eth1.5",
      "link lan0; link eth1.5 addr=192.0.2.2/24 rp=1/0;"
      "route 192.0.2.0/24 dev eth1.5 src 192.0.2.2; "
      "route default dev eth1.5 via 198.51.100.1",
      "iif lan0 lookup 13700 priority 5000\n"
      "oif eth1.5 lookup 13700 priority 5001\n"
      "iif eth1.5 goto 5001 priority 4999\n"
      "iif eth1.5 blackhole priority 5003\n"
      "from 192.0.2.2 lookup 13700 priority 33000\n"
      "192.0.2.0/24 dev eth1.5 src 192.0.2.2 table 13700\n"
      "default via 198.51.100.1 dev eth1.5 onlink table 13700\n"
      "unreachable default metric 4278198272 table 13700\n" LANS
      "-6 iif lan0 blackhole priority 5000",
      "net.ipv4.conf.lan0.forwarding = 1\n"
      "net.ipv4.conf.eth1/5.forwarding = 1\n"
      "net.ipv4.conf.eth1/5.rp_filter = 2" },
    { "lan0 via eth1",
      "link lan0; link eth1 addr=192.0.2.2/32; route default dev eth1 via fe80::1;"
      "front 4997",
      "iif lan0 lookup 13700 priority 4993\n"
      "oif eth1 lookup 13700 priority 4994\n"
      "iif eth1 goto 4994 priority 4992\n"
      "iif eth1 blackhole priority 4996\n"
      "from 192.0.2.2 lookup 13700 priority 33000\n"
      "default via inet6 fe80::1 dev eth1 table 13700\n"
      "unreachable default metric 4278198272 table 13700\n"
      "from all lookup 13699 priority 4995\n"
      "192.168.137.0/24 dev lan0 table 13699\n"
      "blackhole 192.168.137.0/24 metric 4278198272 table 13699\n"
      "-6 iif lan0 blackhole priority 5000",
      "net.ipv4.conf.lan0.forwarding = 1\n"
      "net.ipv4.conf.eth1.forwarding = 1" },
    { "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24; route 10.0.0.0/24 dev lan0;"
      "link ppp0 ptp addr=10.64.0.9/24",
      "iif lan0 lookup 13700 priority 5000\n"
      "oif ppp0 lookup 13700 priority 5001\n"
      "iif ppp0 goto 5001 priority 4999\n"
      "iif ppp0 blackhole priority 5003\n"
      "from 10.64.0.9 lookup 13700 priority 33000\n"
      "10.0.0.0/24 dev lan0 table 13700\n"
      "default dev ppp0 table 13700\n"
      "unreachable default metric 4278198272 table 13700\n"
      "from all lookup 13699 priority 5002\n"
      "10.0.0.0/24 dev lan0 table 13699\n"
      "blackhole 10.0.0.0/24 metric 4278198272 table 13699\n"
      "-6 iif lan0 blackhole priority 5000",
      "net.ipv4.conf.lan0.forwarding = 1\n"
      "net.ipv4.conf.ppp0.forwarding = 1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].request, rows[i].network, NULL);
      g_auto (GStrv) routes = cs_share_plan_describe_routes (plan->shares->pdata[0]);
      g_auto (GStrv) sysctls = cs_share_plan_describe_sysctls (plan->shares->pdata[0]);
      g_autofree char *joined_routes = g_strjoinv ("\n", routes);
      g_autofree char *joined_sysctls = g_strjoinv ("\n", sysctls);

      g_assert_cmpstr (joined_routes, ==, rows[i].routes);
      g_assert_cmpstr (joined_sysctls, ==, rows[i].sysctls);
    }
}

static void
test_describe_openings (void)
{
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0 dns=9.9.9.9",
                                     "link lan0; link ppp0 ptp addr=10.64.0.9/24", NULL);
  CsSharePlan *share = plan->shares->pdata[0];
  g_auto (GStrv) none = cs_share_plan_describe_openings (share);
  g_auto (GStrv) openings = NULL;
  g_autofree char *joined = NULL;

  g_assert_null (none[0]);
  share->open = CS_PLACE_BIT (CS_PLACE_DOCKER_USER) | CS_PLACE_BIT (CS_PLACE_ANSWERS)
                | CS_PLACE_BIT (CS_PLACE_LEGACY);
  share->zone = g_strdup ("nm-shared");
  openings = cs_share_plan_describe_openings (share);
  joined = g_strjoinv ("\n", openings);
  g_assert_cmpstr (
      joined, ==,
      "nft insert rule ip filter DOCKER-USER iifname \"lan0\" oifname \"ppp0\" accept\n"
      "nft insert rule ip filter DOCKER-USER iifname \"ppp0\" oifname \"lan0\" accept\n"
      "nft insert rule ip filter INPUT iifname \"ppp0\" ip saddr 9.9.9.9 udp sport 53 "
      "accept\n"
      "nft insert rule ip filter INPUT iifname \"ppp0\" ip saddr 9.9.9.9 tcp sport 53 "
      "accept\n"
      "iptables-legacy -I FORWARD -i lan0 -o ppp0 -m comment --comment connshare -j "
      "ACCEPT\n"
      "iptables-legacy -I FORWARD -i ppp0 -o lan0 -m comment --comment connshare -j "
      "ACCEPT\n"
      "iptables-legacy -I INPUT -i lan0 -p udp -m udp --dport 67 -m comment --comment "
      "connshare -j ACCEPT\n"
      "iptables-legacy -I INPUT -i lan0 -p udp -m udp --dport 249 -m comment --comment "
      "connshare -j ACCEPT\n"
      "iptables-legacy -I INPUT -i lan0 -p tcp -m tcp --dport 249 -m comment --comment "
      "connshare -j ACCEPT\n"
      "firewall-cmd --zone=nm-shared --change-interface=lan0");
}

static void
test_words (void)
{
  static const struct
  {
    CsState state;
    const char *word;
  } states[] = { { CS_STATE_STARTING, "starting" },
                 { CS_STATE_ACTIVE, "active" },
                 { CS_STATE_WAITING, "waiting" },
                 { CS_STATE_FAILED, "failed" } };
  static const struct
  {
    CsKind kind;
    const char *word;
  } kinds[] = { { CS_KIND_OTHER, "other" },   { CS_KIND_ETHERNET, "ethernet" },
                { CS_KIND_WIFI, "wifi" },     { CS_KIND_MOBILE, "mobile" },
                { CS_KIND_PPP, "ppp" },       { CS_KIND_VPN, "vpn" },
                { CS_KIND_BRIDGE, "bridge" }, { CS_KIND_LOOPBACK, "loopback" } };

  for (gsize i = 0; i < G_N_ELEMENTS (states); i++)
    g_assert_cmpstr (cs_state_to_string (states[i].state), ==, states[i].word);
  for (gsize i = 0; i < G_N_ELEMENTS (kinds); i++)
    g_assert_cmpstr (cs_kind_to_string (kinds[i].kind), ==, kinds[i].word);
}

/* What frees nothing. */
static void
test_null (void)
{
  cs_share_plan_unref (NULL);
  cs_plan_unref (NULL);
  cs_request_free (NULL);
  cs_snapshot_free (NULL);
  cs_interface_free (NULL);
  cs_profile_free (NULL);
}

/* Where a client can be: by the LAN's networks alone. */
static void
test_can_hold (void)
{
  static const struct
  {
    const char *address;
    gboolean expected;
  } rows[] = {
    { "192.168.137.82", TRUE }, { "192.168.137.2", TRUE },    { "192.168.137.1", FALSE },
    { "192.168.137.0", FALSE }, { "192.168.137.255", FALSE }, { "192.168.138.82", FALSE },
    { "203.0.113.10", FALSE },  { "10.1.2.3", FALSE },        { "10.9.8.0", TRUE },
    { "10.9.8.1", TRUE },       { "10.9.8.2", FALSE },
  };
  const CsCidr pair = CS_CIDR4 (10, 9, 8, 0, 31), wide = CS_CIDR4 (10, 1, 0, 0, 16);
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", "link lan0", NULL);
  CsSharePlan *share = plan->shares->pdata[0];

  g_array_append_val (share->subnets, pair);
  g_array_append_val (share->subnets, wide);
  g_array_append_val (share->elsewhere, wide);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsAddress address;

      g_assert_true (cs_address_parse (rows[i].address, &address));
      g_test_message ("%s", rows[i].address);
      g_assert_cmpint (cs_share_plan_can_hold (share, address), ==, rows[i].expected);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/share-plan/round-trip", test_round_trip);
  g_test_add_func ("/share-plan/equal", test_equal);
  g_test_add_func ("/share-plan/hostile-ledger", test_hostile_ledger);
  g_test_add_func ("/share-plan/hostile-hotspot", test_hostile_hotspot);
  g_test_add_func ("/share-plan/found-nowhere", test_found_nowhere);
  g_test_add_func ("/share-plan/missing-group", test_missing_group);
  g_test_add_func ("/share-plan/describe", test_describe);
  g_test_add_func ("/share-plan/describe-openings", test_describe_openings);
  g_test_add_func ("/share-plan/words", test_words);
  g_test_add_func ("/share-plan/can-hold", test_can_hold);
  g_test_add_func ("/share-plan/null", test_null);
  return g_test_run ();
}
