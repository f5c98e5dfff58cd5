/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wi-Fi devices as LANs: what becomes of which, and why not. */
#include "network.h"
#include "plans.h"

#include "dbus/errors.h"

#include <string.h>

#define UPLINK "link ppp0 ppp ptp addr=10.64.0.9/32>10.64.64.64; "
#define FREE   "channels=1,6,11,13!,36!,52?"
#define BESIDE "wifi managed radio=1 "

/* "SSID PASSPHRASE SECURITY BAND CHANNEL [hidden] [isolate]", "-" for none. */
static char *
print_hotspot (const CsHotspot *hotspot)
{
  if (!hotspot->ssid)
    return g_strdup ("-");
  return g_strdup_printf (
      "%s %s %s %s %u%s%s", hotspot->ssid,
      hotspot->passphrase ? hotspot->passphrase : "-",
      cs_security_to_string (hotspot->security),
      hotspot->band == CS_BAND_ANY ? "any" : (hotspot->band == CS_BAND_2GHZ ? "2" : "5"),
      hotspot->channel, hotspot->hidden ? " hidden" : "",
      hotspot->isolate ? " isolate" : "");
}

static void
test_good (void)
{
  static const struct
  {
    const char *options, *lan;
    const char *hotspot;
  } rows[] = {
    /* of what the kernel says nothing, NetworkManager chooses */
    { "", "wifi managed", "desk aaaa-aaaa-aaaa wpa2 any 0" },
    { "band=5GHz", "wifi managed", "desk aaaa-aaaa-aaaa wpa2 5 0" },
    { "channel=13", "wifi managed", "desk aaaa-aaaa-aaaa wpa2 2 13" },
    /* the first free one of those that do not overlap, 2.4 GHz before 5 */
    { "", "wifi managed " FREE, "desk aaaa-aaaa-aaaa wpa2 2 1" },
    { "", "wifi managed channels=1!,2,6,11", "desk aaaa-aaaa-aaaa wpa2 2 6" },
    { "", "wifi managed channels=1!,2!,3,11!", "desk aaaa-aaaa-aaaa wpa2 2 3" },
    { "", "wifi managed channels=36,40,149", "desk aaaa-aaaa-aaaa wpa2 5 36" },
    { "", "wifi managed channels=1!,36!,149", "desk aaaa-aaaa-aaaa wpa2 5 149" },
    { "band=a", "wifi managed channels=1,36,44", "desk aaaa-aaaa-aaaa wpa2 5 36" },
    { "band=auto", "wifi managed channels=1,36", "desk aaaa-aaaa-aaaa wpa2 2 1" },
    { "channel=36", "wifi managed channels=1,36", "desk aaaa-aaaa-aaaa wpa2 5 36" },
    { "ssid=x passphrase=12345678 security=wpa3 hidden isolate", "wifi managed " FREE,
      "x 12345678 wpa3 2 1 hidden isolate" },
    { "security=open", "wifi managed " FREE, "desk - open 2 1" },
    /* beside a station on the same radio */
    { "", BESIDE "at-once=1 " FREE "; link wlan1 wifi radio=1 joined=11",
      "desk aaaa-aaaa-aaaa wpa2 2 11" },
    { "channel=11", BESIDE "at-once=1 " FREE "; link wlan1 wifi radio=1 joined=11",
      "desk aaaa-aaaa-aaaa wpa2 2 11" },
    { "band=2.4GHz", BESIDE "at-once=1; link wlan1 wifi radio=1 joined=11",
      "desk aaaa-aaaa-aaaa wpa2 2 11" },
    { "channel=6", BESIDE "at-once=2 " FREE "; link wlan1 wifi radio=1 joined=11",
      "desk aaaa-aaaa-aaaa wpa2 2 6" },
    { "channel=6", BESIDE FREE "; link wlan1 wifi radio=1 joined=11",
      "desk aaaa-aaaa-aaaa wpa2 2 6" },
    { "channel=6", BESIDE "at-once=1 " FREE "; link wlan1 wifi radio=2 joined=11",
      "desk aaaa-aaaa-aaaa wpa2 2 6" },
    { "channel=6", BESIDE "at-once=0 " FREE "; link wlan1 wifi radio=1",
      "desk aaaa-aaaa-aaaa wpa2 2 6" },
    /* in use, but not for long */
    { "force", "wifi managed station con=Home " FREE, "desk aaaa-aaaa-aaaa wpa2 2 1" },
    { "force", "wifi managed serving con=Hot " FREE, "desk aaaa-aaaa-aaaa wpa2 2 1" },
    { "", "wifi managed ours serving con=x " FREE, "desk aaaa-aaaa-aaaa wpa2 2 1" },
    /* somebody else's access point, or none */
    { "incomplete", "wifi", "-" },
    { "keep-lan", "wifi managed serving con=Hot addr=10.0.0.1/24", "-" },
    { "", "managed", "-" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *requests = g_strconcat ("lan0 via ppp0 ", rows[i].options, NULL);
      g_autofree char *network = g_strconcat (UPLINK "link lan0 ", rows[i].lan, NULL);
      g_autoptr (CsPlan) plan = plan_in (requests, network, NULL);
      const CsSharePlan *share = plan->shares->pdata[0];
      g_autofree char *printed = print_hotspot (&share->hotspot);

      g_test_message ("%s on %s: %s", rows[i].options, rows[i].lan, share->message);
      g_assert_no_error (share->error);
      g_assert_cmpstr (printed, ==, rows[i].hotspot);
    }
}

static void
test_bad (void)
{
  static const struct
  {
    const char *options, *lan;
    const char *words; /* in the message, separated by | */
  } rows[] = {
    { "ssid=x", "managed", "lan0 is not a Wi-Fi device|\"ssid\"" },
    { "isolate", "bridge", "not a Wi-Fi device|\"isolate\"" },
    { "incomplete channel=6", "wifi",
      "NetworkManager does not manage lan0|\"channel\"|managed yes" },
    { "", "wifi managed radio-off", "Wi-Fi is off|nmcli radio wifi on" },
    { "force", "wifi managed station-only", "cannot be an access point|another Wi-Fi" },
    { "", "wifi managed station con=My~Home", "connected|\"My Home\"" },
    { "", "wifi managed station con=Home; route default dev lan0",
      "connected to a Wi-Fi" },
    { "force", "wifi managed shared serving con=Hotspot", "NetworkManager itself" },
    { "", "wifi managed serving con=Hot", "already|\"Hot\"|\"keep-lan\"" },
    { "", "wifi managed serving", "already|(profile \"\")" },
    { "channel=13", "wifi managed region=US " FREE,
      "channel 13 of lan0 is not allowed|in the region US|free channels: 1, 6, 11" },
    { "channel=36", "wifi managed region=00 " FREE, "iw reg set" },
    { "channel=36", "wifi managed " FREE, "iw reg set" },
    { "channel=52", "wifi managed region=DE " FREE, "radar" },
    { "channel=100", "wifi managed region=DE " FREE, "not one of the hardware's" },
    { "band=5GHz", "wifi managed region=00 " FREE,
      "no 5 GHz channel free|free channels: 1, 6, 11|iw reg set" },
    { "band=2.4GHz", "wifi managed region=DE channels=36", "no 2.4 GHz channel free" },
    { "", "wifi managed region=DE channels=1!,36!", "has no channel free|none" },
    { "channel=6", BESIDE "at-once=1 " FREE "; link wlan1 wifi radio=1 joined=11",
      "lan0 and wlan1 are one radio|wlan1 is in a network on channel 11|only channel "
      "11" },
    { "band=5GHz", BESIDE "at-once=1 " FREE "; link wlan1 wifi radio=1 joined=11",
      "only channel 11 works" },
    { "", BESIDE "at-once=1 " FREE "; link wlan1 wifi radio=1 joined=52",
      "on channel 52, which is not free|connect wlan1 to a network on another" },
    { "", BESIDE "at-once=0 " FREE "; link wlan1 wifi radio=1 joined=11",
      "lan0 and wlan1 are one radio|disconnect wlan1" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *requests = g_strconcat ("lan0 via ppp0 ", rows[i].options, NULL);
      g_autofree char *network = g_strconcat (UPLINK "link lan0 ", rows[i].lan, NULL);
      g_autoptr (CsPlan) plan = plan_in (requests, network, NULL);
      const CsSharePlan *share = plan->shares->pdata[0];
      g_auto (GStrv) words = g_strsplit (rows[i].words, "|", -1);

      g_assert_error (share->error, CS_ERROR, CS_ERROR_NOT_SUITABLE);
      g_test_message ("%s", share->error->message);
      for (char **word = words; *word; word++)
        g_assert_nonnull (strstr (share->error->message, *word));
    }
}

/* What is in force stays as long as it is right. */
static void
test_kept (void)
{
  static const struct
  {
    const char *options, *lan;
    const char *hotspot;
  } rows[] = {
    { "", "channels=1,6,36", "desk aaaa-aaaa-aaaa wpa2 2 6" },
    { "", "channels=1,6!,36", "desk aaaa-aaaa-aaaa wpa2 2 1" },
    { "band=5GHz", "channels=1,6,36", "desk aaaa-aaaa-aaaa wpa2 5 36" },
    { "channel=1", "channels=1,6,36", "desk aaaa-aaaa-aaaa wpa2 2 1" },
    { "", "index=9 channels=1,6,36", "desk aaaa-aaaa-aaaa wpa2 2 1" },
    /* the user has taken the device, and gives it back */
    { "", "station channels=1,6,36", "desk aaaa-aaaa-aaaa wpa2 2 6" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *requests = g_strconcat ("lan0 via ppp0 ", rows[i].options, NULL);
      g_autofree char *network
          = g_strconcat (UPLINK "link lan0 wifi managed ", rows[i].lan, NULL);
      g_autoptr (CsPlan) before
          = plan_in ("lan0 via ppp0", UPLINK "link lan0 wifi managed channels=6", NULL);
      g_autoptr (CsPlan) plan = plan_in (requests, network, before);
      const CsSharePlan *share = plan->shares->pdata[0];
      g_autofree char *printed = print_hotspot (&share->hotspot);

      g_assert_no_error (share->error);
      g_assert_cmpstr (printed, ==, rows[i].hotspot);
    }
}

/* Until NetworkManager manages it, and not once it is in force. */
static void
test_waits (void)
{
  static const struct
  {
    const char *options, *lan;
    CsLanMethod before, method;
  } rows[] = {
    { "", "wifi", CS_LAN_METHOD_ABSENT, CS_LAN_METHOD_ABSENT },
    { "", "wifi managed", CS_LAN_METHOD_ABSENT, CS_LAN_METHOD_PROFILE },
    { "", "wifi", CS_LAN_METHOD_PROFILE, CS_LAN_METHOD_PROFILE },
    { "", "wifi index=9", CS_LAN_METHOD_PROFILE, CS_LAN_METHOD_ABSENT },
    { "keep-lan", "wifi addr=10.0.0.1/24", CS_LAN_METHOD_ABSENT, CS_LAN_METHOD_KEEP },
    { "incomplete", "wifi", CS_LAN_METHOD_ABSENT, CS_LAN_METHOD_ADDRESS },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      g_autofree char *requests = g_strconcat ("lan0 via ppp0 ", rows[i].options, NULL);
      g_autofree char *network = g_strconcat (UPLINK "link lan0 ", rows[i].lan, NULL);
      g_autoptr (CsPlan) before
          = plan_in ("lan0 via ppp0", UPLINK "link lan0 wifi managed", NULL);
      g_autoptr (CsPlan) plan = plan_in (
          requests, network, rows[i].before == CS_LAN_METHOD_PROFILE ? before : NULL);
      const CsSharePlan *share = plan->shares->pdata[0];

      g_assert_no_error (share->error);
      g_assert_cmpint (share->lan_method, ==, rows[i].method);
      g_assert_true (share->lan_wireless == (share->lan_ifindex != 0));
      g_assert_cmpint (share->state, ==,
                       rows[i].method == CS_LAN_METHOD_ABSENT ? CS_STATE_WAITING
                                                              : CS_STATE_ACTIVE);
      if (share->state == CS_STATE_WAITING)
        g_assert_nonnull (strstr (share->message, "NetworkManager"));
    }
}

/* A request of a time when the device was another one. */
static void
test_never_completed (void)
{
  g_autoptr (GPtrArray) requests
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_request_free);
  g_autoptr (CsSnapshot) snapshot = network_parse ("link lan0 wifi managed");
  g_autoptr (CsPlan) plan = NULL;
  const CsSharePlan *share;

  g_ptr_array_add (requests, cs_request_new ("lan0", "ppp0", NULL, NULL));
  plan = cs_plan_new (requests, snapshot, NULL);
  share = plan->shares->pdata[0];
  g_assert_error (share->error, CS_ERROR, CS_ERROR_NOT_SUITABLE);
  g_assert_nonnull (strstr (share->error->message, "share it again"));
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add_func ("/radio/good", test_good);
  g_test_add_func ("/radio/bad", test_bad);
  g_test_add_func ("/radio/kept", test_kept);
  g_test_add_func ("/radio/waits", test_waits);
  g_test_add_func ("/radio/never-complete", test_never_completed);
  return g_test_run ();
}
