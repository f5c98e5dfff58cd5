/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Wi-Fi devices as NetworkManager and nl80211 tell of them, and the profile that makes an
 * access point of one. */
#include "system/lan/lan-settings.h"
#include "system/netlink/netlink.h"
#include "system/watch/nm-view.h"
#include "system/watch/wiphy.h"

#include "nm-fixture.h"

#include <linux/genetlink.h>
#include <linux/nl80211.h>

#define STATION_CAPABILITIES NM_WIFI_DEVICE_CAP_RSN
#define AP_CAPABILITIES      (NM_WIFI_DEVICE_CAP_RSN | NM_WIFI_DEVICE_CAP_AP)

static const char *const names[] = { "idle9", "home9", "serve9", "only9" };

static void
add_devices (FakeNm *fake)
{
  fake_nm_add_wifi (fake, 1, "idle9", 30, 0, AP_CAPABILITIES);
  fake_nm_add_wifi (fake, 2, "home9", 100, 2, AP_CAPABILITIES);
  fake_nm_add_wifi (fake, 3, "serve9", 100, 3, AP_CAPABILITIES);
  fake_nm_add_wifi (fake, 4, "only9", 30, 0, STATION_CAPABILITIES);
  fake_nm_add_active (fake, 2, "Home", 2, "");
  fake_nm_add_active (fake, 3, "Hot", 3, "");
  fake_nm_set_wifi_mode (fake, 2, "infrastructure");
  fake_nm_set_wifi_mode (fake, 3, "ap");
}

static CsSnapshot *
look (NmFixture *f)
{
  CsSnapshot *snapshot = cs_snapshot_new ();

  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    g_ptr_array_add (snapshot->interfaces, cs_interface_new (names[i], (int)i + 2));
  cs_nm_view_fill (cs_network_manager_get_client (f->manager),
                   cs_network_manager_get_dial_log (f->manager), snapshot);
  return snapshot;
}

static void
test_use (NmFixture *f, gconstpointer radio_off)
{
  static const CsWifiUse uses[]
      = { CS_WIFI_IDLE, CS_WIFI_STATION, CS_WIFI_ACCESS_POINT, CS_WIFI_IDLE };
  g_autoptr (CsSnapshot) snapshot = NULL;

  add_devices (f->fake);
  if (radio_off != NULL)
    fake_nm_switch_radio_off (f->fake);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  snapshot = look (f);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const CsInterface *interface = cs_snapshot_find (snapshot, names[i]);

      g_test_message ("%s", names[i]);
      g_assert_cmpint (interface->kind, ==, CS_KIND_WIFI);
      g_assert_cmpint (interface->wifi_use, ==, uses[i]);
      g_assert_cmpint (interface->no_access_point, ==, g_str_equal (names[i], "only9"));
      g_assert_cmpint (interface->wifi_off, ==, radio_off != NULL);
    }
  fake_nm_stop (f->fake);
}

/* --- The profile ----------------------------------------------------------------- */

static const struct
{
  CsHotspot hotspot;
  const char *band, *key_mgmt;
  NMSettingWirelessSecurityPmf pmf;
} profiles[] = {
  { { .ssid = (char *)"Caf\xc3\xa9", .passphrase = (char *)"correct horse" },
    NULL,
    "wpa-psk",
    NM_SETTING_WIRELESS_SECURITY_PMF_DISABLE },
  { { .ssid = (char *)"x",
      .passphrase = (char *)"correct horse",
      .security = CS_SECURITY_WPA2_WPA3,
      .band = CS_BAND_2GHZ,
      .channel = 6,
      .hidden = TRUE },
    "bg",
    "wpa-psk",
    NM_SETTING_WIRELESS_SECURITY_PMF_OPTIONAL },
  { { .ssid = (char *)"x",
      .passphrase = (char *)"correct horse",
      .security = CS_SECURITY_WPA3,
      .band = CS_BAND_5GHZ,
      .channel = 36,
      .isolate = TRUE },
    "a",
    "sae",
    NM_SETTING_WIRELESS_SECURITY_PMF_REQUIRED },
  { { .ssid = (char *)"x", .security = CS_SECURITY_OPEN },
    NULL,
    NULL,
    NM_SETTING_WIRELESS_SECURITY_PMF_DEFAULT },
};

