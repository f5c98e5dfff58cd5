/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Planning again, with a plan in force: what stays, what moves, what is carried on. */
#include "plans.h"

#define PPP0 \
  "link ppp0 ppp ptp index=9 mtu=1492 addr=10.64.0.9/32>10.64.64.64 dns=192.0.2.53;"
#define ETH1 \
  "link eth1 index=5 addr=192.0.2.2/24 gw=192.0.2.1; route 192.0.2.0/24 dev eth1;" \
  "route default dev eth1 via 192.0.2.1 metric 100;"
#define UUID "2b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11"

/* What is in force stays as long as it is right. */
static void
test_two_passes (void)
{
  static const struct
  {
    const char *requests_before;
    const char *network_before;
    const char *requests;
    const char *network;
    const char *shares[4];
  } rows[] = {
    /* a better network gets free: no move */
    { "lan0 via ppp0",
      "link lan0; link eth2 addr=192.168.137.9/24;" PPP0,
      "lan0 via ppp0",
      "link lan0 addr=192.168.138.1/24;" PPP0,
      { "active*| address=192.168.138.1/24 *| found-address=false *" } },
    /* the uplink comes with the LAN's network: the LAN moves, unless by hand */
    { "lan0 via eth2",
      "link lan0;",
      "lan0 via eth2",
      "link lan0 addr=192.168.137.1/24;"
      "link eth2 addr=192.168.137.9/24 gw=192.168.137.1;",
      { "active*| address=192.168.138.1/24 *" } },
    { "lan0 via eth2 address=192.168.137.1/24",
      "link lan0;",
      "lan0 via eth2 address=192.168.137.1/24",
      "link lan0 addr=192.168.137.1/24; link eth2 addr=192.168.137.9/24 gw=192.168.137.1",
      { "failed address-conflict:*192.168.137.9/24 of eth2* | lan=lan0 | lan-ifindex=2 | "
        "uplink-ifindex=0 | uplink-mtu=0 | uplink-addresses= | lan-method=0 | subnets= | "
        "closed=true | table=13700 | routes= | *" } },
    /* it is closed, and returns as what it was */
    { "lan0 via ppp0 address=192.0.2.1/24",
      "link lan0 managed; link eth2 addr=192.0.2.9/24;" PPP0,
      "lan0 via ppp0 address=192.0.2.1/24",
      "link lan0 managed uuid=" UUID "; rule 13700;" PPP0,
      { "active*| lan-method=2 | address=192.0.2.1/24 *| closed=false | table=13700 *| "
        "found-connection=" UUID " *" } },
    /* the oldest share of an uplink has the rule for it, and leaves it to the next */
    { "lan0 via ppp0; lan1 via ppp0; lan2 via eth1",
      "link lan0; link lan1; link lan2;" PPP0 ETH1,
      "lan0 via ppp0; lan1 via ppp0; lan2 via eth1",
      "link lan0; link lan1; link lan2;" PPP0 ETH1,
      { "active*| uplink-led=false *", "active*| uplink-led=true *",
        "active*| uplink-led=false *" } },
    { "lan0 via ppp0; lan1 via ppp0; lan2 via ppp0",
      "link lan0; link lan1; link lan2;" PPP0,
      "lan1 via ppp0; lan2 via ppp0",
      "link lan0; link lan1; link lan2;" PPP0,
      { "active*| uplink-led=false *", "active*| uplink-led=true *" } },
    { "lan0 via ppp0; lan1 via ppp0",
      "link lan0 managed uuid=" UUID " ours; link lan1;" PPP0,
      "lan0 via ppp0; lan1 via ppp0",
      "link lan0 managed uuid=" UUID "; link lan1;" PPP0,
      { "waiting*", "active*| uplink-led=false *" } },
    /* what it leaves stays guarded for one plan: a network that it moves away from ... */
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0 address=10.1.0.1/24",
      "link lan0 addr=192.168.137.1/24;" PPP0,
      { "active*| left-networks=192.168.137.0/24; | host-forwards=false *" } },
    { "lan0 via ppp0 address=10.1.0.1/24",
      "link lan0 managed;" PPP0,
      "lan0 via ppp0 address=10.1.0.1/25",
      "link lan0 managed ours addr=10.1.0.1/24;" PPP0,
      { "active*| left-networks= *" } },
    /* ... one that the user takes, or that is in conflict ... */
    { "lan0 via ppp0",
      "link lan0 managed;" PPP0,
      "lan0 via ppp0",
      "link lan0 managed uuid=" UUID ";" PPP0,
      { "waiting lan-taken:*| left-networks=192.168.137.0/24; | left-uplink=ppp0 *" } },
    { "lan0 via ppp0 address=10.2.0.1/16",
      "link lan0;" PPP0,
      "lan0 via ppp0 address=10.2.0.1/16",
      "link lan0 addr=10.2.0.1/16; link eth2 addr=10.2.1.1/24;" PPP0,
      { "failed address-conflict:*| former-uplinks=ppp0; *| left-networks=10.2.0.0/16; "
        "| left-uplink=ppp0 *" } },
    /* ... and an uplink that is still there */
    { "lan0 via eth1",
      "link lan0;" ETH1 PPP0,
      "lan0 via ppp0",
      "link lan0 addr=192.168.137.1/24;" ETH1 PPP0,
      { "active*| former-uplinks=eth1; *| left-networks= | left-uplink=eth1 | *" } },
    { "lan0 via eth1",
      "link lan0;" ETH1 PPP0,
      "lan0 via ppp0",
      "link lan0 addr=192.168.137.1/24;" PPP0,
      { "active*| left-networks= | host-forwards=false | *" } },
    /* the uplink before is remembered */
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0",
      "link lan0 addr=192.168.137.1/24;",
      { "waiting*| former-uplinks=ppp0; | former-addresses=10.64.0.9/32; | *" } },
    /* what somebody else has switched for the whole host is not put back */
    { "lan0 via ppp0",
      "link lan0 fwd=0; link ppp0 ptp fwd=0 addr=10.64.0.9/32>10.64.64.64;",
      "lan0 via ppp0",
      "forwards; link lan0 addr=192.168.137.1/24 fwd=1;"
      "link ppp0 ptp fwd=1 addr=10.64.0.9/32>10.64.64.64;",
      { "active*| host-forwards=true *| found-address=false |" } },
    { "lan0 via ppp0",
      "forwards; link lan0 fwd=1; link ppp0 ptp fwd=1 addr=10.64.0.9/32>10.64.64.64;",
      "lan0 via ppp0",
      "link lan0 addr=192.168.137.1/24 fwd=0;"
      "link ppp0 ptp fwd=0 addr=10.64.0.9/32>10.64.64.64;",
      { "active*| host-forwards=false *| found-lan-forwarding=0 | "
        "found-uplink-forwarding=0 |" } },
    /* set by the first share, and still needed by the second */
    { "lan0 via ppp0",
      "forwards; translates; link lan0; link lan1; link ppp0 ptp addr=10.0.0.1/30;",
      "lan0 via ppp0; lan1 via ppp0",
      "forwards; translates; valid-marks; link lan0; link lan1;"
      "link ppp0 ptp addr=10.0.0.1/30;",
      { "active*| found-src-valid-mark=0 |", "active*| found-src-valid-mark=0 |" } },
    /* its rules are by name */
    { "lan0 via auto; lan1 via auto",
      "link lan0; link lan1; link ppp0 ptp index=9 addr=10.64.0.9/32>10.64.64.64; route "
      "default dev ppp0;",
      "lan0 via auto; lan1 via auto",
      "link lan0; link lan1; link ppp9 ptp index=9 addr=10.64.0.9/32>10.64.64.64; route "
      "default dev ppp9;",
      { "active*| uplink=ppp9 *| uplink-led=false *",
        "active*| uplink=ppp9 *| uplink-led=false *" } },
    /* an uplink becomes a LAN when the older share has left it, not before */
    { "lan0 via eth1",
      "link lan0;" ETH1 PPP0,
      "lan0 via ppp0; eth1 via ppp0 force",
      "link lan0;" ETH1 PPP0,
      { "active*| uplink=ppp0 *",
        "failed not-suitable: eth1 is the uplink of the share of lan0*" } },
    /* a LAN that cannot be one is none of its business */
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0",
      "link br0 bridge; link lan0 master=br0;" PPP0,
      { "failed not-suitable:*" } },
    /* somebody adds an address of the same network to the LAN: not our business */
    { "lan0 via ppp0 address=10.1.0.1/24",
      "link lan0;" PPP0,
      "lan0 via ppp0 address=10.1.0.1/24",
      "link lan0 addr=10.1.0.1/24 addr=10.1.0.9/24;" PPP0,
      { "active*| address=10.1.0.1/24 *| found-address=false *" } },
    /* another by hand */
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0 address=10.1.0.1/24",
      "link lan0 addr=192.168.137.1/24 addr=10.1.0.1/24;" PPP0,
      { "active*| address=10.1.0.1/24 *| found-address=true *" } },
    /* from then on the LAN is left alone, without what it had from the share */
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0 keep-lan",
      "link lan0 addr=192.168.137.1/24; route 192.168.137.0/24 dev lan0 src "
      "192.168.137.1;" PPP0,
      { "waiting lan-without-address:*| subnets= *| routes=0.0.0.0/0 *" } },
    { "lan0 via ppp0",
      "link lan0 addr=10.0.0.1/24;" PPP0,
      "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24 addr=192.168.137.1/24;"
      "route 192.168.137.0/24 dev lan0 src 192.168.137.1;"
      "route 10.0.0.0/24 dev lan0 src 10.0.0.1; route 10.7.0.0/24 dev lan0 via "
      "10.0.0.9;" PPP0,
      { "active*| subnets=10.0.0.0/24;10.7.0.0/24; *| routes=10.0.0.0/24 *10.7.0.0/24 "
        "*" } },
    /* what of its networks the host reaches elsewhere stays there */
    { "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24;" PPP0,
      "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24; link eth5 addr=10.7.0.1/24;"
      "route 10.0.0.0/8 dev lan0; route 10.7.0.0/24 dev eth5; route 10.7.0.0/28 dev "
      "eth5;" PPP0,
      { "active*| subnets=10.0.0.0/8; *| elsewhere=10.7.0.0/24; | *" } },
    /* each but once: by two ways, and a larger one that comes later */
    { "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24;" PPP0,
      "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24; link eth5 addr=10.7.0.1/24; link eth6 "
      "addr=10.7.0.2/24;"
      "route 10.0.0.0/8 dev lan0; route 10.7.0.0/28 dev eth5; route 10.7.0.0/24 dev "
      "eth5; route 10.7.0.0/24 dev eth6;" PPP0,
      { "active*| subnets=10.0.0.0/8; *| elsewhere=10.7.0.0/24; | *" } },
    /* but with all that it had before */
    { "lan0 via ppp0 address=10.0.0.1/24",
      "link lan0 addr=10.0.0.1/24;" PPP0,
      "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24; route 10.0.0.0/24 dev lan0 src 10.0.0.1;" PPP0,
      { "active*| subnets=10.0.0.0/24; *| routes=10.0.0.0/24 *" } },
    /* a younger share's network is not for an older one */
    { "lan1 via ppp0",
      "link lan1;" PPP0,
      "lan0 via ppp0; lan1 via ppp0",
      "link lan0; link lan1 addr=192.168.137.1/24; rule 13700;" PPP0,
      { "active*| address=192.168.138.1/24 *| table=13701 *",
        "active*| address=192.168.137.1/24 *| table=13700 *" } },
    { "lan1 via ppp0",
      "link lan1;" PPP0,
      "lan0 via ppp0 address=192.168.137.1/24; lan1 via ppp0",
      "link lan0; link lan1;" PPP0,
      { "failed address-conflict:*the share of lan1*", "active*" } },
    /* the method is kept while the device is there */
    { "lan0 via ppp0",
      "link lan0 managed uuid=" UUID ";" PPP0,
      "lan0 via ppp0",
      "link lan0; no-nm;" PPP0,
      { "active*| lan-method=2 *| found-connection=" UUID " *" } },
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0",
      "link lan0 managed uuid=" UUID ";" PPP0,
      { "active*| lan-method=3 *| dns=192.0.2.53; | lan-taken=0 | "
        "found-link-down*" } },
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0",
      "link lan0 index=20 managed uuid=" UUID ";" PPP0,
      { "active*| lan-ifindex=20 *| lan-method=2 *| found-connection=" UUID " *" } },
    { "lan0 via ppp0",
      PPP0,
      "lan0 via ppp0",
      "link lan0 managed;" PPP0,
      { "active*| lan-method=2 *" } },
    { "lan0 via ppp0",
      "link lan0 managed uuid=" UUID " fwd=0;" PPP0,
      "lan0 via ppp0",
      PPP0,
      { "waiting lan-missing:*| address=192.168.137.1/24 *| found-address=false | "
        "found-uplink-forwarding=0 |" } },
    /* what was found is carried on */
    { "lan0 via ppp0",
      "link lan0 down fwd=0;" PPP0,
      "lan0 via ppp0",
      "link lan0 fwd=1 addr=192.168.137.1/24;" PPP0,
      { "active*| found-link-down=true | found-address=false | found-lan-forwarding=0 "
        "*" } },
    { "lan0 via ppp0",
      "link lan0; link ppp0 ptp addr=10.0.0.1/30 fwd=0 rp=1/1",
      "lan0 via ppp0",
      "link lan0; link ppp0 ptp addr=10.0.0.1/30 fwd=1 rp=2/2",
      { "active*| found-uplink-forwarding=0 | found-uplink-rp-filter=1 |" } },
    /* and handed on to another share of that uplink */
    { "lan0 via ppp0",
      "link lan0; link lan1; link ppp0 ptp addr=10.0.0.1/30 rp=1/1",
      "lan1 via ppp0",
      "link lan0 fwd=1; link lan1; link ppp0 ptp addr=10.0.0.1/30 fwd=1 rp=2/2",
      { "active*| found-lan-forwarding=0 | found-uplink-forwarding=0 | "
        "found-uplink-rp-filter=1 |" } },
    { "lan0 via eth1",
      "link lan0;" ETH1,
      "eth1 via ppp0",
      "link lan0; link eth1 index=5 fwd=1;" PPP0,
      { "active*| found-lan-forwarding=0 *" } },
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan1 via lan0",
      "link lan0 fwd=1 addr=10.0.0.1/24 gw=10.0.0.2; link lan1",
      { "active*| found-uplink-forwarding=0 *" } },
    /* a new device has nothing of ours */
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0",
      "link lan0 index=30 fwd=1; link ppp0 ptp index=31 addr=10.0.0.1/30 fwd=1",
      { "active*| lan-ifindex=30 | uplink-ifindex=31 *| found-address=false |" } },
    /* somebody switched it off since: found anew */
    { "lan0 via ppp0",
      "link lan0 fwd=1;" PPP0,
      "lan0 via ppp0",
      "link lan0 fwd=0;" PPP0,
      { "active*| found-lan-forwarding=0 *" } },
    /* dnsmasq is not restarted without need */
    { "lan0 via ppp0",
      "link lan0; port 251;" PPP0,
      "lan0 via ppp0",
      "link lan0;" PPP0,
      { "active*| dns-port=251 *" } },
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0",
      "link lan0; port 251;" PPP0,
      { "active*| dns-port=249 *" } },
    { "lan0 via ppp0",
      "port 251;" PPP0,
      "lan0 via ppp0",
      "link lan0;" PPP0,
      { "active*| dns-port=249 *" } },
    /* it could not be had at some address; or comes from an earlier version */
    { "lan0 via ppp0",
      "link lan0; port 251;" PPP0,
      "lan0 via ppp0",
      "link lan0; port 252; refused 251;" PPP0,
      { "active*| dns-port=252 *" } },
    { "lan0 via ppp0",
      "link lan0; port 53;" PPP0,
      "lan0 via ppp0",
      "link lan0;" PPP0,
      { "active*| dns-port=249 *" } },
    { "lan0 via ppp0",
      "link lan0; port 10053;" PPP0,
      "lan0 via ppp0",
      "link lan0;" PPP0,
      { "active*| dns-port=249 *" } },
    { "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/24;" PPP0,
      "lan0 via ppp0",
      "link lan0 addr=10.0.0.1/24; port 251;" PPP0,
      { "active*| dns-port=251 *" } },
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via ppp0",
      "link lan0",
      { "waiting*| lan-mtu=1492 *" } },
    { "lan0 via ppp0",
      "link lan0;" PPP0,
      "lan0 via eth1",
      "link lan0;" ETH1,
      { "active*| lan-mtu=0 *" } },
    /* a default route on the LAN: refused at first, borne later */
    { "eth1 via ppp0",
      "link eth1 index=5;" PPP0,
      "eth1 via ppp0",
      ETH1 PPP0,
      { "active*" } },
    { "eth1 via ppp0",
      "link eth1 index=4;" PPP0,
      "eth1 via ppp0",
      ETH1 PPP0,
      { "failed not-suitable:*" } },
    /* after a failure it begins anew */
    { "lan0 via ppp0 address=10.64.0.1/24",
      "link lan0 fwd=1;" PPP0,
      "lan0 via ppp0",
      "link lan0;" PPP0,
      { "active*| address=192.168.137.1/24 *| found-lan-forwarding=0 *" } },
    /* the table is kept, whoever uses it by now */
    { "lan1 via ppp0; lan0 via ppp0",
      "link lan0; link lan1;" PPP0,
      "lan0 via ppp0",
      "link lan0; rule 13701; route default dev lan0 table 13701;" PPP0,
      { "active*| address=192.168.138.1/24 *| table=13701 *" } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) before = NULL;
      g_autoptr (CsPlan) plan = NULL;

      g_test_message ("%s in %s, then %s in %s", rows[i].requests_before,
                      rows[i].network_before, rows[i].requests, rows[i].network);
      before = plan_in (rows[i].requests_before, rows[i].network_before, NULL);
      plan = plan_in (rows[i].requests, rows[i].network, before);
      plan_assert (plan, rows[i].shares);
    }
}

