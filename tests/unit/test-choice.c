/* SPDX-License-Identifier: GPL-2.0-or-later */
/* WAN specs in networks, and what is decided over time. */
#include "network.h"
#include "plans.h"

#include "core/plan/uplink.h"
#include "core/value/wan.h"
#include "core/plan/choice.h"

#include <string.h>

#define PPP0   "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64;"
#define WLAN0  "link wlan0 wifi addr=192.0.2.2/24 gw=192.0.2.1;"
#define ETH1   "link eth1 addr=198.51.100.2/24 gw=198.51.100.1;"
#define MOBILE "profile Mobile~broadband uuid-m "
#define DSL    "profile DSL uuid-d "

/* What of a CsUplink points into the snapshot, without it. */
typedef struct
{
  char *text; /* (owned) "INTERFACE[ CHOICE]", or "REASON", or nothing */
  char *message;
  char *dial;
  char *better;
  gint64 better_since;
  gint64 wake_at;
} Answer;

static void
answer_clear (Answer *answer)
{
  g_free (answer->text);
  g_free (answer->message);
  g_free (answer->dial);
  g_free (answer->better);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Answer, answer_clear)

/* @options: "no-dial new lan=LAN older-lan=LAN current=NAME". @before (nullable) is the
 * answer last time. */
static Answer
ask (const char *wan, const char *options, const char *network, const Answer *before)
{
  g_autoptr (CsSnapshot) snapshot = network_parse (network);
  g_autoptr (GPtrArray) requests = requests_parse ("lan0 via auto; lan1 via auto");
  g_autoptr (GPtrArray) choices = cs_wan_parse (wan, NULL);
  g_autoptr (GPtrArray) older_lans = g_ptr_array_new ();
  g_auto (GStrv) words = g_strsplit (options, " ", -1);
  CsUplinkQuestion question = {
    .snapshot = snapshot,
    .choices = choices,
    .lan = "lan0",
    .requests = requests,
    .older_lans = older_lans,
    .dial = !g_strv_contains ((const char *const *)words, "no-dial"),
    .is_new = g_strv_contains ((const char *const *)words, "new"),
    .better = before ? before->better : NULL,
    .better_since = before ? before->better_since : 0,
  };
  g_auto (CsUplink) uplink = { 0 };
  Answer answer = { 0 };

  for (char **word = words; *word; word++)
    if (g_str_has_prefix (*word, "older-lan="))
      g_ptr_array_add (older_lans, *word + strlen ("older-lan="));
    else if (g_str_has_prefix (*word, "current="))
      question.current = *word + strlen ("current=");
  uplink = cs_uplink_resolve (&question);
  g_assert_cmpint (uplink.interface != NULL, ==, uplink.reason == CS_REASON_NONE);
  if (uplink.interface)
    answer.text = g_strdup_printf ("%s %u", uplink.interface->name, uplink.choice);
  else
    answer.text = g_strdup (cs_reason_to_string (uplink.reason));
  answer.message = g_strdup (uplink.message);
  answer.dial = g_strdup (uplink.dial);
  answer.better = g_strdup (uplink.better);
  answer.better_since = uplink.better_since;
  answer.wake_at = uplink.wake_at;
  return answer;
}

