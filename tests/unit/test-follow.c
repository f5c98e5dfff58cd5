/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What becomes of a share while the network moves: pass after pass, each with what the
 * one before left in force. */
#include "network.h"
#include "plans.h"

#define PPP0   "link ppp0 ppp ptp index=9 addr=10.64.0.9/32>10.64.64.64 dns=192.0.2.53;"
#define WLAN0  "link wlan0 wifi index=7 addr=192.0.2.2/24 gw=192.0.2.1;"
#define OURS   "link lan0 managed ours uuid=b addr=192.168.137.1/24;"
#define OTHERS "link lan0 managed con=Office uuid=a;"
#define MOBILE "profile Mobile b6b5a0e6-3c0e-4a71-9f5b-2a8b0a4a6a11 "

typedef struct
{
  const char *network;
  const char *share;    /* a pattern for plan_summary () */
  double wake_at;       /* seconds; 0: never */
  gboolean asked_again; /* the user asks for the share again, just before */
} Pass;

typedef struct
{
  const char *name;
  const char *request;
  Pass passes[11];
} Story;

static const Story lan_stories[] = {
  { "/follow/lan/other-profile",
    "lan0 via ppp0",
    { { OTHERS PPP0, "active*| lan-method=2 *| found-connection=a *" },
      { OURS PPP0, "active*| lan-taken=0 | found-connection=a *" },
      { "link lan0 managed con=Home uuid=c;" PPP0,
        "waiting lan-taken: the user activated another connection on lan0; sharing "
        "resumes when it ends |*| lan-ifindex=0 *| lan-method=0 *| lan-taken=1 | "
        "found-link-down=*" },
      { OTHERS PPP0, "waiting lan-taken:*| lan-taken=1 *" },
      /* that connection ends: the LAN is ours again */
      { "link lan0 managed;" PPP0, "active*| lan-method=2 *| lan-taken=0 *" } } },
  { "/follow/lan/disconnected",
    "lan0 via ppp0",
    { { "link lan0 managed;" PPP0, "active*| lan-method=2 *" },
      { OURS PPP0, "active*" },
      { "link lan0 managed disconnected;" PPP0,
        "waiting lan-taken: the user disconnected lan0; share it again to resume |*| "
        "lan-taken=2 *" },
      { "link lan0 managed disconnected;" PPP0, "waiting lan-taken:*| lan-taken=2 *" },
      { .network = "link lan0 managed disconnected;" PPP0,
        .share = "active*| lan-method=2 *",
        .asked_again = TRUE } } },
  { "/follow/lan/asked-for-again",
    "lan0 via ppp0",
    { { OTHERS PPP0, "active*" },
      { OTHERS PPP0, "waiting lan-taken:*" },
      { .network = OTHERS PPP0,
        .share = "active*| lan-method=2 *| lan-taken=0 | found-connection=a *",
        .asked_again = TRUE },
      { OURS PPP0, "active*| found-connection=a *" } } },
  /* of what the user ends only our own counts */
  { "/follow/lan/others-disconnected",
    "lan0 via ppp0",
    { { "link lan0 managed;" PPP0, "active*" },
      { OTHERS PPP0, "waiting lan-taken:*| lan-taken=1 *" },
      { "link lan0 managed disconnected;" PPP0, "active*| lan-taken=0 *" },
      { OURS PPP0, "active*" } } },
  { "/follow/lan/disconnected-then-others",
    "lan0 via ppp0",
    { { "link lan0 managed;" PPP0, "active*" },
      { "link lan0 managed disconnected;" PPP0, "waiting lan-taken:*| lan-taken=2 *" },
      { OTHERS PPP0, "waiting lan-taken:*| lan-taken=1 *" },
      { "link lan0 managed disconnected;" PPP0, "active*| lan-taken=0 *" } } },
  /* what NetworkManager takes by itself, in a gap, is no act of the user; but what the
     user has given to another stays there */
  { "/follow/lan/autoconnect",
    "lan0 via ppp0",
    { { OTHERS PPP0, "active*| found-connection=a *" },
      { "link lan0 managed auto con=Home uuid=c;" PPP0,
        "active*| lan-method=2 *| lan-taken=0 | found-connection=a *" },
      { OTHERS PPP0, "waiting lan-taken:*| lan-taken=1 *" },
      { "link lan0 managed auto con=Office uuid=a;" PPP0,
        "waiting lan-taken:*| lan-taken=1 *" } } },
  /* not available is not failed, and what was found first is not forgotten */
  { "/follow/lan/networking-off",
    "lan0 via ppp0",
    { { OTHERS PPP0, "active*| lan-method=2 *| found-connection=a *" },
      { "link lan0 asleep;" PPP0,
        "waiting lan-unavailable: NetworkManager's networking is off; lan0 is shared "
        "again "
        "when it is back on |*| lan-ifindex=0 *| lan-method=0 *| lan-taken=3 | "
        "found-connection=a *" },
      { "link lan0 asleep;" PPP0, "waiting lan-unavailable:*| found-connection=a *" },
      { "link lan0 managed auto con=Home uuid=c;" PPP0,
        "active*| lan-method=2 *| lan-taken=0 | found-connection=a *" } } },
  { "/follow/lan/networking-off-at-first",
    "lan0 via ppp0",
    { { "link lan0 asleep;" PPP0, "waiting lan-unavailable:*| lan-taken=3 *" },
      { "link lan0 managed;" PPP0, "active*| lan-method=2 *" } } },
  { "/follow/lan/supplicant-restarted",
    "wlan0 via ppp0 passphrase=12345678",
    { { "link wlan0 wifi managed;" PPP0, "active*| lan-method=2 *" },
      { "link wlan0 wifi managed unavailable;" PPP0,
        "waiting lan-unavailable: NetworkManager cannot use wlan0 yet; it is shared as "
        "soon as it can |*| lan-taken=3 *" },
      { "link wlan0 wifi managed;" PPP0, "active*| lan-method=2 *" } } },
  { "/follow/lan/supplicant-starts",
    "wlan0 via ppp0 passphrase=12345678",
    { { "link wlan0 wifi managed unavailable;" PPP0, "waiting lan-unavailable:*" },
      { "link wlan0 wifi managed;" PPP0, "active*| lan-method=2 *" } } },
  { "/follow/lan/radio-off",
    "wlan0 via ppp0 passphrase=12345678",
    { { "link wlan0 wifi managed;" PPP0, "active*| lan-method=2 *" },
      { "link wlan0 wifi managed radio-off;" PPP0,
        "waiting lan-unavailable: Wi-Fi is switched off; wlan0 is shared again when it "
        "is "
        "back on |*" },
      { "link wlan0 wifi managed radio-off;" PPP0, "waiting lan-unavailable:*" },
      { "link wlan0 wifi managed;" PPP0, "active*| lan-method=2 *" } } },
  { "/follow/lan/kept-while-networking-is-off",
    "lan0 via ppp0 keep-lan",
    { { "link lan0 asleep addr=10.1.0.1/24;" PPP0, "active*" } } },
  /* in between two connections there is none, which is not the end of one */
  { "/follow/lan/changing",
    "lan0 via ppp0",
    { { "link lan0 managed;" PPP0, "active*" },
      { "link lan0 managed changing;" PPP0,
        "active*| lan-method=2 *| lan-taken=0 | found-link-down=*" },
      { OTHERS PPP0, "waiting lan-taken:*| lan-taken=1 *" },
      { "link lan0 managed changing;" PPP0, "waiting lan-taken:*| lan-taken=1 *" },
      { OTHERS PPP0, "waiting lan-taken:*| lan-taken=1 *" },
      { "link lan0 managed;" PPP0, "active*| lan-taken=0 *" } } },
  { "/follow/lan/changing-at-first",
    "lan0 via ppp0",
    { { "link lan0 managed changing;" PPP0,
        "active*| lan-method=2 *| lan-taken=0 *" } } },
  /* unplugged, and plugged in again: another device, whatever was on the old one */
  { "/follow/lan/plugged-again",
    "lan0 via ppp0",
    { { "link lan0 managed;" PPP0, "active*" },
      { OTHERS PPP0, "waiting lan-taken:*" },
      { PPP0, "waiting lan-missing: lan0 does not exist |*| lan-taken=0 *" },
      { "link lan0 managed index=20 con=Office uuid=a;" PPP0,
        "active*| lan-ifindex=20 *| lan-method=2 *| found-connection=a *" } } },
  /* a LAN that NetworkManager does not manage, or whose addresses are kept, has no
     profile of ours that somebody could end */
  { "/follow/lan/unmanaged",
    "lan0 via ppp0",
    { { "link lan0;" PPP0, "active*| lan-method=3 *" },
      { OTHERS PPP0, "active*| lan-method=3 *" } } },
  { "/follow/lan/kept",
    "lan0 via ppp0 keep-lan",
    { { "link lan0 managed con=Office uuid=a addr=10.1.0.1/24;" PPP0, "active*" },
      { "link lan0 managed con=Home uuid=c addr=10.2.0.1/24;" PPP0,
        "active*| subnets=10.2.0.0/24; *" },
      { "link lan0 managed disconnected;" PPP0, "waiting lan-without-address:*" } } },
  /* NetworkManager goes and comes */
  { "/follow/lan/no-network-manager",
    "lan0 via ppp0",
    { { "link lan0 managed;" PPP0, "active*| lan-method=2 *" },
      { "link lan0 addr=192.168.137.1/24; no-nm;" PPP0, "active*| lan-method=2 *" },
      { OURS PPP0, "active*| lan-method=2 *" } } },
  /* an uplink with the LAN's network: the LAN moves, and moves no more */
  { "/follow/lan/collision",
    "lan0 via eth2",
    { { OTHERS, "waiting uplink-missing:*| address=192.168.137.1/24 *" },
      { OURS "link eth2 addr=192.168.137.9/24 gw=192.168.137.1;",
        "active*| address=192.168.138.1/24 *| subnets=192.168.138.0/24; *" },
      { OURS, "waiting*| address=192.168.138.1/24 *" } } },
  { "/follow/lan/collision-by-hand",
    "lan0 via eth2 address=192.168.137.1/24",
    { { OTHERS, "waiting uplink-missing:*| address=192.168.137.1/24 *" },
      { OURS "link eth2 addr=192.168.137.9/24 gw=192.168.137.1;",
        "failed address-conflict:*192.168.137.9/24 of eth2*" },
      { OTHERS "link eth2 addr=10.9.0.9/24 gw=10.9.0.1;",
        "active*| address=192.168.137.1/24 *" } } },
};

