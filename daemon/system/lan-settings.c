/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IPv4: the gateway's address and nothing else, without probing for it (ACD takes up to
 * 9 s, and a conflict on a LAN of our own is not to be expected). IPv6 is none of our
 * business, but NetworkManager leaves a device behind as the method of its last profile
 * had it: "link-local" and "disabled" are the two after which all its sysctls are as they
 * were, depending on whether IPv6 was on. */
#include "lan-settings.h"

/* NetworkManager forgets that a device is to stay disconnected as soon as anything is
 * activated on it: the profile remembers. */
#define WAS_IDLE "org.connshare1.device-was-idle"

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
  g_autofree char *text = cs_ipv4_to_string (address.address);
  NMIPAddress *value = nm_ip_address_new (AF_INET, text, address.prefix, NULL);

  g_object_set (setting, NM_SETTING_IP_CONFIG_METHOD, NM_SETTING_IP4_CONFIG_METHOD_MANUAL,
                NM_SETTING_IP_CONFIG_NEVER_DEFAULT, TRUE, NM_SETTING_IP_CONFIG_MAY_FAIL,
                FALSE, NM_SETTING_IP_CONFIG_DAD_TIMEOUT, 0, NULL);
  nm_setting_ip_config_add_address (NM_SETTING_IP_CONFIG (setting), value);
  nm_ip_address_unref (value);
  return setting;
}

NMConnection *
cs_lan_settings_new (const CsSharePlan *share, const char *uuid, NMDevice *device)
{
  NMConnection *profile = nm_simple_connection_new ();
  NMSetting *connection = nm_setting_connection_new ();
  NMSetting *ipv6 = nm_setting_ip6_config_new ();

  g_object_set (connection, NM_SETTING_CONNECTION_ID, "connshare LAN",
                NM_SETTING_CONNECTION_UUID, uuid, NM_SETTING_CONNECTION_INTERFACE_NAME,
                share->lan, NM_SETTING_CONNECTION_AUTOCONNECT, FALSE, NULL);
  nm_connection_add_setting (profile, connection);
  nm_connection_add_setting (profile, new_address (share->address));
  g_object_set (ipv6, NM_SETTING_IP_CONFIG_METHOD,
                has_ipv6 (share->lan) ? NM_SETTING_IP6_CONFIG_METHOD_LINK_LOCAL
                                      : NM_SETTING_IP6_CONFIG_METHOD_DISABLED,
                NULL);
  nm_connection_add_setting (profile, ipv6);

  /* For other kinds of devices NetworkManager completes the type by itself. */
  if (NM_IS_DEVICE_ETHERNET (device) || NM_IS_DEVICE_VETH (device))
    {
      g_object_set (connection, NM_SETTING_CONNECTION_TYPE, NM_SETTING_WIRED_SETTING_NAME,
                    NULL);
      nm_connection_add_setting (profile, nm_setting_wired_new ());
    }
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
