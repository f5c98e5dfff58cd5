/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Requests and a network in, plans out. */
#include "network.h"
#include "plans.h"

#include "core/plan/suitable.h"
#include "dbus/errors.h"

#include <string.h>

#define PPP0 \
  "link ppp0 ppp ptp index=9 mtu=1492 addr=10.64.0.9/32>10.64.64.64 dns=192.0.2.53;"
#define ETH1 \
  "link eth1 index=5 addr=192.0.2.2/24 gw=192.0.2.1; route 192.0.2.0/24 dev eth1;" \
  "route default dev eth1 via 192.0.2.1 metric 100;"
#define UUID "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11"

static void
test_one_pass (void)
{
  static const struct
  {
    const char *requests;
    const char *network;
    const char *shares[3];
  } rows[] = {
    { "", PPP0, { NULL } },
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      { "active none: lan0 is shared via ppp0 | lan=lan0 | uplink=ppp0 | "
        "lan-ifindex=2 | uplink-ifindex=9 | uplink-mtu=1492 | "
        "uplink-addresses=10.64.0.9/32; | lan-method=3 | "
        "address=192.168.137.1/24 | subnets=192.168.137.0/24; | closed=false | "
        "table=13700 | "
        "routes=0.0.0.0/0 10.64.64.64 0.0.0.0 0 9 1 13700; | uplink-led=false | "
        "uplink-sealed=true | elsewhere= | former-addresses= | left-networks= | "
        "host-forwards=false | publishes=false | displaced=0 | "
        "host-name=desk | domain=lan | limit-month=0 | max-clients=0 | maps=false | "
        "upnp=false | "
        "metered=false | "
        "dns-port=249 | lan-mtu=1492 | dns=192.0.2.53; | lan-taken=0 | "
        "found-link-down=false | "
        "found-address=false | "
        "found-lan-forwarding=0 | found-uplink-forwarding=0 |" } },

    /* a limit, until it is reached; then there is no uplink, and none is dialled */
    { "lan0 via ppp0 limit=10",
      "link lan0;" PPP0 "used lan0 8 8;",
      { "active none: lan0 is shared via ppp0 | * limit=10000000 | limit-month=0 |*" } },
    { "lan0 via ppp0 limit=10",
      "link lan0;" PPP0 "used lan0 9 0;",
      { "active none: lan0 is shared via ppp0; nine tenths of its limit of 10 MB are "
        "used "
        "|*" } },
    { "lan0 via ppp0 limit=10",
      "link lan0;" PPP0 "used lan0 10 0; used lan1 0 0;",
      { "waiting data-limit: the clients of lan0 have used its limit of 10 MB; sharing "
        "resumes when the limit is raised or dropped | lan=lan0 | lan-ifindex=2 |* "
        "address=192.168.137.1/24 |* routes= |*" } },
    { "lan0 via ppp0 limit=10; lan1 via ppp0",
      "link lan0; link lan1;" PPP0 "used lan0 10 0; used lan1 20 20;",
      { "waiting data-limit: *", "active none: lan1 is shared via ppp0 |*" } },
    { "lan0 via line limit=10",
      "link lan0; profile line " UUID " down; used lan0 10 0;",
      { "waiting data-limit: *| lan-mtu=0 | lan-taken=0 |*" } },
    { "lan0 via ppp0 limit=1500 limit-period=month",
      "link lan0; month 2026 12;" PPP0 "used lan0 9000 1500;",
      { "waiting data-limit: the clients of lan0 have used its limit of 1.5 GB in each "
        "month; sharing resumes on 2027-01-01, or when the limit is raised or dropped "
        "|*" } },
    { "lan0 via ppp0 limit=1500 limit-period=month",
      "link lan0; month 2026 12;" PPP0 "used lan0 9000 1;",
      { "active none: lan0 is shared via ppp0 |* limit-month=24323 |*" } },
    { "lan0 via ppp0 limit=10", "used lan0 10 0;" PPP0, { "waiting lan-missing: *" } },

    /* another program's rule leads what is for clients elsewhere */
    { "lan0 via ppp0",
      "link lan0; link wg0;" PPP0 "astray lan0 wg0 52;",
      { "waiting answers-astray: packets to clients of lan0 leave by wg0: another "
        "program's policy rule comes first and leads to table 52 |*" } },
    { "lan0 via ppp0",
      "link lan0; link lan1; link wg0;" PPP0 "astray lan1 wg0 52;",
      { "active*" } },
    { "lan0 via ppp0",
      "link lan0; link wg0;" PPP0 "astray lan0 wg0 52 from-clients;",
      { "waiting clients-astray: packets from clients of lan0 leave by wg0: another "
        "program's policy rule comes first and leads to table 52 |*" } },

    /* the LAN's method, and what is found on it */
    { "lan0 via ppp0",
      "link lan0 managed fwd=1 con=Home uuid=" UUID ";" PPP0,
      { "active*| lan-method=2 *| found-connection=" UUID " | found-link-down=false | "
        "found-address=false | found-uplink-forwarding=0 |" } },
    { "lan0 via ppp0",
      "link lan0 managed ours shared uuid=" UUID ";" PPP0,
      { "active*| lan-method=2 *| dns=192.0.2.53; | lan-taken=0 | "
        "found-link-down*" } },
    { "lan0 via ppp0",
      "link lan0 external uuid=" UUID ";" PPP0,
      { "active*| lan-method=3 *| dns=192.0.2.53; | lan-taken=0 | "
        "found-link-down*" } },
    { "lan0 via ppp0",
      "link lan0 down addr=192.168.137.1/24; route 192.168.137.0/24 dev lan0;" PPP0,
      { "active*| lan-method=3 | address=192.168.137.1/24 *| found-link-down=true | "
        "found-address=true *" } },
    { "lan0 via ppp0",
      PPP0,
      { "waiting lan-missing: lan0 does not exist | lan=lan0 | uplink=ppp0 | "
        "lan-ifindex=0 *| lan-method=0 | address=192.168.137.1/24 *" } },
    { "lan0 via ppp0",
      "link lan0 fwd=1; link ppp0 ptp addr=10.0.0.1/30 fwd=1 rp=2/0",
      { "active*| found-address=false |" } },

    /* the uplink */
    { "lan0 via ppp0",
      "link lan0",
      { "waiting uplink-missing: ppp0 does not exist | lan=lan0 | lan-ifindex=2 | "
        "uplink-ifindex=0 | uplink-mtu=0 | uplink-addresses= | lan-method=3 | "
        "address=192.168.137.1/24 | subnets=192.168.137.0/24; | closed=false | "
        "table=13700 | routes= | uplink-led=false | uplink-sealed=false | elsewhere= | "
        "former-addresses= | left-networks= | host-forwards=false | publishes=false | "
        "displaced=0 | "
        "host-name=desk | domain=lan | limit-month=0 | max-clients=0 | maps=false | "
        "upnp=false | "
        "metered=false | "
        "dns-port=249 | lan-mtu=0 | lan-taken=0 | found-link-down=false "
        "| found-address=false | found-lan-forwarding=0 |" } },
    { "lan0 via eth1",
      "link lan0; link eth1 unplugged",
      { "waiting uplink-down: eth1 has no link | lan=lan0 | lan-ifindex=2 *" } },
    /* others' policy rules: ours stand before them */
    { "lan0 via eth1", "link lan0;" ETH1 "front 5004", { "active*| displaced=0 *" } },
    { "lan0 via eth1", "link lan0;" ETH1 "front 5003", { "active*| displaced=1 *" } },
    { "lan0 via eth1", "link lan0;" ETH1 "front 4997", { "active*| displaced=7 *" } },
    { "lan0 via eth1", "link lan0;" ETH1 "front 6", { "active*| displaced=4998 *" } },
    { "lan0 via eth1", "link lan0;" ETH1 "front 5", { "active*| displaced=0 *" } },
    { "lan0 via eth1",
      "link lan0;" ETH1 "front 5; front 10; front 100",
      { "active*| displaced=4904 *" } },
    { "lan0 via eth1",
      "link lan0;" ETH1 "front 1; front 5002",
      { "active*| displaced=2 *" } },
    { "lan0 via eth1",
      "link lan0;" ETH1 "front 1; front 32766",
      { "active*| displaced=0 *" } },
    { "lan0 via eth1 address=192.0.2.200/24",
      "link lan0;" ETH1 "front 4997",
      { "failed*| closed=true *| displaced=7 *" } },
    { "lan0 via auto", "link lan0; no-nm", { "waiting no-primary: *" } },
    { "lan0 via auto", "link lan0;" PPP0 "primary ppp0", { "active*| uplink=ppp0 *" } },
    { "lan0 via auto", "link lan0; no-nm;" ETH1, { "active*| uplink=eth1 *" } },
    { "lan0 via lo",
      "link lan0",
      { "failed not-suitable: lo is the loopback interface* | lan=lan0 | *" } },

    /* strict reverse path filters */
    { "lan0 via ppp0",
      "link lan0; link ppp0 ptp addr=10.0.0.1/30 rp=1/0",
      { "active*| found-uplink-rp-filter=0 |" } },
    { "lan0 via ppp0",
      "link lan0; link ppp0 ptp addr=10.0.0.1/30 rp=1/1",
      { "active*| found-uplink-rp-filter=1 |" } },

    /* what others publish, which needs a host that forwards anyway */
    { "lan0 via eth1",
      "forwards; translates; link lan0;" ETH1,
      { "active*| publishes=true *| found-src-valid-mark=0 |" } },
    { "lan0 via eth1",
      "forwards; translates; valid-marks; link lan0;" ETH1,
      { "active*| publishes=true *| found-uplink-forwarding=0 |" } },
    { "lan0 via eth1",
      "translates; link lan0;" ETH1,
      { "active*| publishes=false *| found-uplink-forwarding=0 |" } },
    { "lan0 via eth1",
      "forwards; link lan0;" ETH1,
      { "active*| publishes=false *| found-uplink-forwarding=0 |" } },

    /* name servers and the clients' MTU */
    { "lan0 via eth1 dns=2001:DB8::53,9.9.9.9",
      "link lan0 mtu=9000; resolv 198.51.100.53;" ETH1,
      { "active*| lan-mtu=1500 | dns=2001:db8::53;9.9.9.9; *" } },
    { "lan0 via eth1 dns=9.9.9.9",
      "link lan0 mtu=1500;" ETH1,
      { "active*| lan-mtu=0 | dns=9.9.9.9; *" } },
    { "lan0 via eth1",
      "link lan0 mtu=9000; resolv 198.51.100.53; port 251;" ETH1,
      { "active*| dns-port=251 | lan-mtu=1500 | dns=198.51.100.53; *" } },
    { "lan0 via eth1",
      "link lan0;" ETH1,
      { "active*| lan-mtu=0 | lan-taken=0 | found-link-down*" } },

    /* addresses */
    { "lan0 via ppp0 address=10.1.0.1/16",
      "link lan0;" PPP0,
      { "active*| address=10.1.0.1/16 | subnets=10.1.0.0/16; *" } },
    { "lan0 via eth1 address=192.0.2.200/24",
      "link lan0;" ETH1,
      { "failed address-conflict: 192.0.2.200/24 cannot be the address of lan0: "
        "192.0.2.2/24 of eth1 is in the way; *" } },
    { "lan0 via ppp0 address=10.1.0.1/24",
      "link lan0 addr=10.1.0.9/24;" PPP0,
      { "failed address-conflict:*10.1.0.9/24 of lan0*" } },
    { "lan0 via ppp0 address=10.1.0.1/24",
      "link lan0 managed addr=10.1.0.9/24;" PPP0,
      { "active*| address=10.1.0.1/24 *" } },
    { "lan0 via ppp0",
      "link lan0; link eth2 addr=192.168.137.77/24;" PPP0,
      { "active*| address=192.168.138.1/24 *" } },
    { "lan0 via ppp0",
      "link lan0; link tun0; route 192.168.0.0/16 dev tun0; route 10.0.0.0/8 dev tun0;"
      "route 172.16.0.0/12 dev tun0;" PPP0,
      { "active none: lan0 is shared via ppp0; its network is part of a route to "
        "192.168.0.0/16 via tun0 |*| address=192.168.137.1/24 *" } },
    { "lan0 via ppp0 address=10.2.3.1/24",
      "link lan0; link tun0; route 10.0.0.0/8 dev tun0;" PPP0,
      { "active none:*a route to 10.0.0.0/8 via tun0 |*| address=10.2.3.1/24 *" } },
    { "lan0 via ppp0 address=10.2.3.1/24",
      "link lan0; link tun0; route 10.0.0.0/8 dev tun0; route 10.2.3.0/24 dev tun0;" PPP0,
      { "failed address-conflict:*a route to 10.2.3.0/24 via tun0*" } },

    /* keep-lan */
    { "lan0 via ppp0 keep-lan",
      PPP0 "link lan0 index=2 managed addr=10.42.0.1/16 addr=169.254.7.7/16 "
           "addr=10.42.7.1/24; route 10.42.0.0/16 dev lan0;"
           "route 10.7.0.0/24 dev lan0 via 10.42.0.9; route 10.6.0.0/15 dev lan0;"
           "route 224.0.0.0/4 dev lan0; route 10.8.0.0/24 dev lan0 table 99;"
           "route default dev ppp0; route default dev lan0 via 10.42.0.9 metric 999;",
      { "active none:*| lan-method=1 | subnets=10.42.0.0/16;10.6.0.0/15; | closed=false "
        "| table=13700 | "
        "routes=10.42.0.0/16 0.0.0.0 0.0.0.0 0 2 0 13700;"
        "10.6.0.0/15 0.0.0.0 0.0.0.0 0 2 0 13700;"
        "10.7.0.0/24 10.42.0.9 0.0.0.0 0 2 0 13700;"
        "0.0.0.0/0 0.0.0.0 0.0.0.0 0 9 0 13700; | uplink-led=false | "
        "uplink-sealed=true | elsewhere= | former-addresses= | left-networks= | "
        "host-forwards=false | publishes=false | displaced=0 | "
        "limit-month=0 | max-clients=0 | maps=false | upnp=false | metered=false | "
        "dns-port=0 | "
        "lan-mtu=0 | "
        "lan-taken=0 | "
        "found-link-down=false | found-address=false | found-lan-forwarding=0 | "
        "found-uplink-forwarding=0 |" } },
    { "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.42.7.1/24 addr=10.42.8.1/24; route 10.42.0.0/16 dev lan0;" PPP0,
      { "active*| subnets=10.42.0.0/16; *" } },
    { "lan0 via ppp0 keep-lan",
      "link lan0;" PPP0,
      { "waiting lan-without-address: lan0 has no IPv4 address*| uplink=ppp0 *| "
        "subnets= *" } },
    { "lan0 via ppp0 keep-lan", PPP0, { "waiting lan-missing:*| lan-method=0 *" } },
    { "wg0 via ppp0 keep-lan",
      "link wg0 vpn ptp addr=10.8.0.1/32>10.8.0.2;" PPP0,
      { "active*| subnets=10.8.0.2/32; *" } },

    /* routing tables */
    { "lan0 via ppp0",
      "link lan0; rule 13700; route default dev lan0 table 13701; rule 13703;" PPP0,
      { "active*| table=13702 *" } },

    /* LANs that cannot be one */
    { "lo via ppp0", PPP0, { "failed not-suitable: lo is the loopback*" } },
    { "lan0 via ppp0",
      "link br0 bridge; link lan0 master=br0;" PPP0,
      { "failed not-suitable: lan0 is a port of the bridge br0; share br0 instead *" } },
    { "lan0 via ppp0",
      "link bond0; link lan0 master=bond0;" PPP0,
      { "failed not-suitable: lan0 is a port of bond0; share bond0 instead *" } },
    { "lan0 via ppp0",
      "link lan0 managed shared con=Hot~spot;" PPP0,
      { "failed not-suitable: NetworkManager itself shares lan0 (profile \"Hot "
        "spot\"*nmcli connection down 'Hot spot' *" } },
    { "lan0 via ppp0",
      "link lan0 managed shared;" PPP0,
      { "failed not-suitable:*nmcli connection down 'lan0' *" } },
    { "eth1 via ppp0",
      ETH1 PPP0,
      { "failed not-suitable: sharing to eth1 would cut off this computer's own "
        "Internet connection |*" } },
    { "eth1 via ppp0 force", ETH1 PPP0, { "active*| lan=eth1 *" } },
    { "eth1 via ppp0",
      ETH1 PPP0 "route default dev ppp0 metric 50",
      { "active*| lan=eth1 *" } },
    { "eth1 via ppp0",
      ETH1 PPP0 "route default dev ppp0 metric 100",
      { "failed not-suitable: sharing to eth1 would cut off*" } },
    { "eth1 via ppp0",
      PPP0 "route default dev ppp0 metric 100;" ETH1,
      { "failed not-suitable: sharing to eth1 would cut off*" } },
    { "eth1 via ppp0",
      PPP0 "route default dev ppp0 metric 200;" ETH1,
      { "failed not-suitable: sharing to eth1 would cut off*" } },
    { "eth1 via ppp0",
      "link eth1 carries=ppp0;" PPP0,
      { "failed not-suitable: sharing to eth1 would end the connection ppp0, which it "
        "carries |*" } },
    { "eth1 via ppp0 force", "link eth1 carries=ppp0;" PPP0, { "active*" } },
    { "ppp0 via eth2",
      "link ppp0 carries=ppp0; link eth2 addr=10.0.0.1/24 gw=10.0.0.2",
      { "active*" } },

    /* a WAN that cannot be one */
    { "lan0 via eth1",
      "link lan0; link br0 bridge; link eth1 master=br0;",
      { "failed not-suitable: eth1 is a port of the bridge br0; share br0 instead *" } },
    { "lan0 via eth1,ppp0",
      "link lan0; link br0 bridge; link eth1 master=br0;" PPP0,
      { "active none: lan0 is shared via ppp0 (2nd choice; eth1 is a port of*" } },

    /* several shares: the older one has it */
    { "lan0 via ppp0; lan1 via ppp0; lan2 via eth1",
      "link lan0; link lan1; link lan2;" ETH1 PPP0,
      { "active*| uplink=ppp0 *| address=192.168.137.1/24 *| table=13700 *",
        "active*| uplink=ppp0 *| address=192.168.138.1/24 *| table=13701 *",
        "active*| uplink=eth1 *| address=192.168.139.1/24 *| table=13702 *" } },
    { "lan0 via ppp0 address=10.1.0.1/16; lan1 via ppp0 address=10.1.2.1/24",
      "link lan0; link lan1;" PPP0,
      { "active*", "failed address-conflict:*10.1.2.1/24*the share of lan0*" } },
    { "lan0 via eth1; eth1 via ppp0 force",
      "link lan0;" ETH1 PPP0,
      { "active*", "failed not-suitable: eth1 is the uplink of the share of lan0*" } },
    { "lan0 via ppp0; lan1 via lan0",
      "link lan0 addr=10.0.0.1/24 gw=10.0.0.2;"
      "link lan1;" PPP0,
      { "active*", "failed not-suitable: lan0 is the LAN of another share*" } },
    { "lan0 via ppp0; lan1 via auto",
      "link lan0 addr=10.0.0.1/24 gw=10.0.0.2;"
      "link lan1; primary lan0;" PPP0,
      { "active*", "waiting no-primary:*lan0, which is a LAN itself *" } },
    { "lo via ppp0; lan0 via ppp0",
      "link lan0;" PPP0,
      { "failed*", "active*| address=192.168.137.1/24 *| table=13700 *" } },
    { "lan0 via ppp0 keep-lan; lan1 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/16; link lan1 addr=10.0.7.1/24;" PPP0,
      { "active*",
        "failed address-conflict: the network 10.0.7.0/24 of lan1 overlaps*lan0*" } },
    { "lan0 via ppp0 keep-lan; lan1 via ppp0",
      "link lan0 addr=192.168.137.1/24; link lan1;" PPP0,
      { "active*", "active*| address=192.168.138.1/24 *" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = NULL;

      g_test_message ("%s in %s", rows[i].requests, rows[i].network);
      plan = plan_in (rows[i].requests, rows[i].network, NULL);
      plan_assert (plan, rows[i].shares);
    }
}

static void
test_errors (void)
{
  static const struct
  {
    const char *requests;
    const char *network;
    CsError code;
  } rows[] = {
    { "lan0 via lo", "link lan0", CS_ERROR_NOT_SUITABLE },
    { "lan0 via a+", "link lan0; link a+;" ETH1, CS_ERROR_INVALID_ARGUMENT },
    { "lan0 via a+,eth1", "link lan0; link a+;" ETH1, CS_ERROR_INVALID_ARGUMENT },
    { "lan0 via eth1 dns=192.168.137.1", "link lan0;" ETH1, CS_ERROR_ADDRESS_CONFLICT },
    { "lan0 via eth1 address=10.1.0.1/16 dns=9.9.9.9,10.1.2.3", "link lan0;" ETH1,
      CS_ERROR_ADDRESS_CONFLICT },
    { "lan0 via eth1 address=192.0.2.200/24", "link lan0;" ETH1,
      CS_ERROR_ADDRESS_CONFLICT },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) plan = plan_in (rows[i].requests, rows[i].network, NULL);
      const CsSharePlan *share = cs_plan_find (plan, "lan0");

      g_assert_error (share->error, CS_ERROR, (int)rows[i].code);
      g_assert_cmpstr (share->error->message, ==, share->message);
      g_assert_null (share->uplink);
      g_assert_cmpuint (share->address.prefix, ==, 0);
    }
}

