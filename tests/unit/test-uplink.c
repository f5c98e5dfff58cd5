/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "network.h"

#include "core/value/routes.h"
#include "core/plan/uplink.h"
#include "core/value/wan.h"
#include "core/plan/choice.h"

/* "DESTINATION[ via GATEWAY][ src SOURCE][ onlink]", joined by ", " */
static char *
print_routes (const GArray *routes)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);
      g_autofree char *destination = cs_cidr_to_string (route->destination);
      g_autofree char *gateway = cs_route_describe_gateway (route);
      g_autofree char *source = cs_address_to_string (route->source);

      g_assert_cmpuint (route->table, ==, 0);
      g_assert_cmpuint (route->metric, ==, 0);
      g_assert_true (route->unicast);
      g_string_append_printf (out, "%s%s%s%s%s%s", i ? ", " : "", destination, gateway,
                              source[0] ? " src " : "", source,
                              route->onlink ? " onlink" : "");
    }
  return g_string_free (out, FALSE);
}

#define PPP0 "link ppp0 ppp ptp mtu=1492 addr=10.64.0.9/32>10.64.64.64; "

static void
test_resolve (void)
{
  static const struct
  {
    const char *wan;
    const char *network;
    const char *uplink; /* NULL: none */
    const char *reason;
    const char *message; /* of a missing one */
  } rows[] = {
    { "ppp0", PPP0, "ppp0", "none" },
    { "ppp0", "", NULL, "uplink-missing", "ppp0 does not exist" },
    { "ppp0", "link ppp0 ptp down addr=10.0.0.1/32>10.0.0.2", NULL, "uplink-down",
      "ppp0 is switched off" },
    { "ppp0", "link ppp0 ptp unplugged addr=10.0.0.1/32>10.0.0.2", NULL, "uplink-down",
      "ppp0 has no link" },
    { "ppp0", "link ppp0 ptp", NULL, "uplink-down", "ppp0 has no IPv4 address" },
    { "ppp0", "link ppp0 ppp ptp managed", NULL, "uplink-down",
      "ppp0 has no IPv4 address, because NetworkManager has taken it over from pppd; "
      "\"sharectl doctor\" says how to stop that" },
    { "ppp0", "link ppp0 ppp ptp managed con=dsl uuid=u1", NULL, "uplink-down",
      "ppp0 has no IPv4 address" },
    { "ppp0", "link ppp0 ppp ptp managed changing", NULL, "uplink-down",
      "ppp0 has no IPv4 address" },
    { "ppp0", "link ppp0 ppp ptp external", NULL, "uplink-down",
      "ppp0 has no IPv4 address" },
    { "ppp0", "link ppp0 ppp ptp managed addr=10.0.0.1/32>10.0.0.2", "ppp0", "none" },
    { "eth1", "link eth1 addr=192.0.2.2/24", NULL, "uplink-down",
      "eth1 has no default route and no gateway" },
    { "eth1", "link eth1 addr=192.0.2.2/24 gw=192.0.2.1", "eth1", "none" },
    { "eth1", "link eth1 addr=192.0.2.2/24; route default dev eth1 via 192.0.2.1", "eth1",
      "none" },
    { "eth1",
      "link eth1 addr=192.0.2.2/24; route default dev eth1 via 192.0.2.1 table 51820",
      "eth1", "none" },
    /* what a share of ours put there does not make an uplink */
    { "eth1",
      "link eth1 addr=192.0.2.2/24; route default dev eth1 via 192.0.2.1 table 13700",
      NULL, "uplink-down", "eth1 has no default route and no gateway" },
    { "tun0", "link tun0 vpn ptp addr=10.8.0.2/24", "tun0", "none" },
    { "tap0",
      "link tap0 vpn addr=10.8.0.2/24; route 0.0.0.0/1 dev tap0 via 10.8.0.1;"
      "route 128.0.0.0/1 dev tap0 via 10.8.0.1",
      "tap0", "none" },
    { "tap0", "link tap0 addr=10.8.0.2/24; route 0.0.0.0/1 dev tap0 via 10.8.0.1", NULL,
      "uplink-down", "tap0 has no default route and no gateway" },
    /* PPPoE */
    { "eth1", "link eth1 carries=ppp0;" PPP0, "ppp0", "none" },
    { "eth1", "link eth1 carries=ppp0 addr=192.0.2.2/24 gw=192.0.2.1;" PPP0, "eth1",
      "none" },
    { "eth1", "link eth1 carries=lan0; link lan0 ptp addr=10.0.0.1/24", NULL,
      "uplink-down", "eth1 has no IPv4 address" },
    { "eth1", "link eth1 carries=ppp0", NULL, "uplink-down", "eth1 has no IPv4 address" },
    { "eth1", "link eth1 carries=ppp0; link ppp0 unplugged", NULL, "uplink-down",
      "ppp0 has no link" },
    { "auto", "", NULL, "no-primary",
      "this computer has no connection to share right now" },
    { "auto", PPP0 "primary ppp0", "ppp0", "none" },
    { "auto", "link eth1; primary eth1", NULL, "uplink-down",
      "eth1 has no IPv4 address" },
    { "auto", PPP0 "link eth1 carries=ppp0; primary eth1", "ppp0", "none" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GPtrArray) choices = cs_wan_parse (rows[i].wan, NULL);
      const CsUplinkQuestion question
          = { .snapshot = snapshot, .choices = choices, .lan = "lan0" };
      g_auto (CsUplink) uplink = cs_uplink_resolve (&question);

      g_test_message ("%s in %s", rows[i].wan, rows[i].network);
      g_assert_cmpstr (uplink.interface ? uplink.interface->name : NULL, ==,
                       rows[i].uplink);
      g_assert_cmpstr (cs_reason_to_string (uplink.reason), ==, rows[i].reason);
      g_assert_cmpstr (uplink.message, ==, rows[i].message);
    }
}