static void
assert_profile (NMConnection *profile, gsize i)
{
  NMSettingWireless *wifi = nm_connection_get_setting_wireless (profile);
  NMSettingWirelessSecurity *security
      = nm_connection_get_setting_wireless_security (profile);
  const CsHotspot *hotspot = &profiles[i].hotspot;
  g_autoptr (GError) error = NULL;

  g_assert_true (nm_connection_verify (profile, &error));
  g_assert_no_error (error);
  g_assert_true (nm_connection_verify_secrets (profile, NULL));
  g_assert_cmpstr (nm_connection_get_connection_type (profile), ==, "802-11-wireless");
  g_assert_cmpmem (g_bytes_get_data (nm_setting_wireless_get_ssid (wifi), NULL),
                   g_bytes_get_size (nm_setting_wireless_get_ssid (wifi)), hotspot->ssid,
                   strlen (hotspot->ssid));
  g_assert_cmpstr (nm_setting_wireless_get_mode (wifi), ==, "ap");
  g_assert_cmpstr (nm_setting_wireless_get_band (wifi), ==, profiles[i].band);
  g_assert_cmpuint (nm_setting_wireless_get_channel (wifi), ==, hotspot->channel);
  g_assert_cmpint (nm_setting_wireless_get_hidden (wifi), ==, hotspot->hidden);
  g_assert_cmpint (nm_setting_wireless_get_ap_isolation (wifi), ==,
                   hotspot->isolate ? NM_TERNARY_TRUE : NM_TERNARY_FALSE);
  g_assert_true ((security != NULL) == (profiles[i].key_mgmt != NULL));
  if (security == NULL)
    return;
  g_assert_cmpstr (nm_setting_wireless_security_get_key_mgmt (security), ==,
                   profiles[i].key_mgmt);
  g_assert_cmpint (nm_setting_wireless_security_get_pmf (security), ==, profiles[i].pmf);
  g_assert_cmpstr (nm_setting_wireless_security_get_psk (security), ==,
                   hotspot->passphrase);
}

static void
test_profile (NmFixture *f, gconstpointer data)
{
  g_autofree char *uuid = g_uuid_string_random ();
  NMClient *client;

  add_devices (f->fake);
  fake_nm_start (f->fake);
  nm_fixture_follow (f, TRUE);
  client = cs_network_manager_get_client (f->manager);
  for (gsize i = 0; i < G_N_ELEMENTS (profiles); i++)
    {
      g_autoptr (CsSharePlan) share = cs_share_plan_new ("home9");
      g_autoptr (NMConnection) profile = NULL;
      NMDevice *device = nm_client_get_device_by_iface (client, "home9");
      NMActiveConnection *active = nm_device_get_active_connection (device);

      share->address = (CsCidr)CS_CIDR4 (192, 168, 137, 1, 24);
      share->hotspot = profiles[i].hotspot;
      profile = cs_lan_settings_new (
          share, uuid, device,
          NM_CONNECTION (nm_active_connection_get_connection (active)));
      assert_profile (profile, i);
      share->hotspot = (CsHotspot){ NULL };
    }
  fake_nm_stop (f->fake);
}

/* --- The kernel ------------------------------------------------------------------ */

/* Owned. */
static struct nlmsghdr *
new_message (void)
{
  CsNetlinkRequest *message = g_new0 (CsNetlinkRequest, 1);
  struct genlmsghdr *header = cs_netlink_begin (message, 28, 0, GENL_HDRLEN);

  header->cmd = NL80211_CMD_NEW_WIPHY;
  return &message->header;
}

