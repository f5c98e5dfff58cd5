/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How clients get IPv6, and what they keep when the uplink changes. */
#include "plans.h"

#define LAN    "link lan0 index=2;"
#define PPP0_4 "link ppp0 ppp ptp index=9 mtu=1492 addr=10.64.0.9/32>10.64.64.64"
#define PPP0   PPP0_4 ";"
/* With an address by RA, and a prefix that is delegated. */
#define PPP0_6 \
  PPP0_4 " addr6=2001:db8:9::9/64; route6 default dev ppp0 via fe80::1 metric 50;"
#define PPP0_PD   PPP0_4 " delegated=2001:db8:77:80::/60; route6 default dev ppp0;"
#define PPP0_PD64 PPP0_4 " delegated=2001:db8:77:80::/64; route6 default dev ppp0;"
#define PPP0_NEW  PPP0_4 " delegated=2001:db8:99::/64; route6 default dev ppp0;"
/* By RA on a link with others. */
#define ETH1_4 "link eth1 index=5 addr=198.18.0.2/24 gw=198.18.0.1 "
#define ROUTES_5 \
  "route default dev eth1 via 198.18.0.1; route6 default dev eth1 via fe80::1 metric " \
  "50;"
#define ONLINK_5 "route6 2001:db8:9::/64 dev eth1;"
#define ETH1     ETH1_4 "addr6=2001:db8:9::9/64; " ROUTES_5 ONLINK_5
#define ETH1_NEW \
  ETH1_4 "addr6=2001:db8:a::9/64; " ROUTES_5 "route6 2001:db8:a::/64 dev eth1;"
#define ETH1_PD \
  ETH1_4 \
  "addr6=2001:db8:9::9/64 delegated=2001:db8:77:80::/64; " ROUTES_5 ONLINK_5
#define EXTENDED \
  "ipv6-extended=2001:db8:9::/64; | *| ipv6-mode=3 | ipv6-addresses=" ULA \
  "2001:db8:9:0:????*:????*:????*:????*/64; | ipv6-deprecated="
#define ULA "fd12:3456:789a:*::1/64;"
#define NONE \
  "active*| routes=0.0.0.0/0 10.64.64.64 0.0.0.0 0 9 1 13700; |*found-lan-forwarding=0 " \
  "| " \
  "found-uplink-forwarding=0 |"