/* A share that is not in force, but in part, may have changed the host already: one that
 * is planned meanwhile needs what it found. */
static void
test_found_by_one_under_way (void)
{
  static const struct
  {
    const char *requests;
    const char *before;
    const char *after;
    const char *found;
  } rows[] = {
    { "lan0 via ppp0; lan1 via ppp0",
      "link lan0 fwd=0; link lan1; link ppp0 ptp addr=10.0.0.1/30 fwd=0 rp=1/1;",
      "link lan0 fwd=1; link lan1; link ppp0 ptp addr=10.0.0.1/30 fwd=1 rp=2/2;",
      "active*| uplink-sealed=true *| found-lan-forwarding=0 | "
      "found-uplink-forwarding=0 | found-uplink-rp-filter=1 |" },
    { "lan0 via ppp0; lan1 via ppp0",
      "forwards; translates; link lan0; link lan1; link ppp0 ptp addr=10.0.0.1/30;",
      "forwards; translates; valid-marks; link lan0; link lan1;"
      "link ppp0 ptp addr=10.0.0.1/30;",
      "active*| found-src-valid-mark=0 |" },
  };

  for (gsize i = 0; i < 2 * G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) before
          = plan_in (rows[i / 2].requests, rows[i / 2].before, NULL);
      g_autoptr (CsPlan) previous = cs_plan_new_empty ();
      g_autoptr (CsPlan) plan = NULL;
      g_autofree char *summary = NULL;

      g_test_message ("%s in %s", rows[i / 2].requests, rows[i / 2].after);
      previous->begun
          = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_share_plan_unref);
      g_ptr_array_add (previous->begun, cs_share_plan_ref (before->shares->pdata[0]));
      if (i % 2 == 1)
        cs_plan_drop_begun (previous, "lan0");
      plan = plan_in (rows[i / 2].requests, rows[i / 2].after, previous);
      summary = plan_summary (plan->shares->pdata[1]);
      g_test_message ("%s", summary);
      g_assert_true (g_pattern_match_simple (rows[i / 2].found, summary));
    }
}