static void
test_specs (void)
{
  static const struct
  {
    const char *wan;
    const char *options;
    const char *network;
    const char *answer; /* "INTERFACE CHOICE" or "REASON" */
    const char *message;
    const char *dial;
  } rows[] = {
    /* an interface's name, then a profile's, then whichever appears */
    { "wlan0", "", WLAN0 "profile wlan0 uuid-w up interface=eth1;" ETH1, "wlan0 0" },
    { "wlan0", "", "link wlan0 wifi; profile wlan0 uuid-w up interface=eth1;" ETH1,
      "uplink-down", "wlan0 has no IPv4 address" },
    { "wlan0", "", "profile wlan0 uuid-w up interface=eth1;" ETH1, "eth1 0" },
    { "wlan0", "", "", "uplink-missing", "wlan0 does not exist" },
    { "wlan0", "", "no-nm", "uplink-missing",
      "wlan0 does not exist; NetworkManager is not running" },
    /* prefixes */
    { "profile:wlan0", "", WLAN0 "profile wlan0 uuid-w up interface=eth1;" ETH1,
      "eth1 0" },
    { "profile:wlan0", "", WLAN0, "uplink-unknown",
      "there is no connection profile \"wlan0\"; \"nmcli connection\" lists them" },
    { "interface:wlan0", "", "profile wlan0 uuid-w up interface=eth1;" ETH1,
      "uplink-missing", "wlan0 does not exist" },
    { "interface:wifi", "", WLAN0, "uplink-missing", "wifi does not exist" },
    { "interface:wifi", "", "link wifi addr=10.0.0.1/24 gw=10.0.0.2", "wifi 0" },
    { "wifi", "", "link wifi addr=10.0.0.1/24 gw=10.0.0.2;" WLAN0, "wlan0 0" },
    { "profile:auto", "",
      "profile auto uuid-a up interface=eth1;" ETH1 WLAN0 "primary wlan0", "eth1 0" },

    /* profiles: by id and UUID, wherever they are now */
    { "Mobile broadband", "", MOBILE "up interface=ppp0;" PPP0, "ppp0 0" },
    { "Mobile broadband", "", MOBILE "up interface=eth1;" ETH1, "eth1 0" },
    { "uuid-m", "", MOBILE "up interface=ppp0;" PPP0, "ppp0 0" },
    { "profile:uuid-m", "", MOBILE "up interface=ppp0;" PPP0, "ppp0 0" },
    { "Mobile broadband", "", MOBILE "up interface=ppp0; link ppp0 ptp", "uplink-down",
      "ppp0 has no IPv4 address" },
    /* of several with this id the one that is up; a UUID is stronger than an id */
    { "DSL", "", DSL "; profile DSL uuid-2 up interface=ppp0;" PPP0, "ppp0 0" },
    { "DSL", "", "profile DSL uuid-2 up interface=ppp0;" DSL ";" PPP0, "ppp0 0" },
    { "uuid-d", "",
      "profile uuid-d uuid-2 up interface=eth1;" DSL "up interface=ppp0;" PPP0 ETH1,
      "ppp0 0" },
    { "Mobile broadband", "", "", "uplink-unknown",
      "there is no connection profile \"Mobile broadband\"; \"nmcli connection\" lists "
      "them" },
    { "Mobile broadband", "", "no-nm", "uplink-missing",
      "NetworkManager, which may know the profile \"Mobile broadband\", is not running" },
    /* one with an id that could break a line */
    { "uuid-e", "no-dial", "profile e\x1b[1m uuid-e", "uplink-down",
      "\"e\\x1b[1m\" is not connected" },

    /* on its way */
    { "Mobile broadband", "", MOBILE "coming", "uplink-dialing",
      "connecting \"Mobile broadband\"" },
    { "Mobile broadband", "", MOBILE "coming interface=ppp0;" PPP0, "uplink-dialing",
      "connecting \"Mobile broadband\"" },
    { "Mobile broadband", "", MOBILE "up", "uplink-dialing",
      "connecting \"Mobile broadband\"" },
    { "Mobile broadband", "", MOBILE "up interface=ppp0", "uplink-dialing",
      "connecting \"Mobile broadband\"" },
    { "Mobile broadband", "", MOBILE "going interface=ppp0;" PPP0, "uplink-down",
      "\"Mobile broadband\" is being disconnected" },

    /* dialing */
    { "Mobile broadband", "", MOBILE, "uplink-dialing", "connecting \"Mobile broadband\"",
      "uuid-m" },
    { "uuid-m", "", MOBILE, "uplink-dialing", "connecting \"Mobile broadband\"",
      "uuid-m" },
    { "Mobile broadband", "no-dial", MOBILE, "uplink-down",
      "\"Mobile broadband\" is not connected" },
    { "Mobile broadband", "", MOBILE "hung-up", "uplink-down",
      "the user disconnected \"Mobile broadband\"" },
    { "Mobile broadband", "new", MOBILE "hung-up", "uplink-dialing",
      "connecting \"Mobile broadband\"", "uuid-m" },
    { "Mobile broadband", "no-dial new", MOBILE "hung-up", "uplink-down",
      "\"Mobile broadband\" is not connected" },
    { "Mobile broadband", "", MOBILE "failed=100:no~carrier; now 110", "uplink-down",
      "could not connect \"Mobile broadband\": no carrier" },
    { "Mobile broadband", "", MOBILE "failed=100; now 110", "uplink-down",
      "could not connect \"Mobile broadband\": unknown reason" },
    { "Mobile broadband", "", MOBILE "failed=100:no~carrier; now 159.9", "uplink-down",
      "could not connect \"Mobile broadband\": no carrier" },
    { "Mobile broadband", "", MOBILE "failed=100:no~carrier; now 160", "uplink-dialing",
      "connecting \"Mobile broadband\"", "uuid-m" },
    { "Mobile broadband", "new", MOBILE "failed=100:no~carrier; now 110",
      "uplink-dialing", "connecting \"Mobile broadband\"", "uuid-m" },
    { "Mobile broadband", "no-dial", MOBILE "failed=100:no~carrier; now 999",
      "uplink-down", "could not connect \"Mobile broadband\": no carrier" },
    { "Mobile broadband", "no-dial new", MOBILE "failed=100:no~carrier; now 999",
      "uplink-down", "could not connect \"Mobile broadband\": no carrier" },
    { "Mobile broadband", "", MOBILE "failed=100:no~carrier coming; now 110",
      "uplink-dialing", "connecting \"Mobile broadband\"" },

    /* one at a time, in order; what is taken ends the list */
    { "Mobile broadband,DSL", "", MOBILE ";" DSL, "uplink-dialing",
      "connecting \"Mobile broadband\"; \"DSL\" is not connected", "uuid-m" },
    { "DSL,Mobile broadband", "", MOBILE ";" DSL, "uplink-dialing",
      "connecting \"DSL\"; \"Mobile broadband\" is not connected", "uuid-d" },
    { "Mobile broadband,DSL", "", MOBILE "coming;" DSL, "uplink-dialing",
      "connecting \"Mobile broadband\"; \"DSL\" is not connected" },
    { "Mobile broadband,DSL", "", MOBILE "hung-up;" DSL, "uplink-down",
      "the user disconnected \"Mobile broadband\"; connecting \"DSL\"", "uuid-d" },
    { "wlan0,Mobile broadband", "", MOBILE, "uplink-missing",
      "wlan0 does not exist; connecting \"Mobile broadband\"", "uuid-m" },
    { "Mobile broadband,eth1", "", MOBILE ";" ETH1, "eth1 1",
      "connecting \"Mobile broadband\"", "uuid-m" },
    { "eth1,Mobile broadband", "", MOBILE ";" ETH1, "eth1 0", NULL, NULL },

    /* the LAN's own connection */
    { "Office", "new", "profile Office uuid-o up interface=lan0; link lan0",
      "not-suitable",
      "\"Office\" is the connection of lan0 itself, which cannot be LAN and uplink at "
      "once" },
    { "Office", "", "profile Office uuid-o going interface=lan0; link lan0",
      "uplink-down",
      "\"Office\" is the connection of lan0 itself, which cannot be LAN and uplink at "
      "once" },

    /* types: what is ready, and of that what the host prefers */
    { "wifi", "", "", "uplink-missing", "there is no wifi interface" },
    { "WiFi", "", WLAN0, "wlan0 0" },
    { "WiFi", "", "profile WiFi uuid-w up interface=eth1;" WLAN0 ETH1, "eth1 0" },
    { "WiFi", "", "link WiFi addr=10.0.0.1/24 gw=10.0.0.2;" WLAN0, "WiFi 0" },
    { "vpn", "", "no-nm", "uplink-missing", "there is no vpn interface" },
    { "wifi", "", "link wlan1 wifi unplugged;" WLAN0, "wlan0 0" },
    { "wifi", "", WLAN0 "link wlan1 wifi unplugged", "wlan0 0" },
    { "wifi", "", "link wlan1 wifi unplugged; link wlan2 wifi down", "uplink-down",
      "wlan1 has no link" },
    { "wifi", "",
      "link wlan1 wifi unplugged; link wlan2 wifi down; route default dev wlan2",
      "uplink-down", "wlan2 is switched off" },
    { "mobile", "", "link wwan0 mobile ptp addr=10.0.0.1/30;" PPP0, "wwan0 0" },
    { "ppp", "", "link wwan0 mobile ptp addr=10.0.0.1/30;" PPP0, "ppp0 0" },
    { "vpn", "", "link tun0 vpn ptp addr=10.8.0.2/24;" PPP0, "tun0 0" },
    { "ethernet", "",
      "link eth2 addr=10.0.0.1/24; link eth1 addr=192.0.2.2/24;"
      "route default dev eth2 via 10.0.0.2 metric 200;"
      "route default dev eth1 via 192.0.2.1 metric 100",
      "eth1 0" },
    { "ethernet", "",
      "link eth2 addr=10.0.0.1/24; link eth1 addr=192.0.2.2/24;"
      "route default dev eth2 via 10.0.0.2 metric 100;"
      "route default dev eth1 via 192.0.2.1 metric 200",
      "eth2 0" },
    { "ethernet", "",
      "link eth2 addr=10.0.0.1/24; link eth1 addr=192.0.2.2/24;"
      "route default dev eth2 via 10.0.0.2 metric 100; way eth1;"
      "route default dev eth1 via 192.0.2.1 metric 200",
      "eth1 0" },
    { "ethernet", "",
      "link eth2 addr=10.0.0.1/24 gw=10.0.0.2; link eth1 addr=192.0.2.2/24 gw=192.0.2.1;"
      "route default dev eth1 via 192.0.2.1 table 13700; unreachable default;"
      "route 10.7.0.0/16 dev eth1",
      "eth2 0" },
    /* a LAN, a port of a bridge: not the uplink of a type */
    { "ethernet", "", "link lan0 addr=10.0.0.1/24 gw=10.0.0.2;" ETH1, "eth1 0" },
    { "ethernet", "", "link lan1 addr=10.0.0.1/24 gw=10.0.0.2;" ETH1, "eth1 0" },
    { "ethernet", "",
      "link br0 bridge; link eth2 master=br0 addr=10.0.0.1/24 gw=10.0.0.2",
      "uplink-missing", "there is no ethernet interface" },

    /* the LAN of an older share */
    { "lan7", "older-lan=lan7", "link lan7 addr=10.0.0.1/24 gw=10.0.0.2", "not-suitable",
      "lan7 is the LAN of another share, so it cannot be an uplink as well; end that "
      "share first" },
    { "lan7,eth1", "older-lan=lan7", "link lan7;" ETH1, "eth1 1",
      "lan7 is the LAN of another share, so it cannot be an uplink as well; end that "
      "share first" },
    { "lan7,eth1", "older-lan=lan7", "link lan7", "uplink-missing",
      "lan7 is the LAN of another share, so it cannot be an uplink as well; end that "
      "share first; eth1 does not exist" },
    { "auto", "older-lan=lan7",
      "link lan7 addr=10.0.0.1/24 gw=10.0.0.2; primary lan7;" ETH1, "no-primary",
      "this computer's own connection is lan7, which is a LAN itself" },
    { "auto,eth1", "older-lan=lan7",
      "link lan7 addr=10.0.0.1/24 gw=10.0.0.2; primary lan7;" ETH1, "eth1 1",
      "this computer's own connection is lan7, which is a LAN itself" },
    { "eth1", "older-lan=lan7", ETH1, "eth1 0" },

    /* a name that NetworkManager's device has and that no rule could hold */
    { "wifi", "", "link w\"0 wifi addr=10.0.0.1/24 gw=10.0.0.2", "uplink-down",
      "w\"0 has a name that cannot be used; rename it" },

    /* lists */
    { "ppp0,wlan0", "", PPP0 WLAN0, "ppp0 0" },
    { "ppp0,wlan0", "", WLAN0, "wlan0 1", "ppp0 does not exist" },
    { "ppp0,eth1,wlan0", "", "link ppp0 ptp;" WLAN0, "wlan0 2",
      "ppp0 has no IPv4 address; eth1 does not exist" },
    { "ppp0,wlan0", "", "link wlan0 wifi", "uplink-missing",
      "ppp0 does not exist; wlan0 has no IPv4 address" },
    { "ppp0,auto", "", WLAN0 "primary wlan0", "wlan0 1", "ppp0 does not exist" },
    { "auto,ppp0", "", PPP0 "primary ppp0", "ppp0 0" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Answer) answer = ask (rows[i].wan, rows[i].options, rows[i].network, NULL);

      g_test_message ("%s (%s) in %s", rows[i].wan, rows[i].options, rows[i].network);
      g_assert_cmpstr (answer.text, ==, rows[i].answer);
      g_assert_cmpstr (answer.message, ==, rows[i].message);
      g_assert_cmpstr (answer.dial, ==, rows[i].dial);
      g_assert_null (answer.better);
    }
}