/* What pickers are told of an interface, beside the shares that there are. */
static void
test_one_more (void)
{
  static const struct
  {
    const char *request;
    const char *summary;
  } rows[] = {
    { "lan1 via auto", "*| address=192.168.138.1/24 *| table=13701 *" },
    { "lan0 via auto", "*| lan=lan0 *| table=13700 *" },
    { "ppp0 via auto", "failed not-suitable: ppp0 is the uplink of the share of lan0*" },
    { "eth1 via auto", "failed not-suitable: sharing to eth1 would cut off*" },
    { "lo via auto", "failed not-suitable: lo is the loopback*" },
  };
  const char *network = "link lan0; link lan1;" ETH1 PPP0;
  g_autoptr (CsSnapshot) snapshot = network_parse (network);
  g_autoptr (GPtrArray) requests = requests_parse ("lan0 via ppp0");
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0", network, NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (GPtrArray) asked = requests_parse (rows[i].request);
      g_autoptr (CsSharePlan) share
          = cs_plan_one_more (plan, requests, asked->pdata[0], snapshot);
      g_autofree char *summary = plan_summary (share);

      g_test_message ("%s", summary);
      g_assert_true (g_pattern_match_simple (rows[i].summary, summary));
      g_assert_cmpuint (plan->shares->len, ==, 1);
    }
}