static const Story uplink_stories[] = {
  { "/follow/uplink/redialed",
    "lan0 via ppp0",
    { { "link lan0;" PPP0, "active none: lan0 is shared via ppp0 |*" },
      { "link lan0;", "waiting uplink-missing: ppp0 does not exist |*" },
      { "link lan0; link ppp0 ppp ptp index=12 addr=10.64.0.77/32>10.64.64.64",
        "active none: lan0 is shared via ppp0 |*| uplink-ifindex=12 *| "
        "uplink-addresses=10.64.0.77/32; *" } } },
  { "/follow/uplink/restless",
    "lan0 via ppp0",
    { { "link lan0; now 10;" PPP0, "active*" },
      { "link lan0; now 10.1; link ppp0 ppp ptp index=9", "waiting uplink-down:*" },
      { "link lan0; now 10.2;" PPP0, "active*" },
      { "link lan0; now 10.3;", "waiting uplink-missing:*" },
      { "link lan0; now 10.4;" PPP0, "active*" },
      { "link lan0; now 10.5;", "waiting uplink-missing:*" },
      { "link lan0; now 10.6;" PPP0,
        "waiting uplink-unstable: the uplink keeps going up and down; sharing resumes "
        "when it has stayed up for a second |*",
        11.6 },
      { "link lan0; now 10.7;", "waiting uplink-unstable:*", 11.6 },
      { "link lan0; now 10.8;" PPP0, "waiting uplink-unstable:*", 11.8 },
      { "link lan0; now 11.8;" PPP0, "active none: lan0 is shared via ppp0 |*" } } },
  { "/follow/uplink/restless-then-gone",
    "lan0 via ppp0",
    { { "link lan0; now 10;" PPP0, "active*" },
      { "link lan0; now 10.1", "waiting uplink-missing:*" },
      { "link lan0; now 10.2;" PPP0, "active*" },
      { "link lan0; now 10.3;", "waiting uplink-missing:*" },
      { "link lan0; now 10.4;" PPP0, "active*" },
      { "link lan0; now 10.5;", "waiting uplink-missing:*" },
      { "link lan0; now 10.6;" PPP0, "waiting uplink-unstable:*", 11.6 },
      { "link lan0; now 10.7;", "waiting uplink-unstable:*", 11.6 },
      { "link lan0; now 11.6;", "waiting uplink-missing: ppp0 does not exist |*" } } },
  { "/follow/uplink/restless-and-asked-for-again",
    "lan0 via ppp0",
    { { "link lan0; now 10;" PPP0, "active*" },
      { "link lan0; now 10.1", "waiting uplink-missing:*" },
      { "link lan0; now 10.2;" PPP0, "active*" },
      { "link lan0; now 10.3;", "waiting uplink-missing:*" },
      { "link lan0; now 10.4;" PPP0, "active*" },
      { "link lan0; now 10.5;", "waiting uplink-missing:*" },
      { "link lan0; now 10.6;" PPP0, "waiting uplink-unstable:*", 11.6 },
      { .network = "link lan0; now 10.7;" PPP0,
        .share = "active*",
        .asked_again = TRUE } } },
  { "/follow/uplink/two-addresses",
    "lan0 via eth1",
    { { "link lan0; link eth1 addr=192.0.2.2/24 addr=192.0.2.3/24 gw=192.0.2.1",
        "active*| uplink-addresses=192.0.2.2/32;192.0.2.3/32; *" } } },
  { "/follow/uplink/profile",
    "lan0 via Mobile",
    { { "link lan0;" MOBILE, "waiting uplink-dialing: connecting \"Mobile\" |*| "
                             "dial=b6b5a0e6-3c0e-4a71-9f5b-2a8b0a4a6a11 *" },
      { "link lan0;" MOBILE "coming",
        "waiting uplink-dialing: connecting \"Mobile\" |*| lan-mtu=0 | lan-taken=*" },
      { "link lan0;" MOBILE "up interface=ppp0;" PPP0,
        "active none: lan0 is shared via ppp0 (Mobile) |*" },
      { "link lan0;" MOBILE "failed=100:no~carrier; now 101",
        "waiting uplink-down: could not connect \"Mobile\": no carrier |*", 160 },
      { "link lan0;" MOBILE "failed=100:no~carrier; now 160",
        "waiting uplink-dialing:*| dial=b6b5a0e6-3c0e-4a71-9f5b-2a8b0a4a6a11 *" },
      { "link lan0;" MOBILE "up interface=wlan0;" WLAN0,
        "active none: lan0 is shared via wlan0 (Mobile) |*" } } },
  { "/follow/uplink/hung-up",
    "lan0 via Mobile",
    { { "link lan0;" MOBILE "up interface=ppp0;" PPP0, "active*" },
      { "link lan0;" MOBILE "hung-up", "waiting uplink-down: the user disconnected "
                                       "\"Mobile\" |*| lan-mtu=0 | lan-taken=*" },
      { .network = "link lan0;" MOBILE "hung-up",
        .share = "waiting uplink-dialing:*| dial=*",
        .asked_again = TRUE } } },
  /* whoever shares by a profile wants it, though it was hung up before */
  { "/follow/uplink/hung-up-before",
    "lan0 via Mobile",
    { { "link lan0;" MOBILE "hung-up", "waiting uplink-dialing:*| dial=*" } } },
  { "/follow/uplink/no-dial",
    "lan0 via Mobile no-dial",
    { { "link lan0;" MOBILE,
        "waiting uplink-down: \"Mobile\" is not connected |*| lan-mtu=0 | lan-taken=*" },
      { "link lan0;" MOBILE "up interface=ppp0;" PPP0, "active*" } } },
  { "/follow/uplink/unknown-profile",
    "lan0 via Mobile~broadband",
    { { "link lan0; no-nm",
        "waiting uplink-missing: NetworkManager, which may know*is not running |*" },
      { "link lan0;", "waiting uplink-unknown: there is no connection profile*" },
      { "link lan0; profile Mobile~broadband u up interface=ppp0;" PPP0,
        "active none: lan0 is shared via ppp0 (Mobile broadband) |*" } } },
  { "/follow/uplink/auto",
    "lan0 via auto",
    { { "link lan0; primary wlan0;" WLAN0 PPP0,
        "active none: lan0 is shared via wlan0 (auto) |*" },
      { "link lan0; primary ppp0;" WLAN0 PPP0,
        "active none: lan0 is shared via ppp0 (auto) |*" },
      { "link lan0; primary wlan0;" WLAN0,
        "active none: lan0 is shared via wlan0 (auto) |*" } } },
  { "/follow/uplink/list",
    "lan0 via ppp0,wlan0",
    { { "link lan0;" WLAN0 PPP0,
        "active none: lan0 is shared via ppp0 (ppp0,wlan0) |*| uplink=ppp0 *" },
      { "link lan0; now 5;" WLAN0,
        "active none: lan0 is shared via wlan0 (2nd choice; ppp0 does not exist) |*" },
      { "link lan0; now 10;" WLAN0 PPP0,
        "active none: lan0 is shared via wlan0 (2nd choice; ppp0 is back but must stay "
        "up for a moment first) |*| uplink=wlan0 *| better=ppp0 |",
        13 },
      { "link lan0; now 12;" WLAN0 PPP0, "active*| uplink=wlan0 *| better=ppp0 |", 13 },
      { "link lan0; now 13;" WLAN0 PPP0,
        "active none: lan0 is shared via ppp0 (ppp0,wlan0) |*| uplink=ppp0 *" } } },
  { "/follow/uplink/list-flapping",
    "lan0 via ppp0,wlan0",
    { { "link lan0; now 10;" WLAN0, "active*| uplink=wlan0 *" },
      { "link lan0; now 11;" WLAN0 PPP0, "active*| uplink=wlan0 *| better=ppp0 |", 14 },
      { "link lan0; now 13;" WLAN0,
        "active*| uplink=wlan0 *| found-uplink-forwarding=0 |" },
      { "link lan0; now 14;" WLAN0 PPP0, "active*| uplink=wlan0 *| better=ppp0 |", 17 },
      { "link lan0; now 17;" WLAN0 PPP0, "active*| uplink=ppp0 *" } } },
  { "/follow/uplink/list-changed-by-user",
    "lan0 via ppp0,wlan0",
    { { "link lan0; now 10;" WLAN0, "active*| uplink=wlan0 *" },
      { .network = "link lan0; now 11;" WLAN0 PPP0,
        .share = "active*| uplink=ppp0 *",
        .asked_again = TRUE } } },
  { "/follow/uplink/list-of-four",
    "lan0 via eth1,eth2,eth3,wlan0",
    { { "link lan0; link eth3 addr=10.1.0.2/24 gw=10.1.0.1;" WLAN0,
        "active none: lan0 is shared via eth3 (3rd choice; eth1 does not exist; eth2 "
        "does not exist) |*" },
      { "link lan0;" WLAN0, "active none: lan0 is shared via wlan0 (4th choice;*" },
      { "link lan0;", "waiting uplink-missing: eth1 does not exist; eth2 does not exist; "
                      "eth3 does not exist; wlan0 does not exist |*" } } },
  { "/follow/uplink/list-with-loopback",
    "lan0 via wlan0,lo",
    { { "link lan0;" WLAN0, "failed not-suitable: lo is the loopback*" } } },
  { "/follow/uplink/own-connection",
    "lan0 via Office",
    { { "link lan0 managed con=Office uuid=a; profile Office a up interface=lan0",
        "failed not-suitable: \"Office\" is the connection of lan0 itself*" } } },
  { "/follow/uplink/prefix",
    "lan0 via interface:wlan0",
    { { "link lan0;" WLAN0,
        "active none: lan0 is shared via wlan0 (interface:wlan0) |*" } } },
};