/* When to ask again, without any event. */
static void
test_wake (void)
{
  static const struct
  {
    const char *wan;
    const char *options;
    const char *network;
    double wake_at; /* seconds; 0: never */
  } rows[] = {
    { "ppp0", "", "now 50", 0 },
    { "DSL", "", DSL "; now 50", 0 },
    { "DSL", "", DSL "failed=20; now 50", 80 },
    { "DSL", "", DSL "failed=20; now 80", 0 },
    { "DSL", "no-dial", DSL "failed=20; now 50", 0 },
    { "DSL", "", DSL "failed=20 hung-up; now 50", 0 },
    { "DSL,Mobile broadband", "", DSL "failed=20;" MOBILE "failed=10; now 50", 70 },
    { "Mobile broadband,DSL", "", DSL "failed=20;" MOBILE "failed=10; now 50", 70 },
    { "DSL,eth1", "", DSL "failed=20; now 50;" ETH1, 80 },
    { "eth1,DSL", "", DSL "failed=20; now 50;" ETH1, 0 },
    { "wlan0,ppp0", "current=ppp0", PPP0 WLAN0 "now 50", 53 },
    { "DSL,wlan0,ppp0", "current=ppp0", DSL "failed=20; now 50;" PPP0 WLAN0, 53 },
    { "DSL,wlan0,ppp0", "current=ppp0", DSL "failed=20; now 78;" PPP0 WLAN0, 80 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Answer) answer = ask (rows[i].wan, rows[i].options, rows[i].network, NULL);

      g_test_message ("%s (%s) in %s", rows[i].wan, rows[i].options, rows[i].network);
      g_assert_cmpint (answer.wake_at, ==, (gint64)(rows[i].wake_at * G_USEC_PER_SEC));
    }
}