static void
test_tables_used_up (void)
{
  g_autoptr (GString) network = g_string_new ("link lan0;");
  g_autoptr (CsPlan) plan = NULL;

  for (guint i = 0; i < CS_TABLE_COUNT; i++)
    g_string_append_printf (network, "rule %u;", CS_TABLE_FIRST + i);
  plan = plan_in ("lan0 via ppp0", network->str, NULL);
  plan_assert (plan, (const char *const[]){ "failed failed: all routing tables*", NULL });
  g_assert_error (cs_plan_find (plan, "lan0")->error, CS_ERROR, CS_ERROR_FAILED);
}

static void
test_find (void)
{
  g_autoptr (CsPlan) empty = cs_plan_new_empty ();
  g_autoptr (CsPlan) plan = plan_in ("lan0 via ppp0; lan1 via ppp0", "", NULL);

  g_assert_null (cs_plan_find (empty, "lan0"));
  g_assert_null (cs_plan_find (plan, "lan2"));
  g_assert_true (cs_plan_find (plan, "lan1") == plan->shares->pdata[1]);
}

static void
test_master_gone (void)
{
  g_autoptr (CsSnapshot) snapshot = network_parse ("link lan0");
  CsInterface *lan = (CsInterface *)cs_snapshot_find (snapshot, "lan0");
  g_autoptr (GError) error = NULL;

  lan->master = 77;
  g_assert_false (cs_lan_check (lan, TRUE, snapshot, &error));
  g_assert_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE);
  g_assert_nonnull (strstr (error->message, "a port of another interface"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/plan/one-pass", test_one_pass);
  g_test_add_func ("/plan/errors", test_errors);
  g_test_add_func ("/plan/one-more", test_one_more);
  g_test_add_func ("/plan/tables-used-up", test_tables_used_up);
  g_test_add_func ("/plan/find", test_find);
  g_test_add_func ("/plan/master-gone", test_master_gone);
  return g_test_run ();
}