static void
test_modes (void)
{
  static const struct
  {
    const char *name;
    const char *requests;
    const char *network;
    const char *shares[3];
  } rows[] = {
    { "none", "lan0 via ppp0", LAN PPP0, { NONE } },
    { "an address, but no route",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=2001:db8:9::9/64; route6 2001:db8:9::/64 dev ppp0;",
      { NONE } },
    { "a route, but no address",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=fe80::9/64; route6 default dev ppp0 via fe80::1;",
      { NONE } },
    { "an address that is not ready",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=2001:db8:9::9/64!; route6 default dev ppp0 via fe80::1;",
      { NONE } },
    { "one that is deprecated",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=2001:db8:9::9/64~; route6 default dev ppp0 via fe80::1;",
      { NONE } },
    { "a route that leads nowhere",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=2001:db8:9::9/64; unreachable6 ::/0;",
      { NONE } },
    { "another table's",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=2001:db8:9::9/64; route6 default dev ppp0 table 13700;",
      { NONE } },
    { "this computer has no network of its own",
      "lan0 via ppp0",
      LAN PPP0_6 "no-own6",
      { NONE } },
    { "off", "lan0 via ppp0 ipv6=off", LAN PPP0_6, { NONE } },
    { "keep-lan",
      "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24; route 10.0.0.0/24 dev lan0;" PPP0_6,
      { "active*| found-uplink-forwarding=0 |" } },
    { "keep-lan: the networks that the LAN has",
      "lan0 via ppp0 keep-lan ipv6=auto",
      "link lan1; link lan0 addr=10.0.0.1/24 addr6=fe80::1/64 addr6=fd66::1/64 "
      "addr6=2001:db8:66::1/64 addr6=2001:db8:67::1/96 addr6=2001:db8:68::1/64!;"
      "route 10.0.0.0/24 dev lan0; route6 fd66::/64 dev lan0 metric 256;"
      "route6 2001:db8:66::/64 dev lan0 metric 256; route6 2001:db8:68::/64 dev lan1;"
      "route6 2001:db8:69::/64 dev lan0 via fd66::9;" PPP0_6,
      { "active*| uplink-addresses=10.64.0.9/32;2001:db8:9::9/128; *| "
        "routes=10.0.0.0/24 0.0.0.0 0.0.0.0 0 3 0 13700;"
        "0.0.0.0/0 10.64.64.64 0.0.0.0 0 9 1 13700;"
        "fd66::/64 0.0.0.0 0.0.0.0 1024 3 0 13700;"
        "2001:db8:66::/64 0.0.0.0 0.0.0.0 1024 3 0 13700;"
        "2001:db8:69::/64 fd66::9 0.0.0.0 1024 3 0 13700;"
        "::/0 fe80::1 0.0.0.0 1024 9 0 13700; *"
        "| ipv6-kept=fd66::/64;2001:db8:66::/64;2001:db8:69::/64; *"
        "| ipv6-mode=2 | ipv6-addresses= | ipv6-deprecated= | "
        "ipv6-left-forwarding=false | ipv6-farewell=false | ipv6-asks=false | "
        "found-lan-force-forwarding=0 | "
        "found-lan-forwarding6=0 | found-uplink-force-forwarding=0 |" } },
    { "keep-lan: forwarded as they are",
      "lan0 via ppp0 keep-lan ipv6=delegated",
      "link lan0 addr=10.0.0.1/24 addr6=2001:db8:66::1/64 conf6=0/0/0/0/0;"
      "route 10.0.0.0/24 dev lan0;" PPP0_6,
      { "active*| ipv6-kept=2001:db8:66::/64; *| ipv6-mode=4 | ipv6-addresses= | *" } },
    { "keep-lan: without such ones",
      "lan0 via ppp0 keep-lan ipv6=delegated",
      "link lan0 addr=10.0.0.1/24 addr6=fd66::1/64; route 10.0.0.0/24 dev lan0;" PPP0_6,
      { "active*| found-uplink-forwarding=0 |" } },
    { "keep-lan: what others have a part of",
      "lan0 via ppp0 keep-lan ipv6=auto",
      "link tun0; link lan0 addr=10.0.0.1/24 addr6=fd66::1/64;"
      "route 10.0.0.0/24 dev lan0; route6 fd66::/64 dev lan0; route6 fd66::5/128 dev "
      "tun0;" PPP0_6,
      { "active*| found-uplink-forwarding=0 |" } },
    { "keep-lan: what any router may have announced",
      "lan0 via ppp0 keep-lan ipv6=auto",
      "link lan0 addr=10.0.0.1/24 addr6=2001:db8:66::1/64 addr6=fd66::1/64= "
      "conf6=0/1/0/0/0; route 10.0.0.0/24 dev lan0; route6 2001:db8:66::/64 dev lan0;"
      "route6 fd66::/64 dev lan0;" PPP0_6,
      { "active*| ipv6-kept=fd66::/64; *| ipv6-mode=2 *| found-lan-force-forwarding=0 "
        "| "
        "found-uplink-force-forwarding=0 |" } },
    { "masquerade",
      "lan0 via ppp0",
      LAN PPP0_6,
      { "active*| uplink-addresses=10.64.0.9/32;2001:db8:9::9/128; *"
        "| routes=0.0.0.0/0 10.64.64.64 0.0.0.0 0 9 1 13700;"
        "::/0 fe80::1 0.0.0.0 1024 9 0 13700; *"
        "| ipv6-mode=2 | ipv6-addresses=" ULA
        " | ipv6-deprecated= | ipv6-left-forwarding=false | ipv6-farewell=false | "
        "ipv6-asks=true | "
        "found-lan-force-forwarding=0 | found-lan-forwarding6=0 | "
        "found-uplink-force-forwarding=0 |" } },
    { "temporary and deprecated addresses count for what is open",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=fe80::9/64 addr6=2001:db8:9::9/64^ addr6=2001:db8:8::9/64~;"
                 "route6 default dev ppp0 via fe80::1;",
      { "active*| uplink-addresses=10.64.0.9/32;2001:db8:9::9/128;2001:db8:8::9/128; "
        "*" } },
    { "two halves",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=fd77::9/64; route6 ::/1 dev ppp0; route6 8000::/1 dev ppp0;",
      { "active*| ipv6-mode=2 *" } },
    { "the better of two routers, and the uplink's own network",
      "lan0 via ppp0",
      LAN PPP0_4
      " addr6=2001:db8:9::9/64; route6 default dev ppp0 via fe80::1 metric 200;"
      "route6 default dev ppp0 via fe80::2 metric 100;"
      "route6 2001:db8:9::/64 dev ppp0 metric 256; route6 fe80::/64 dev ppp0;"
      "route6 2001:db8:a::/48 dev ppp0 via fe80::3;"
      "route6 2001:db8:b::/48 dev lan0;",
      { "active*| routes=0.0.0.0/0 10.64.64.64 0.0.0.0 0 9 1 13700;"
        "2001:db8:9::/64 0.0.0.0 0.0.0.0 1024 9 0 13700;"
        "::/0 fe80::2 0.0.0.0 1024 9 0 13700;"
        "2001:db8:a::/48 fe80::3 0.0.0.0 1024 9 0 13700; *" } },
    { "delegated",
      "lan0 via ppp0",
      LAN PPP0_PD,
      { "active*| uplink-addresses=10.64.0.9/32; *| ipv6-mode=4 | ipv6-addresses=" ULA
        "2001:db8:77:8*::1/64; *" } },
    { "one network and two LANs: the second is masqueraded, if there is an address",
      "lan0 via ppp0; lan1 via ppp0",
      LAN "link lan1;" PPP0_PD64,
      { "active*| ipv6-mode=4 *", "active*| uplink-ifindex=9 *" } },
    { "what is delegated is this computer's own network",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=2001:db8:9::9/64 delegated=fd12:3456:789a::/56;"
                 "route6 default dev ppp0;",
      { "active*| ipv6-mode=2 *" } },
    { "what is delegated is in use elsewhere",
      "lan0 via ppp0",
      LAN "link eth5 addr6=2001:db8:77:80::5/64;" PPP0_4
          " addr6=2001:db8:9::9/64 delegated=2001:db8:77:80::/64 "
          "delegated=2001:db8:9::/64; route6 default dev ppp0;",
      { "active*| ipv6-mode=2 *" } },
    { "a part of it is",
      "lan0 via ppp0",
      LAN "link eth5 addr6=2001:db8:77:80::5/64;" PPP0_4
          " addr6=2001:db8:9::9/64 delegated=2001:db8:77:80::/63; "
          "route6 default dev ppp0;",
      { "active*| ipv6-mode=4 | ipv6-addresses=" ULA "2001:db8:77:81::1/64; *" } },
    { "delegated by hand where it is not",
      "lan0 via ppp0 ipv6=delegated",
      LAN PPP0_6,
      { NONE } },
    { "masquerade by hand",
      "lan0 via ppp0 ipv6=masquerade",
      LAN PPP0_4 " addr6=2001:db8:9::9/64 delegated=2001:db8:77:80::/60;"
                 "route6 default dev ppp0;",
      { "active*| ipv6-mode=2 *" } },
    { "what has no other address is masqueraded beside it",
      "lan0 via ppp0",
      LAN PPP0_4 " addr6=2001:db8:9::9/64 delegated=2001:db8:77:80::/60;"
                 "route6 default dev ppp0;",
      { "active*| uplink-addresses=10.64.0.9/32;2001:db8:9::9/128; *| ipv6-mode=4 *" } },
    { "extended",
      "lan0 via eth1 ipv6=extended",
      LAN ETH1,
      { "active*| " EXTENDED
        " | ipv6-left-forwarding=false | ipv6-farewell=false | ipv6-asks=false | "
        "found-lan-force-forwarding=0 | found-lan-forwarding6=0 | "
        "found-uplink-force-forwarding=0 | found-uplink-forwarding6=0 | "
        "found-uplink-proxy-ndp=0 |" } },
    { "even where a network is delegated",
      "lan0 via eth1 ipv6=extended",
      LAN ETH1_PD,
      { "active*| " EXTENDED " *" } },
    { "not by itself", "lan0 via eth1", LAN ETH1, { "active*| ipv6-mode=2 *" } },
    { "only one LAN has it",
      "lan0 via eth1 ipv6=extended; lan1 via eth1 ipv6=extended",
      LAN "link lan1;" ETH1,
      { "active*| ipv6-mode=3 *",
        "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "not if it is by hand",
      "lan0 via eth1 ipv6=extended",
      LAN ETH1_4 "addr6=2001:db8:9::9/64=; " ROUTES_5 ONLINK_5,
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "not if it is not on link",
      "lan0 via eth1 ipv6=extended",
      LAN ETH1_4 "addr6=2001:db8:9::9/64; " ROUTES_5,
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "not another size",
      "lan0 via eth1 ipv6=extended",
      LAN ETH1_4 "addr6=2001:db8:9::9/65; " ROUTES_5 "route6 2001:db8:9::/65 dev eth1;",
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "not a private one",
      "lan0 via eth1 ipv6=extended",
      LAN ETH1_4 "addr6=fd77::9/64; " ROUTES_5 "route6 fd77::/64 dev eth1;",
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "not where it is deprecated, as the other one is not announced",
      "lan0 via eth1 ipv6=extended",
      LAN ETH1_4 "addr6=2001:db8:9::9/64~ addr6=2001:db8:a::9/64=; " ROUTES_5 ONLINK_5,
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "not on a line",
      "lan0 via ppp0 ipv6=extended",
      LAN PPP0_6 "route6 2001:db8:9::/64 dev ppp0;",
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "not on a VPN",
      "lan0 via tun0 ipv6=extended",
      LAN "link tun0 vpn index=5 addr=198.18.0.2/24 addr6=2001:db8:9::9/64;"
          "route default dev tun0 via 198.18.0.1; route6 default dev tun0 via fe80::1;"
          "route6 2001:db8:9::/64 dev tun0;",
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },
    { "by hand, where it cannot be",
      "lan0 via ppp0 ipv6=extended",
      LAN PPP0_6,
      { NONE } },
    /* settings */
    { "disabled, and as a host",
      "lan0 via ppp0",
      "link lan0 conf6=1/1/0/0/0;" PPP0_6,
      { "active*| found-lan-disable-ipv6=1 | found-lan-accept-ra=1 | "
        "found-lan-force-forwarding=0 | found-lan-forwarding6=0 | "
        "found-uplink-force-forwarding=0 |" } },
    { "the kernel's own routes stay when the LAN becomes a router's",
      "lan0 via ppp0",
      LAN "link eth5 conf6=0/1/0/0/0; link eth6 conf6=0/2/0/0/0;" PPP0_6,
      { "active*| found-lan-forwarding6=0 | found-uplink-force-forwarding=0 | "
        "raised-accept-ra=eth5; |" } },
    { "it is forced already",
      "lan0 via ppp0",
      "link lan0 conf6=0/0/1/1/0;" PPP0_4
      " addr6=2001:db8:9::9/64 conf6=0/1/0/1/0; route6 default dev ppp0;",
      { "active*| ipv6-asks=true |" } },
    { "all interfaces forward already",
      "lan0 via ppp0",
      "forwards6; link lan0 conf6=0/0/1/0/0;" PPP0_6,
      { "active*| found-uplink-forwarding=0 *| ipv6-mode=2 | ipv6-addresses=" ULA
        " | ipv6-deprecated= | ipv6-left-forwarding=false | ipv6-farewell=false | "
        "ipv6-asks=true |" } },
    { "a kernel that cannot force it",
      "lan0 via ppp0",
      "no-forces6; conf6=0/1/0/-1/0; link lan0 conf6=0/1/0/-1/0;"
      "link eth5 conf6=0/1/0/-1/0; link eth6 conf6=0/2/0/-1/0;" PPP0_4
      " addr6=2001:db8:9::9/64 conf6=0/1/0/-1/0; route6 default dev ppp0;",
      { "active*| found-lan-accept-ra=1 | found-all-forwarding6=0 | "
        "raised-accept-ra=default;eth5;ppp0; |" } },
    { "where the computer forwards anyway",
      "lan0 via ppp0",
      "no-forces6; forwards6; link lan0 conf6=0/0/1/-1/0;" PPP0_4
      " addr6=2001:db8:9::9/64 conf6=0/2/1/-1/0; route6 default dev ppp0;",
      { "active*| ipv6-asks=true |" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = NULL;

      g_test_message ("%s: %s in %s", rows[i].name, rows[i].requests, rows[i].network);
      plan = plan_in (rows[i].requests, rows[i].network, NULL);
      plan_assert (plan, rows[i].shares);
    }
}

/* A network that delegates another prefix each time. */
static void
test_restless (void)
{
  g_autoptr (CsPlan) plan = NULL;

  for (guint i = 0; i < 100; i++)
    {
      g_autofree char *network
          = g_strdup_printf (LAN PPP0_4 " delegated=2001:db8:%x::/64; "
                                        "route6 default dev ppp0; now %u",
                             i + 1, 1000 + i);
      g_autoptr (CsPlan) before = g_steal_pointer (&plan);

      plan = plan_in ("lan0 via ppp0", network, before);
    }
  plan_assert (plan, (const char *const[]){ "active*| ipv6-deprecated=2001:db8:5c::1/64;"
                                            "*2001:db8:63::1/64; *",
                                            NULL, NULL });
}

/* One after the other. */
static void
test_changes (void)
{
  static const struct
  {
    const char *name;
    const char *networks[5];
    const char *shares[5];
  } rows[] = {
    { "an uplink that goes and returns: nobody gets another address",
      { LAN PPP0_PD64 "now 1000", LAN "now 1001", LAN PPP0_PD64 "now 1010",
        LAN "now 1020", LAN "now 6421" },
      { "active*| ipv6-mode=4 | ipv6-addresses=" ULA "2001:db8:77:80::1/64; | "
        "ipv6-deprecated= *",
        "waiting*| ipv6-mode=1 | ipv6-addresses=" ULA
        " | ipv6-deprecated=2001:db8:77:80::1/64; *",
        "active*| ipv6-mode=4 | ipv6-addresses=" ULA "2001:db8:77:80::1/64; | "
        "ipv6-deprecated= *",
        "waiting*| ipv6-deprecated=2001:db8:77:80::1/64; *",
        /* until nobody has one any more */
        "waiting*| ipv6-addresses=" ULA " | ipv6-deprecated= *" } },
    { "another prefix",
      { LAN PPP0_PD64 "now 1000", LAN PPP0_NEW "now 1001", LAN PPP0_PD64 "now 1002" },
      { "active*",
        "active*| ipv6-addresses=" ULA
        "2001:db8:99::1/64; | ipv6-deprecated=2001:db8:77:80::1/64; *",
        "active*| ipv6-addresses=" ULA
        "2001:db8:77:80::1/64; | ipv6-deprecated=2001:db8:99::1/64; *" } },
    { "an uplink without any: they are told, and come back",
      { LAN PPP0_6, LAN PPP0, LAN PPP0_6 },
      { "active*| ipv6-mode=2 *",
        "active*| uplink-addresses=10.64.0.9/32; *"
        "| routes=0.0.0.0/0 10.64.64.64 0.0.0.0 0 9 1 13700; *"
        "| former-addresses=2001:db8:9::9/128; *| ipv6-mode=1 | ipv6-addresses=" ULA " *",
        "active*| ipv6-mode=2 *" } },
    { "likewise if the LAN was away when it lost it",
      { LAN PPP0_6, PPP0_6, PPP0, LAN PPP0, LAN PPP0 },
      { "active*| ipv6-addresses=" ULA " *", "waiting*", "waiting*",
        "active*| ipv6-mode=1 | ipv6-addresses=" ULA " *| ipv6-farewell=false *",
        "active*| ipv6-addresses=" ULA " *" } },
    { "a LAN without any, that was away",
      { LAN PPP0, PPP0, LAN PPP0 },
      { NONE, "waiting*", NONE } },
    { "what was found stays known",
      { "link lan0 conf6=1/1/0/0/0;" PPP0_6,
        "link lan0 conf6=0/0/1/1/0;" PPP0_4
        " conf6=0/0/0/1/0 addr6=2001:db8:9::9/64; route6 default dev ppp0;" },
      { "active*", "active*| found-lan-disable-ipv6=1 | found-lan-accept-ra=1 | "
                   "found-lan-force-forwarding=0 | found-lan-forwarding6=0 | "
                   "found-uplink-force-forwarding=0 |" } },
    { "what NetworkManager sets while it changes profiles is not found",
      { "link lan0 conf6=0/0/0/0/0;" PPP0_6, "link lan0 conf6=1/1/1/1/0;" PPP0_6 },
      { "active*", "active*| found-lan-force-forwarding=0 | found-lan-forwarding6=0 | "
                   "found-uplink-force-forwarding=0 |" } },
    { "likewise of all interfaces",
      { "no-forces6; link lan0 conf6=0/0/0/-1/0; link eth5 conf6=0/1/0/-1/0;" PPP0_4
        " conf6=0/0/0/-1/0 addr6=2001:db8:9::9/64; route6 default dev ppp0;",
        "no-forces6; forwards6; link lan0 conf6=0/0/1/-1/0; link eth5 conf6=0/2/1/-1/0;"
        "link eth6 conf6=0/1/1/-1/0;" PPP0_4
        " conf6=0/0/1/-1/0 addr6=2001:db8:9::9/64; route6 default dev ppp0;",
        "no-forces6; forwards6; link lan0 conf6=0/0/1/-1/0; link eth5 "
        "conf6=0/2/1/-1/0;",
        "no-forces6; link lan0 conf6=0/0/0/-1/0; link eth5 conf6=0/1/0/-1/0;" },
      { "active*| found-all-forwarding6=0 | raised-accept-ra=eth5; |",
        "active*| found-all-forwarding6=0 | raised-accept-ra=eth5;eth6; |",
        /* nothing leaves, so nothing forwards */
        "waiting*| ipv6-left-forwarding=true *",
        "waiting*| ipv6-left-forwarding=false *" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) before = NULL;

      for (gsize k = 0; k < 5 && rows[i].networks[k]; k++)
        {
          const char *const patterns[] = { rows[i].shares[k], NULL };
          g_autoptr (CsPlan) plan = NULL;

          g_test_message ("%s: %s", rows[i].name, rows[i].networks[k]);
          plan = plan_in ("lan0 via ppp0", rows[i].networks[k], before);
          plan_assert (plan, patterns);
          g_clear_pointer (&before, cs_plan_unref);
          before = g_steal_pointer (&plan);
        }
    }
}

#define NO_IPV4 "which has no IPv4: clients reach only what has IPv6 "
#define ALONE_7 \
  "link wan7 index=7 addr6=2001:db8:7::9/64; route6 default dev wan7 via fe80::1 " \
  "metric " \
  "50;"

static void
test_alone (void)
{
  static const struct
  {
    const char *request;
    const char *network;
    const char *shares[2];
  } rows[] = {
    { "lan0 via wan7",
      LAN ALONE_7,
      { "active none: lan0 is shared via wan7, " NO_IPV4
        "*| uplink-addresses=2001:db8:7::9/128; *"
        "| routes=::/0 fe80::1 0.0.0.0 1024 7 0 13700; *| ipv6-mode=2 *" } },
    { "lan0 via wan7 ipv6=off",
      LAN ALONE_7,
      { "waiting uplink-down: wan7 has no IPv4 address *" } },
    { "lan0 via wan7 ipv6=delegated",
      LAN ALONE_7,
      { "waiting uplink-down: wan7 has no IPv4, and clients cannot use its IPv6 "
        "| lan=lan0 | uplink=wan7 *| routes= *" } },
    { "lan0 via wan7",
      LAN "link wan7 index=7 addr6=2001:db8:7::9/64;",
      { "waiting uplink-down: wan7 has no IPv4 address *" } },
    { "lan0 via wan7",
      LAN "link wan7 index=7 addr6=fe80::9/64; route6 default dev wan7;",
      { "waiting uplink-down: wan7 has no IPv4 address *" } },
    { "lan0 via wan7",
      LAN "link wan7 index=7 changing addr6=2001:db8:7::9/64;"
          "route6 default dev wan7 via fe80::1;",
      { "waiting uplink-down: wan7 has no IPv4 address *" } },
    { "lan0 via wan7 keep-lan",
      "link lan0 addr=10.0.0.1/24; route 10.0.0.0/24 dev lan0;" ALONE_7,
      { "waiting uplink-down: wan7 has no IPv4 address *" } },
    /* others are better */
    { "lan0 via wan7,ppp0",
      LAN ALONE_7 PPP0,
      { "active none: lan0 is shared via ppp0 (2nd choice; wan7 has no IPv4 address) "
        "*" } },
    { "lan0 via ppp0,wan7",
      LAN ALONE_7 "link ppp0 ppp ptp index=9;",
      { "active none: lan0 is shared via wan7 (2nd choice; ppp0 has no IPv4 "
        "address), " NO_IPV4 "*" } },
    { "lan0 via ethernet",
      LAN "link wan6 ethernet index=6 addr6=2001:db8:7::9/64;"
          "link wan7 ethernet index=7 addr6=2001:db8:7::9/64;"
          "route6 default dev wan7 via fe80::1; link wan8 ethernet index=8;",
      { "active none: lan0 is shared via wan7 (ethernet), " NO_IPV4 "*" } },
    { "lan0 via auto",
      LAN ALONE_7 "way6 wan7",
      { "active none: lan0 is shared via wan7 (auto), " NO_IPV4 "*" } },
    { "lan0 via auto",
      LAN PPP0 "route default dev ppp0;" ALONE_7 "way6 wan7",
      { "active none: lan0 is shared via ppp0 (auto) *" } },
    { "lan0 via auto",
      LAN ALONE_7 "way refused; way6 wan7",
      { "waiting no-primary: this computer's own routes and rules block its way *" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = NULL;

      g_test_message ("%s in %s", rows[i].request, rows[i].network);
      plan = plan_in (rows[i].request, rows[i].network, NULL);
      plan_assert (plan, rows[i].shares);
    }
}

static CsCidr
global_network (const CsPlan *plan, guint share)
{
  const CsSharePlan *one = plan->shares->pdata[share];

  g_assert_cmpuint (one->ipv6.addresses->len, ==, 2);
  return g_array_index (one->ipv6.addresses, CsCidr, 1);
}

/* The gateway is always the same; what was extended stays known until nobody has it. */
static void
test_extended (void)
{
  const char *const networks[] = { LAN ETH1 "now 1000", LAN ETH1_NEW "now 1001",
                                   LAN ETH1 "now 1002", LAN "now 1003", LAN "now 6404" };
  const char *const shares[][2] = {
    { "active*| " EXTENDED " *" },
    { "active*| ipv6-extended=2001:db8:a::/64;2001:db8:9::/64; *| ipv6-mode=3 *" },
    { "active*| ipv6-extended=2001:db8:9::/64;2001:db8:a::/64; *| ipv6-mode=3 *" },
    { "waiting*| ipv6-extended=2001:db8:9::/64;2001:db8:a::/64; *| ipv6-mode=1 *" },
    { "waiting*| ipv6-mode=1 *" },
  };
  g_autoptr (CsPlan) before = NULL;
  g_autoptr (CsPlan) other
      = plan_in ("lan1 via eth1 ipv6=extended", "link lan1;" ETH1, NULL);
  CsCidr first = { 0 };

  for (gsize i = 0; i < G_N_ELEMENTS (networks); i++)
    {
      g_autoptr (CsPlan) plan
          = plan_in ("lan0 via eth1 ipv6=extended", networks[i], before);

      plan_assert (plan, shares[i]);
      if (i == 0)
        first = global_network (plan, 0);
      else if (i == 2)
        g_assert_true (cs_cidr_equal (first, global_network (plan, 0)));
      g_clear_pointer (&before, cs_plan_unref);
      before = g_steal_pointer (&plan);
    }
  g_assert_cmpuint (((CsSharePlan *)before->shares->pdata[0])->ipv6.extended->len, ==, 0);
  g_assert_true (cs_cidr_overlaps (first, global_network (other, 0)));
  g_assert_false (cs_cidr_equal (first, global_network (other, 0)));
}

/* Each LAN has its own /64, the same whoever came before it is gone. */
static void
test_several_lans (void)
{
  const char *network = "link lan0; link lan1; link lan2;" PPP0_PD;
  const char *requests = "lan0 via ppp0; lan1 via ppp0; lan2 via ppp0";
  g_autoptr (CsPlan) plan = plan_in (requests, network, NULL);
  g_autoptr (CsPlan) later = plan_in ("lan1 via ppp0; lan2 via ppp0", network, plan);
  g_autoptr (CsPlan) rebooted = plan_in (requests, network, NULL);

  for (guint i = 0; i < 3; i++)
    {
      g_assert_true (
          cs_cidr_equal (global_network (plan, i), global_network (rebooted, i)));
      for (guint k = 0; k < i; k++)
        g_assert_false (
            cs_cidr_overlaps (global_network (plan, i), global_network (plan, k)));
    }
  g_assert_true (cs_cidr_equal (global_network (plan, 1), global_network (later, 0)));
  g_assert_true (cs_cidr_equal (global_network (plan, 2), global_network (later, 1)));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan-ipv6/modes", test_modes);
  g_test_add_func ("/plan-ipv6/changes", test_changes);
  g_test_add_func ("/plan-ipv6/restless", test_restless);
  g_test_add_func ("/plan-ipv6/alone", test_alone);
  g_test_add_func ("/plan-ipv6/extended", test_extended);
  g_test_add_func ("/plan-ipv6/several-lans", test_several_lans);
  return g_test_run ();
}