static void
put_frequency (struct nlmsghdr *message, guint32 mhz, int flag, int flag2)
{
  struct nlattr *frequency = mnl_attr_nest_start (message, mhz % 100);

  if (mhz != 0)
    mnl_attr_put_u32 (message, NL80211_FREQUENCY_ATTR_FREQ, mhz);
  if (flag != 0)
    mnl_attr_put (message, (guint16)flag, 0, "");
  if (flag2 != 0)
    mnl_attr_put (message, (guint16)flag2, 0, "");
  mnl_attr_nest_end (message, frequency);
}

static void
put_bands (struct nlmsghdr *message)
{
  struct nlattr *bands = mnl_attr_nest_start (message, NL80211_ATTR_WIPHY_BANDS);
  struct nlattr *band = mnl_attr_nest_start (message, 0);
  struct nlattr *frequencies;

  mnl_attr_put_u16 (message, NL80211_BAND_ATTR_HT_CAPA, 0); /* this one has no channels */
  mnl_attr_nest_end (message, band);
  band = mnl_attr_nest_start (message, 1);
  frequencies = mnl_attr_nest_start (message, NL80211_BAND_ATTR_FREQS);
  put_frequency (message, 2412, 0, 0);
  put_frequency (message, 2472, NL80211_FREQUENCY_ATTR_NO_IR, 0);
  put_frequency (message, 2484, NL80211_FREQUENCY_ATTR_DISABLED, 0);
  put_frequency (message, 5180, 0, 0);
  put_frequency (message, 5260, NL80211_FREQUENCY_ATTR_RADAR,
                 NL80211_FREQUENCY_ATTR_NO_IR);
  put_frequency (message, 5500, NL80211_FREQUENCY_ATTR_RADAR,
                 NL80211_FREQUENCY_ATTR_DISABLED);
  put_frequency (message, 5885, 0, 0);
  put_frequency (message, 5955, 0, 0);  /* 6 GHz: not for us */
  put_frequency (message, 58320, 0, 0); /* nor this */
  put_frequency (message, 0, 0, 0);
  mnl_attr_nest_end (message, frequencies);
  mnl_attr_nest_end (message, band);
  mnl_attr_nest_end (message, bands);
}

static void
test_channels (void)
{
  static const CsChannel expected[]
      = { { 1, CS_CHANNEL_FREE },       { 13, CS_CHANNEL_FORBIDDEN },
          { 14, CS_CHANNEL_FORBIDDEN }, { 36, CS_CHANNEL_FREE },
          { 52, CS_CHANNEL_RADAR },     { 100, CS_CHANNEL_FORBIDDEN },
          { 177, CS_CHANNEL_FREE } };
  CsInterface *interface = cs_interface_new ("wlan9", 9);
  struct nlmsghdr *message = new_message ();

  put_bands (message);
  cs_wiphy_parse (message, interface);
  g_assert_cmpuint (interface->channels->len, ==, G_N_ELEMENTS (expected));
  for (gsize i = 0; i < G_N_ELEMENTS (expected); i++)
    {
      CsChannel channel = g_array_index (interface->channels, CsChannel, i);

      g_assert_cmpuint (channel.number, ==, expected[i].number);
      g_assert_cmpint (channel.use, ==, expected[i].use);
    }
  g_assert_false (interface->no_access_point);
  g_free (message);
  cs_interface_free (interface);
}

static void
test_abilities (void)
{
  static const struct
  {
    int type;
    gboolean none;
  } rows[] = { { NL80211_IFTYPE_AP, FALSE }, { NL80211_IFTYPE_STATION, TRUE } };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsInterface *interface = cs_interface_new ("wlan9", 9);
      struct nlmsghdr *message = new_message ();
      struct nlattr *types
          = mnl_attr_nest_start (message, NL80211_ATTR_SUPPORTED_IFTYPES);

      mnl_attr_put (message, (guint16)rows[i].type, 0, "");
      mnl_attr_nest_end (message, types);
      cs_wiphy_parse (message, interface);
      g_assert_cmpint (interface->no_access_point, ==, rows[i].none);
      g_assert_null (interface->channels);
      g_free (message);
      cs_interface_free (interface);
    }
}