/* A preferred uplink that returns must stay for a while before it is taken again; one
 * that is lost is left at once. */
static void
test_hold (void)
{
  static const struct
  {
    const char *wan;
    const char *first; /* uplink in force at the beginning, "" for none */
    struct
    {
      const char *network;
      const char *options;
      const char *answer;
      const char *message;
    } steps[5];
  } rows[] = {
    { "ppp0,wlan0",
      "wlan0",
      { { PPP0 WLAN0 "now 10", "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 WLAN0 "now 12.9", "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 WLAN0 "now 13", "", "ppp0 0" },
        { PPP0 WLAN0 "now 14", "", "ppp0 0" },
        { WLAN0 "now 14.1", "", "wlan0 1", "ppp0 does not exist" } } },
    /* it flaps: the time begins anew */
    { "ppp0,wlan0",
      "wlan0",
      { { PPP0 WLAN0 "now 10", "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { WLAN0 "now 12", "", "wlan0 1", "ppp0 does not exist" },
        { PPP0 WLAN0 "now 12.5", "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 WLAN0 "now 15.4", "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 WLAN0 "now 15.5", "", "ppp0 0" } } },
    /* nothing is in force, or what was is lost: no time for waiting */
    { "ppp0,wlan0", "", { { PPP0 WLAN0 "now 10", "", "ppp0 0" } } },
    { "ppp0,wlan0",
      "wlan0",
      { { PPP0 WLAN0 "now 10", "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 "now 11", "", "ppp0 0" } } },
    { "ppp0,wlan0", "eth1", { { PPP0 WLAN0 ETH1 "now 10", "", "ppp0 0" } } },
    /* the user asks again */
    { "ppp0,wlan0",
      "wlan0",
      { { PPP0 WLAN0 "now 10", "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 WLAN0 "now 11", "new", "ppp0 0" } } },
    /* the best of those that are back, and only that */
    { "ppp0,eth1,wlan0",
      "wlan0",
      { { ETH1 WLAN0 "now 10", "", "wlan0 2",
          "ppp0 does not exist; eth1 is back but must stay up for a moment first" },
        { PPP0 ETH1 WLAN0 "now 12", "", "wlan0 2",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 ETH1 WLAN0 "now 14", "", "wlan0 2",
          "ppp0 is back but must stay up for a moment first" },
        { PPP0 ETH1 WLAN0 "now 15", "", "ppp0 0" } } },
    { "eth1,ppp0,wlan0",
      "wlan0",
      { { ETH1 WLAN0 "now 10", "", "wlan0 2",
          "eth1 is back but must stay up for a moment first; ppp0 does not exist" },
        { ETH1 WLAN0 "now 13", "", "eth1 0" } } },
    /* a profile that comes up elsewhere is another interface */
    { "DSL,wlan0",
      "wlan0",
      { { DSL "up interface=ppp0; now 10;" PPP0 WLAN0, "", "wlan0 1",
          "ppp0 is back but must stay up for a moment first" },
        { DSL "up interface=eth1; now 12;" ETH1 WLAN0, "", "wlan0 1",
          "eth1 is back but must stay up for a moment first" },
        { DSL "up interface=eth1; now 15;" ETH1 WLAN0, "", "eth1 0" } } },
    /* within one choice there is no preference to wait for */
    { "auto", "wlan0", { { PPP0 WLAN0 "primary ppp0; now 10", "", "ppp0 0" } } },
    { "ethernet",
      "eth2",
      { { "link eth2 addr=10.0.0.1/24 gw=10.0.0.2; now 10;" ETH1
          "route default dev eth1 via 198.51.100.1",
          "", "eth1 0" } } },
    { "DSL", "ppp0", { { DSL "up interface=eth1; now 10;" ETH1 PPP0, "", "eth1 0" } } },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_auto (Answer) before = { 0 };
      g_autofree char *current = g_strdup (rows[i].first);

      for (gsize k = 0; k < G_N_ELEMENTS (rows[i].steps) && rows[i].steps[k].network; k++)
        {
          g_autofree char *options
              = g_strdup_printf ("current=%s %s", current, rows[i].steps[k].options);
          Answer answer = ask (rows[i].wan, options, rows[i].steps[k].network, &before);
          g_auto (GStrv) words = g_strsplit (answer.text, " ", 2);

          g_test_message ("%s (%s) in %s", rows[i].wan, options,
                          rows[i].steps[k].network);
          g_assert_cmpstr (answer.text, ==, rows[i].steps[k].answer);
          g_assert_cmpstr (answer.message, ==, rows[i].steps[k].message);
          g_free (current);
          current = g_strdup (words[0]);
          answer_clear (&before);
          before = answer;
        }
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/choice/specs", test_specs);
  g_test_add_func ("/choice/wake", test_wake);
  g_test_add_func ("/choice/hold", test_hold);
  return g_test_run ();
}
