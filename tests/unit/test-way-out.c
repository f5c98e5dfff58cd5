/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What "auto" means: the kernel's word, in the shapes that VPNs give to a host's routes.
 */
#include "network.h"

#include "core/plan/suitable.h"
#include "core/plan/uplink.h"
#include "core/value/wan.h"
#include "core/plan/choice.h"

#define ETH1    "link eth1 addr=192.0.2.2/24; route 192.0.2.0/24 dev eth1;"
#define DEFAULT "route default dev eth1 via 192.0.2.1 metric 100;"
#define ETH2    "link eth2 addr=198.51.100.2/24; route 198.51.100.0/24 dev eth2;"
#define PPP0    "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64; "
#define WG0     "link wg0 vpn addr=10.2.0.2/32; "
#define TUN0    "link tun0 vpn ptp addr=10.8.0.2/24; route 10.8.0.0/24 dev tun0;"
#define LOWER   "route 0.0.0.0/1 dev tun0 via 10.8.0.1;"
#define UPPER   "route 128.0.0.0/1 dev tun0 via 10.8.0.1;"

#define NOTHING "this computer has no connection to share right now"
#define REFUSED "this computer's own routes and rules block its way to the Internet"

static void
test_auto (void)
{
  static const struct
  {
    const char *network;
    const char *uplink; /* NULL: none */
    const char *reason;
    const char *message; /* of a missing one */
    const char *current;
  } rows[] = {
    { "", NULL, "no-primary", NOTHING },
    { ETH1 DEFAULT, "eth1", "none" },
    { ETH1 DEFAULT "no-nm", "eth1", "none" },
    /* VPNs: NetworkManager's primary connection is the line below */
    { ETH1 DEFAULT WG0 "route default dev wg0 table 51820; primary eth1; way wg0", "wg0",
      "none" },
    { ETH1 DEFAULT TUN0 LOWER UPPER "primary eth1; way tun0", "tun0", "none" },
    { ETH1 DEFAULT TUN0 "route default dev tun0 table 52; primary eth1; way tun0", "tun0",
      "none", NULL, "eth1" },
    { ETH1 DEFAULT WG0 "primary eth1; way eth1", "eth1", "none", NULL, "wg0" },
    /* the line below stays as long as just a half has been taken */
    { ETH1 DEFAULT TUN0 LOWER "way tun0 eth1", "eth1", "none" },
    { ETH1 DEFAULT TUN0 UPPER "way eth1 tun0", "eth1", "none" },
    { ETH1 DEFAULT TUN0 LOWER "way tun0 eth1", "eth1", "none", NULL, "eth1" },
    { ETH1 DEFAULT TUN0 LOWER "way tun0 eth1", "tun0", "none", NULL, "tun0" },
    { ETH1 DEFAULT TUN0 UPPER "way eth1 tun0", "tun0", "none", NULL, "tun0" },
    /* two hops of one route: whichever is in force */
    { ETH1 ETH2 "route default dev eth1 via 192.0.2.1; route default dev eth2 via "
                "198.51.100.1; way eth1 eth2",
      "eth1", "none" },
    { ETH1 ETH2 "route default dev eth1 via 192.0.2.1; route default dev eth2 via "
                "198.51.100.1; way eth1 eth2",
      "eth2", "none", NULL, "eth2" },
    { ETH1 "link eth2; route default dev eth1 via 192.0.2.1; route default dev eth2; "
           "way eth2 eth1",
      "eth1", "none", NULL, "eth2" },
    /* a hop that has lost its link, which the kernel goes on with */
    { ETH1 "link eth2 unplugged addr=198.51.100.2/24; route default dev eth2; "
           "route default dev eth1 via 192.0.2.1; way eth2",
      "eth1", "none", NULL, "eth2" },
    { ETH1 "link eth2 unplugged addr=198.51.100.2/24; route default dev eth2 metric 5; "
           "route default dev eth1 via 192.0.2.1 metric 6; way eth2",
      NULL, "uplink-down", "eth2 has no link", "eth2" },
    { "link lan0 addr=10.0.0.1/24; link eth2 unplugged addr=198.51.100.2/24;"
      "route default dev eth2; route default dev lan0 via 10.0.0.2; way eth2",
      NULL, "uplink-down", "eth2 has no link" },
    /* a half of the Internet is better than nothing */
    { TUN0 LOWER "way tun0 none", "tun0", "none" },
    /* NetworkManager names one that is not set up yet, or taken down already */
    { PPP0 "primary wwan0; route default dev ppp0", "ppp0", "none" },
    { PPP0 "link eth1; primary eth1; route default dev ppp0", "ppp0", "none" },
    { ETH1 "link eth2; primary eth2; " DEFAULT, "eth1", "none" },
    { "link eth1; primary eth1", NULL, "uplink-down", "eth1 has no IPv4 address" },
    { "link eth1 addr=192.0.2.2/24 gw=192.0.2.1; primary eth1", "eth1", "none" },
    /* PPPoE, a modem: the kernel has the ip-interface */
    { "link eth1 carries=ppp0; primary eth1; " PPP0 "route default dev ppp0", "ppp0",
      "none" },
    /* the kernel's is lost, or not known to this snapshot */
    { "link eth1 unplugged addr=192.0.2.2/24; " DEFAULT, NULL, "uplink-down",
      "eth1 has no link" },
    { "link eth1 unplugged addr=192.0.2.2/24; way none; " DEFAULT, NULL, "uplink-down",
      "eth1 has no link" },
    /* kill switches: a route, a rule in front of the default route */
    { ETH1 DEFAULT "unreachable default metric 10; primary eth1", NULL, "no-primary",
      REFUSED },
    { ETH1 DEFAULT "primary eth1; way refused", NULL, "no-primary", REFUSED, "eth1" },
    { ETH1 DEFAULT "primary eth1; way none refused", NULL, "no-primary", REFUSED },
    { ETH1 DEFAULT "primary eth1; way none", NULL, "no-primary", REFUSED },
    { ETH1 DEFAULT "way refused eth1", "eth1", "none" },
    /* what shares have is no way out */
    { PPP0 ETH1 DEFAULT "route default dev ppp0 metric 50 table 13700", "eth1", "none" },
    /* lo leads nowhere; the LAN loses its default route when it becomes one */
    { ETH1 DEFAULT "route default dev lo metric 5", NULL, "no-primary", REFUSED },
    { PPP0 "link lan0; primary lan0; route default dev lan0 metric 5;"
           "route default dev ppp0 metric 9",
      "ppp0", "none" },
    { "link lan0 addr=10.0.0.1/24; primary lan0; route default dev lan0", NULL,
      "no-primary", NOTHING },
    { ETH1 DEFAULT "link lan0 addr=10.0.0.1/24; way lan0 eth1", "eth1", "none" },
    { ETH1 DEFAULT "link lan0 addr=10.0.0.1/24; primary eth1; way lan0", "eth1", "none" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GPtrArray) choices = cs_wan_parse ("auto", NULL);
      const CsUplinkQuestion question = { .snapshot = snapshot,
                                          .choices = choices,
                                          .lan = "lan0",
                                          .current = rows[i].current };
      g_auto (CsUplink) uplink = cs_uplink_resolve (&question);

      g_test_message ("%s", rows[i].network);
      g_assert_cmpstr (uplink.interface ? uplink.interface->name : NULL, ==,
                       rows[i].uplink);
      g_assert_cmpstr (cs_reason_to_string (uplink.reason), ==, rows[i].reason);
      g_assert_cmpstr (uplink.message, ==, rows[i].message);
    }
}