/* What a share leaves is looked at again after a second, besides what the story says. */
static gint64
expected_wake (const Pass *pass, const CsPlan *plan)
{
  g_autoptr (CsSnapshot) snapshot = network_parse (pass->network);
  const CsSharePlan *share = plan->shares->pdata[0];
  gint64 told = (gint64)(pass->wake_at * G_USEC_PER_SEC);
  gint64 left = snapshot->now + G_USEC_PER_SEC;

  if (!share->left_uplink && share->left_networks->len == 0)
    return told;
  return told != 0 ? MIN (told, left) : left;
}

static void
test_story (gconstpointer data)
{
  const Story *story = data;
  g_autoptr (CsPlan) before = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (story->passes) && story->passes[i].network; i++)
    {
      const Pass *pass = &story->passes[i];
      CsPlan *plan;

      g_test_message ("%s in %s", story->request, pass->network);
      if (pass->asked_again)
        ((CsSharePlan *)before->shares->pdata[0])->asked_again = TRUE;
      plan = plan_in (story->request, pass->network, before);
      plan_assert (plan, (const char *const[]){ pass->share, NULL });
      g_assert_cmpint (plan->wake_at, ==, expected_wake (pass, plan));
      g_assert_false (((CsSharePlan *)plan->shares->pdata[0])->asked_again);
      cs_plan_unref (before);
      before = plan;
    }
}

