/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4: the gateway's address and nothing else, without probing for it (ACD takes up to
 * 9 s, and a conflict on a LAN of our own is unlikely). IPv6 is set elsewhere (lan-ipv6),
 * but NetworkManager leaves a device as the method of its last profile set it:
 * "link-local" and "disabled" are the two that leave all its sysctls as they were,
 * depending on whether IPv6 was on; it must be on for a share that has IPv6. */
#include "lan-settings.h"

#include "base/files.h"
#include "core/plan/ipv6.h"

/* NetworkManager forgets that a device should stay disconnected as soon as anything is
 * activated on it: the profile remembers it. */
#define WAS_IDLE "org.connshare1.device-was-idle"

/* NMS_KEYFILE_PATH_NAME_RUN in NetworkManager: one key file per profile. */
#define RUN_DIR "/run/NetworkManager/system-connections"

/* A name-based UUID (RFC 4122, version 5), except for its name space. */
char *
cs_lan_settings_uuid (const char *lan)
{
  g_autofree char *name = g_strconcat ("org.connshare1 LAN ", lan, NULL);
  g_autofree char *hash = g_compute_checksum_for_string (G_CHECKSUM_SHA1, name, -1);

  hash[12] = '5';
  hash[16] = "89ab"[g_ascii_xdigit_value (hash[16]) & 3];
  return g_strdup_printf ("%.8s-%.4s-%.4s-%.4s-%.12s", hash, hash + 8, hash + 12,
                          hash + 16, hash + 20);
}

static gboolean
has_ipv6 (const char *interface)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/sys/net/ipv6/conf/%s/disable_ipv6", interface);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && text[0] == '0';
}

static NMSetting *
new_address (CsCidr address)
{
  NMSetting *setting = nm_setting_ip4_config_new ();
  g_autofree char *text = cs_address_to_string (address.address);
  NMIPAddress *value = nm_ip_address_new (AF_INET, text, address.prefix, NULL);

  g_object_set (setting, NM_SETTING_IP_CONFIG_METHOD, NM_SETTING_IP4_CONFIG_METHOD_MANUAL,
                NM_SETTING_IP_CONFIG_NEVER_DEFAULT, TRUE, NM_SETTING_IP_CONFIG_MAY_FAIL,
                FALSE, NM_SETTING_IP_CONFIG_DAD_TIMEOUT, 0, NULL);
  nm_setting_ip_config_add_address (NM_SETTING_IP_CONFIG (setting), value);
  nm_ip_address_unref (value);
  return setting;
}

static void
set_link (NMConnection *profile, NMSetting *link)
{
  g_object_set (nm_connection_get_setting_connection (profile),
                NM_SETTING_CONNECTION_TYPE, nm_setting_get_name (link), NULL);
  nm_connection_add_setting (profile, link);
}

/* NetworkManager turns "wpa-psk" into WPA2 and WPA3 together if the supplicant knows
 * WPA3; without management frame protection it turns it into WPA2, which gives old
 * drivers and clients no trouble. "Optional" protection it leaves to the supplicant's
 * global setting "pmf", which wpa_supplicant 2.10 does not apply to an access point: so
 * WPA3 beside WPA2 is announced, but cannot be used. */
static NMSetting *
new_security (const CsHotspot *hotspot)
{
  NMSetting *setting = nm_setting_wireless_security_new ();
  NMSettingWirelessSecurity *security = NM_SETTING_WIRELESS_SECURITY (setting);
  gboolean sae = hotspot->security == CS_SECURITY_WPA3;
  NMSettingWirelessSecurityPmf pmf = NM_SETTING_WIRELESS_SECURITY_PMF_DISABLE;

  if (hotspot->security == CS_SECURITY_WPA3)
    pmf = NM_SETTING_WIRELESS_SECURITY_PMF_REQUIRED;
  else if (hotspot->security == CS_SECURITY_WPA2_WPA3)
    pmf = NM_SETTING_WIRELESS_SECURITY_PMF_OPTIONAL;
  g_object_set (setting, NM_SETTING_WIRELESS_SECURITY_KEY_MGMT, sae ? "sae" : "wpa-psk",
                NM_SETTING_WIRELESS_SECURITY_PSK, hotspot->passphrase,
                NM_SETTING_WIRELESS_SECURITY_PMF, pmf, NULL);
  nm_setting_wireless_security_add_proto (security, "rsn");
  nm_setting_wireless_security_add_pairwise (security, "ccmp");
  nm_setting_wireless_security_add_group (security, "ccmp");
  return setting;
}