static void
test_routes (void)
{
  static const struct
  {
    const char *network; /* with eth1 */
    const char *routes;
  } rows[] = {
    { "link eth1 addr=192.0.2.2/24", "" },
    { "link eth1 addr=192.0.2.2/24; route 192.0.2.0/24 dev eth1 src 192.0.2.2 metric 100;"
      "route default dev eth1 via 192.0.2.1 metric 100",
      "192.0.2.0/24 src 192.0.2.2, 0.0.0.0/0 via 192.0.2.1" },
    /* on link first, then through gateways, the default last */
    { "link eth1; route default dev eth1 via 192.0.2.1;"
      "route 198.51.100.0/24 dev eth1 via 192.0.2.9; route 192.0.2.0/24 dev eth1",
      "192.0.2.0/24, 198.51.100.0/24 via 192.0.2.9, 0.0.0.0/0 via 192.0.2.1" },
    /* of two the better one */
    { "link eth1; route 192.0.2.0/24 dev eth1 src 192.0.2.7 metric 200;"
      "route 192.0.2.0/24 dev eth1 src 192.0.2.2 metric 100;"
      "route 192.0.2.0/24 dev eth1 src 192.0.2.8 metric 300;"
      "route default dev eth1 via 192.0.2.9 metric 9;"
      "route default dev eth1 via 192.0.2.1 metric 5;"
      "route default dev eth1 via 192.0.2.8 metric 7",
      "192.0.2.0/24 src 192.0.2.2, 0.0.0.0/0 via 192.0.2.1" },
    /* of main only, but for the default; and of this interface only */
    { "link eth1; link eth2; route 192.0.2.0/24 dev eth1;"
      "route 198.51.100.0/24 dev eth1 table 100; route 203.0.113.0/24 dev eth2;"
      "unreachable 10.0.0.0/8; route default dev eth2 via 203.0.113.1;"
      "route default dev eth1 via 192.0.2.1 table 100",
      "192.0.2.0/24, 0.0.0.0/0 via 192.0.2.1" },
    /* a gateway that no route leads to */
    { "link eth1; route default dev eth1 via 192.0.2.1",
      "0.0.0.0/0 via 192.0.2.1 onlink" },
    { "link eth1; route default dev eth1 via 192.0.2.1 src 10.1.1.1 onlink",
      "0.0.0.0/0 via 192.0.2.1 src 10.1.1.1 onlink" },
    { "link eth1 gw=192.0.2.1; route 192.0.2.0/24 dev eth1",
      "192.0.2.0/24, 0.0.0.0/0 via 192.0.2.1" },
    /* a gateway with an IPv6 address: RFC 8950 */
    { "link eth1; route default dev eth1 via fe80::1", "0.0.0.0/0 via inet6 fe80::1" },
    { "link eth1; route default dev eth1 via fe80::1; route 192.0.2.9/32 dev eth1;"
      "route 192.0.2.0/24 dev eth1 via fe80::2;"
      "route 198.51.100.0/24 dev eth1 via 192.0.2.1",
      "192.0.2.9/32, 192.0.2.0/24 via inet6 fe80::2, 198.51.100.0/24 via 192.0.2.1, "
      "0.0.0.0/0 via inet6 fe80::1" },
    { "link eth1; route default dev eth1 via 2001:db8::1 onlink",
      "0.0.0.0/0 via inet6 2001:db8::1 onlink" },
    /* of several hops those by this interface, the first of them */
    { "link eth1; link eth2; route default dev eth2 via 203.0.113.1;"
      "route 192.0.2.0/24 dev eth1; route default dev eth1 via 192.0.2.1;"
      "route default dev eth1 via 192.0.2.2",
      "192.0.2.0/24, 0.0.0.0/0 via 192.0.2.1" },
    /* main's own, whatever another table has for packets of some kind */
    { "link eth1; route 192.0.2.0/24 dev eth1; route default dev eth1 via 192.0.2.9 "
      "table "
      "9; route default dev eth1 via 192.0.2.1 metric 100;"
      "route default dev eth1 via 192.0.2.8 metric 5 table 9",
      "192.0.2.0/24, 0.0.0.0/0 via 192.0.2.1" },
    { "link eth1; route 192.0.2.0/24 dev eth1; route default dev eth1 via 192.0.2.9 "
      "metric "
      "9 table 9; route default dev eth1 via 192.0.2.1 metric 5 table 8",
      "192.0.2.0/24, 0.0.0.0/0 via 192.0.2.1" },
    /* a peer */
    { "link eth1 addr=10.0.0.9/32>10.0.0.1; route 10.0.0.1/32 dev eth1 src 10.0.0.9",
      "10.0.0.1/32 src 10.0.0.9, 0.0.0.0/0 via 10.0.0.1" },
    { "link eth1 ptp addr=10.0.0.9/24; route 10.0.0.0/24 dev eth1; "
      "route default dev eth1",
      "10.0.0.0/24, 0.0.0.0/0" },
    { "link eth1 ptp addr=10.0.0.9/24", "0.0.0.0/0" },
    { "link eth1 addr=10.0.0.9/24; route 0.0.0.0/1 dev eth1; route 128.0.0.0/1 dev eth1",
      "0.0.0.0/1, 128.0.0.0/1, 0.0.0.0/0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GArray) routes
          = cs_uplink_routes (cs_snapshot_find (snapshot, "eth1"), snapshot);
      g_autofree char *printed = print_routes (routes);

      g_test_message ("%s", rows[i].network);
      g_assert_cmpstr (printed, ==, rows[i].routes);
    }
}

static void
test_dns (void)
{
  static const struct
  {
    const char *network;
    const char *dns;
  } rows[] = {
    { "link eth1 dns=192.0.2.53,192.0.2.54; resolv 9.9.9.9", "192.0.2.53,192.0.2.54" },
    { "link eth1; resolv 9.9.9.9,9.9.9.10", "9.9.9.9,9.9.9.10" },
    { "link eth1 dns=; resolv 9.9.9.9", "9.9.9.9" },
    { "link eth1 dns=2001:db8::53; resolv 9.9.9.9", "2001:db8::53" },
    { "link eth1; resolv ", "" },
    { "link eth1", "" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GArray) dns = cs_addresses_new ();
      g_autofree char *printed = NULL;

      cs_uplink_add_dns (cs_snapshot_find (snapshot, "eth1"), snapshot, dns);
      printed = addresses_print (dns);
      g_assert_cmpstr (printed, ==, rows[i].dns);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/uplink/resolve", test_resolve);
  g_test_add_func ("/uplink/routes", test_routes);
  g_test_add_func ("/uplink/dns", test_dns);
  return g_test_run ();
}