/* The earliest of all shares' times. */
static void
test_wake (void)
{
  static const struct
  {
    const char *requests;
    double wake_at;
  } rows[] = {
    { "lan0 via DSL; lan1 via Mobile", 160 },
    { "lan1 via Mobile; lan0 via DSL", 160 },
    { "lan0 via DSL", 170 },
    { "lan0 via DSL no-dial; lan1 via ppp0", 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      const char *requests = "lan0 via ppp0; lan1 via ppp0";
      const char *network
          = "link lan0; link lan1; now 120; profile DSL u failed=110;" MOBILE
            "failed=100";
      g_autoptr (CsPlan) before = plan_in (requests, network, NULL);
      g_autoptr (CsPlan) plan = plan_in (rows[i].requests, network, before);

      g_assert_cmpint (plan->wake_at, ==, (gint64)(rows[i].wake_at * G_USEC_PER_SEC));
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  for (gsize i = 0; i < G_N_ELEMENTS (lan_stories); i++)
    g_test_add_data_func (lan_stories[i].name, &lan_stories[i], test_story);
  for (gsize i = 0; i < G_N_ELEMENTS (uplink_stories); i++)
    g_test_add_data_func (uplink_stories[i].name, &uplink_stories[i], test_story);
  g_test_add_func ("/follow/wake", test_wake);
  return g_test_run ();
}