static void
add_hotspot (NMConnection *profile, const CsHotspot *hotspot)
{
  g_autoptr (GBytes) ssid = g_bytes_new (hotspot->ssid, strlen (hotspot->ssid));
  NMSetting *wifi = nm_setting_wireless_new ();

  g_object_set (wifi, NM_SETTING_WIRELESS_SSID, ssid, NM_SETTING_WIRELESS_MODE,
                NM_SETTING_WIRELESS_MODE_AP, NM_SETTING_WIRELESS_CHANNEL,
                hotspot->channel, NM_SETTING_WIRELESS_HIDDEN, hotspot->hidden,
                NM_SETTING_WIRELESS_AP_ISOLATION,
                hotspot->isolate ? NM_TERNARY_TRUE : NM_TERNARY_FALSE, NULL);
  if (hotspot->band != CS_BAND_ANY)
    g_object_set (wifi, NM_SETTING_WIRELESS_BAND,
                  hotspot->band == CS_BAND_5GHZ ? "a" : "bg", NULL);
  set_link (profile, wifi);
  if (hotspot->security != CS_SECURITY_OPEN)
    nm_connection_add_setting (profile, new_security (hotspot));
}

/* NetworkManager fills in what is left out here, or says why it cannot. */
static void
add_link (NMConnection *profile, NMDevice *device, NMConnection *found)
{
  NMSetting *link = NULL;

  if (found != NULL)
    link = nm_connection_get_setting_by_name (found,
                                              nm_connection_get_connection_type (found));
  if (link != NULL)
    link = nm_setting_duplicate (link);
  else if (NM_IS_DEVICE_ETHERNET (device) || NM_IS_DEVICE_VETH (device))
    link = nm_setting_wired_new ();
  else
    return;
  set_link (profile, link);
}

NMConnection *
cs_lan_settings_new (const CsSharePlan *share,
                     const char *uuid,
                     NMDevice *device,
                     NMConnection *found)
{
  NMConnection *profile = nm_simple_connection_new ();
  NMSetting *connection = nm_setting_connection_new ();
  NMSetting *ipv6 = nm_setting_ip6_config_new ();
  g_autofree char *id = g_strconcat ("connshare ", share->lan, NULL);

  g_object_set (connection, NM_SETTING_CONNECTION_ID, id, NM_SETTING_CONNECTION_UUID,
                uuid, NM_SETTING_CONNECTION_INTERFACE_NAME, share->lan,
                NM_SETTING_CONNECTION_AUTOCONNECT, FALSE, NULL);
  if (share->zone != NULL)
    g_object_set (connection, NM_SETTING_CONNECTION_ZONE, share->zone, NULL);
  nm_connection_add_setting (profile, connection);
  if (share->hotspot.ssid != NULL)
    add_hotspot (profile, &share->hotspot);
  else
    add_link (profile, device, found);
  nm_connection_add_setting (profile, new_address (share->address));
  g_object_set (ipv6, NM_SETTING_IP_CONFIG_METHOD,
                cs_share_plan_has_ipv6 (share) || has_ipv6 (share->lan)
                    ? NM_SETTING_IP6_CONFIG_METHOD_LINK_LOCAL
                    : NM_SETTING_IP6_CONFIG_METHOD_DISABLED,
                NULL);
  nm_connection_add_setting (profile, ipv6);
  if (!nm_device_get_autoconnect (device))
    {
      NMSetting *user = nm_setting_user_new ();

      nm_setting_user_set_data (NM_SETTING_USER (user), WAS_IDLE, "yes", NULL);
      nm_connection_add_setting (profile, user);
    }
  return profile;
}

NMConnection *
cs_lan_settings_change (NMConnection *profile, const CsSharePlan *share)
{
  NMConnection *changed = nm_simple_connection_new_clone (profile);

  nm_connection_add_setting (changed, new_address (share->address));
  return changed;
}

gboolean
cs_lan_settings_was_idle (NMConnection *profile)
{
  NMSetting *user = nm_connection_get_setting (profile, NM_TYPE_SETTING_USER);

  return user != NULL
         && nm_setting_user_get_data (NM_SETTING_USER (user), WAS_IDLE) != NULL;
}

/* A file that cannot be read may be the one; one that is gone, or is no key file, is
 * not. */
static gboolean
forget_file (const char *path, const char *uuid, GError **error)
{
  g_autoptr (GKeyFile) file = g_key_file_new ();
  g_autoptr (GError) cause = NULL;
  g_autofree char *found = NULL;

  if (g_key_file_load_from_file (file, path, G_KEY_FILE_NONE, &cause))
    found = g_key_file_get_string (file, "connection", "uuid", NULL);
  else if (cause->domain == G_FILE_ERROR && cause->code != G_FILE_ERROR_NOENT)
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  return g_strcmp0 (found, uuid) != 0 || cs_file_remove (path, error);
}

gboolean
cs_lan_settings_forget (const char *uuid, GError **error)
{
  g_autoptr (GError) cause = NULL;
  g_autoptr (GDir) directory = g_dir_open (RUN_DIR, 0, &cause);
  const char *name;

  if (directory == NULL && !g_error_matches (cause, G_FILE_ERROR, G_FILE_ERROR_NOENT))
    {
      g_propagate_error (error, g_steal_pointer (&cause));
      return FALSE;
    }
  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *path = g_build_filename (RUN_DIR, name, NULL);

      if (!forget_file (path, uuid, error))
        return FALSE;
    }
  return TRUE;
}