/* A pass without cause changes nothing, whatever our steps have done to the network. */
static void
test_fixed_point (void)
{
  static const struct
  {
    const char *requests;
    const char *before;
    const char *after;
  } rows[] = {
    { "lan0 via ppp0", "link lan0;" PPP0,
      "link lan0 addr=192.168.137.1/24 fwd=1; link ppp0 ppp ptp index=9 mtu=1492 fwd=1 "
      "addr=10.64.0.9/32>10.64.64.64 dns=192.0.2.53; rule 13700;"
      "route 192.168.137.0/24 dev lan0 src 192.168.137.1;"
      "route default dev ppp0 via 10.64.64.64 onlink table 13700;"
      "unreachable default table 13700" },
    { "lan0 via eth1 address=10.1.0.1/24", "link lan0 managed uuid=" UUID ";" ETH1,
      "link lan0 managed ours shared uuid=3b6a5b1e-32b6-4a43-8bd7-4a7d9e4d2c11 "
      "addr=10.1.0.1/24 fwd=1; route 10.1.0.0/24 dev lan0; link eth1 index=5 fwd=1 "
      "addr=192.0.2.2/24 gw=192.0.2.1; route 192.0.2.0/24 dev eth1 metric 7;"
      "route default dev eth1 via 192.0.2.1 metric 700;"
      "route default dev eth1 via 192.0.2.1 table 13700" },
    { "lan0 via ppp0 keep-lan",
      "link lan0 addr=10.0.0.1/16; route 10.0.0.0/16 dev lan0;" PPP0,
      "link lan0 addr=10.0.0.1/16 fwd=1; route 10.0.0.0/16 dev lan0;"
      "route 10.0.0.0/16 dev lan0 table 13700; rule 13700;" PPP0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autoptr (CsPlan) before = plan_in (rows[i].requests, rows[i].before, NULL);
      g_autoptr (CsPlan) after = plan_in (rows[i].requests, rows[i].after, before);
      g_autofree char *old = plan_summary (before->shares->pdata[0]);
      g_autofree char *new = plan_summary (after->shares->pdata[0]);

      g_assert_cmpstr (old, ==, new);
      g_assert_true (
          cs_share_plan_equal (before->shares->pdata[0], after->shares->pdata[0]));
    }
}

/* All uplinks that the share has had are remembered, whatever came between. */
static void
test_former_uplinks (void)
{
  static const char *const rows[][2] = {
    { PPP0, "*| former-addresses= | *" },
    { ETH1, "*| former-uplinks=ppp0; | former-addresses=10.64.0.9/32; | *" },
    { "",
      "*| former-uplinks=eth1;ppp0; | former-addresses=192.0.2.2/32;10.64.0.9/32; | *" },
    { ETH1, "*| former-uplinks=ppp0; | former-addresses=10.64.0.9/32; | *" },
    { "link ppp0 ptp index=10 addr=10.64.0.7/32>10.64.64.64; route default dev ppp0;",
      "*| former-uplinks=eth1;ppp0; | former-addresses=192.0.2.2/32;10.64.0.9/32; | *" },
    { PPP0, "*| former-uplinks=ppp0;eth1; | former-addresses=10.64.0.7/32;192.0.2.2/32; "
            "| *" },
  };
  g_autoptr (CsPlan) plan = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *network = g_strconcat ("link lan0;", rows[i][0], NULL);
      g_autoptr (CsPlan) before = g_steal_pointer (&plan);
      g_autofree char *summary = NULL;

      plan = plan_in ("lan0 via eth1,ppp0", network, before);
      summary = plan_summary (plan->shares->pdata[0]);
      if (!g_pattern_match_simple (rows[i][1], summary))
        g_error ("row %u: %s", (guint)i, summary);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/replan/two-passes", test_two_passes);
  g_test_add_func ("/replan/found-by-one-under-way", test_found_by_one_under_way);
  g_test_add_func ("/replan/fixed-point", test_fixed_point);
  g_test_add_func ("/replan/former-uplinks", test_former_uplinks);
  return g_test_run ();
}