static void
test_region (void)
{
  CsInterface *interface = cs_interface_new ("wlan9", 9);
  static const char *const regions[] = { "DE", "00" };

  for (gsize i = 0; i < G_N_ELEMENTS (regions); i++)
    {
      struct nlmsghdr *message = new_message ();

      mnl_attr_put_str (message, NL80211_ATTR_REG_ALPHA2, regions[i]);
      cs_wiphy_parse (message, interface);
      g_assert_cmpstr (interface->region, ==, regions[i]);
      g_free (message);
    }
  cs_interface_free (interface);
}

static void
put_limit (struct nlmsghdr *message, guint32 most, int type, int type2)
{
  struct nlattr *limit = mnl_attr_nest_start (message, 1);
  struct nlattr *types;

  mnl_attr_put_u32 (message, NL80211_IFACE_LIMIT_MAX, most);
  types = mnl_attr_nest_start (message, NL80211_IFACE_LIMIT_TYPES);
  mnl_attr_put (message, (guint16)type, 0, "");
  if (type2 != 0)
    mnl_attr_put (message, (guint16)type2, 0, "");
  mnl_attr_nest_end (message, types);
  mnl_attr_nest_end (message, limit);
}

/* On how many channels a radio can be an access point and a station. */
static void
test_combinations (void)
{
  static const struct
  {
    guint32 most[2]; /* of each limit; 0: there is none */
    int types[2][2];
    guint32 all, channels, expected;
  } rows[] = {
    { { 1, 1 }, { { NL80211_IFTYPE_STATION }, { NL80211_IFTYPE_AP } }, 2, 1, 1 },
    { { 1, 1 }, { { NL80211_IFTYPE_STATION }, { NL80211_IFTYPE_AP } }, 2, 2, 2 },
    { { 1, 1 }, { { NL80211_IFTYPE_STATION }, { NL80211_IFTYPE_AP } }, 1, 1, 0 },
    { { 2, 0 }, { { NL80211_IFTYPE_STATION, NL80211_IFTYPE_AP } }, 2, 1, 1 },
    { { 1, 0 }, { { NL80211_IFTYPE_STATION, NL80211_IFTYPE_AP } }, 2, 1, 0 },
    { { 2, 0 }, { { NL80211_IFTYPE_AP } }, 2, 1, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsInterface *interface = cs_interface_new ("wlan9", 9);
      struct nlmsghdr *message = new_message ();
      struct nlattr *all, *one, *limits;

      mnl_attr_put_u32 (message, NL80211_ATTR_WIPHY, 3);
      all = mnl_attr_nest_start (message, NL80211_ATTR_INTERFACE_COMBINATIONS);
      one = mnl_attr_nest_start (message, 1);
      limits = mnl_attr_nest_start (message, NL80211_IFACE_COMB_LIMITS);
      for (guint limit = 0; limit < 2 && rows[i].most[limit] != 0; limit++)
        put_limit (message, rows[i].most[limit], rows[i].types[limit][0],
                   rows[i].types[limit][1]);
      mnl_attr_nest_end (message, limits);
      mnl_attr_put_u32 (message, NL80211_IFACE_COMB_MAXNUM, rows[i].all);
      mnl_attr_put_u32 (message, NL80211_IFACE_COMB_NUM_CHANNELS, rows[i].channels);
      mnl_attr_nest_end (message, one);
      mnl_attr_nest_end (message, all);
      cs_wiphy_parse (message, interface);
      g_assert_true (interface->ap_with_station_known);
      g_assert_cmpuint (interface->ap_with_station, ==, rows[i].expected);
      g_assert_cmpuint (interface->radio, ==, 4);
      g_free (message);
      cs_interface_free (interface);
    }
}

/* The channel counts of a station alone. */
static void
test_station (void)
{
  static const struct
  {
    guint32 type, mhz, expected;
  } rows[] = {
    { NL80211_IFTYPE_STATION, 2462, 11 },
    { NL80211_IFTYPE_STATION, 0, 0 },
    { NL80211_IFTYPE_AP, 2462, 0 },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    {
      CsInterface *interface = cs_interface_new ("wlan9", 9);
      struct nlmsghdr *message = new_message ();

      mnl_attr_put_u32 (message, NL80211_ATTR_IFTYPE, rows[i].type);
      if (rows[i].mhz != 0)
        mnl_attr_put_u32 (message, NL80211_ATTR_WIPHY_FREQ, rows[i].mhz);
      cs_wiphy_parse (message, interface);
      g_assert_cmpuint (interface->station_channel, ==, rows[i].expected);
      g_free (message);
      cs_interface_free (interface);
    }
}

/* What is too short is not looked at, and what is not told stays unknown. */
static void
test_malformed (void)
{
  CsInterface *interface = cs_interface_new ("wlan9", 9);
  struct nlmsghdr *message = new_message ();
  struct nlattr *bands, *band, *frequencies, *frequency;

  mnl_attr_put_u8 (message, NL80211_ATTR_REG_ALPHA2, 'D');
  cs_wiphy_parse (message, interface);
  g_free (message);

  message = new_message ();
  bands = mnl_attr_nest_start (message, NL80211_ATTR_WIPHY_BANDS);
  band = mnl_attr_nest_start (message, 0);
  frequencies = mnl_attr_nest_start (message, NL80211_BAND_ATTR_FREQS);
  frequency = mnl_attr_nest_start (message, 1);
  mnl_attr_put_u8 (message, NL80211_FREQUENCY_ATTR_FREQ, 1);
  mnl_attr_nest_end (message, frequency);
  mnl_attr_nest_end (message, frequencies);
  mnl_attr_nest_end (message, band);
  mnl_attr_nest_end (message, bands);
  cs_wiphy_parse (message, interface);
  g_free (message);

  g_assert_null (interface->channels);
  g_assert_null (interface->region);
  cs_interface_free (interface);
}

/* An interface that is none of Wi-Fi is not asked about, and one that the kernel does not
 * know stays as it is. */
static void
test_unknown (void)
{
  g_autoptr (CsWiphy) wiphy = cs_wiphy_new (NULL, NULL);
  g_autoptr (CsSnapshot) snapshot = cs_snapshot_new ();

  for (int i = 0; i < 2; i++)
    {
      CsInterface *interface = cs_interface_new (i == 0 ? "eth9" : "wlan9", 999 + i);

      interface->kind = i == 0 ? CS_KIND_ETHERNET : CS_KIND_WIFI;
      g_ptr_array_add (snapshot->interfaces, interface);
    }
  cs_wiphy_fill (wiphy, snapshot);
  for (int i = 0; i < 2; i++)
    {
      const CsInterface *interface = g_ptr_array_index (snapshot->interfaces, i);

      g_assert_null (interface->channels);
      g_assert_false (interface->no_access_point);
    }
}

int
main (int argc, char **argv)
{
  g_test_init (&argc, &argv, NULL);
  g_test_add ("/wifi/use", NmFixture, NULL, nm_fixture_set_up, test_use,
              nm_fixture_tear_down);
  g_test_add ("/wifi/radio-off", NmFixture, "off", nm_fixture_set_up, test_use,
              nm_fixture_tear_down);
  g_test_add ("/wifi/profile", NmFixture, NULL, nm_fixture_set_up, test_profile,
              nm_fixture_tear_down);
  g_test_add_func ("/wifi/channels", test_channels);
  g_test_add_func ("/wifi/abilities", test_abilities);
  g_test_add_func ("/wifi/region", test_region);
  g_test_add_func ("/wifi/malformed", test_malformed);
  g_test_add_func ("/wifi/combinations", test_combinations);
  g_test_add_func ("/wifi/station", test_station);
  g_test_add_func ("/wifi/unknown", test_unknown);
  return g_test_run ();
}