/* What of the host's own would be lost if eth1 became a LAN. */
static void
test_lan (void)
{
  static const struct
  {
    const char *network;
    gboolean fits;
  } rows[] = {
    { ETH1, TRUE },
    { ETH1 DEFAULT, FALSE },
    { ETH1 ETH2 DEFAULT "route default dev eth2 via 198.51.100.1 metric 50", TRUE },
    { ETH1 ETH2 DEFAULT "route default dev eth2 via 198.51.100.1 metric 50; way eth1",
      FALSE },
    { ETH1 "route default dev eth1 via 192.0.2.1 table 52; way eth1", FALSE },
    { ETH1 "way none eth1", FALSE },
    /* the line below a VPN */
    { ETH1 DEFAULT WG0 "route default dev wg0 table 51820; way wg0", FALSE },
    { ETH1 DEFAULT TUN0 LOWER UPPER "way tun0", FALSE },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsSnapshot) snapshot = network_parse (rows[i].network);
      g_autoptr (GError) error = NULL;

      g_test_message ("%s", rows[i].network);
      g_assert_cmpint (
          cs_lan_check (cs_snapshot_find (snapshot, "eth1"), FALSE, snapshot, &error), ==,
          rows[i].fits);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/way-out/auto", test_auto);
  g_test_add_func ("/way-out/lan", test_lan);
  return g_test_run ();
}
