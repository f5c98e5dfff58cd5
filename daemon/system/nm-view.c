/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile belongs to the interface that carries its packets, its ip-interface: of a
 * PPPoE on eth0 that is ppp0, of the modem cdc-wdm0 it is wwan0. For the VPN of a plugin
 * NetworkManager tells no ip-interface; it is the one that has the VPN's address. */
#include "nm-view.h"

#include "lan-profile.h"

#define LABEL_KEY "connshare-label"

/* One fill. */
typedef struct
{
  CsSnapshot *snapshot;
  GHashTable *by_name; /* (owned) name (unowned) -> CsInterface (unowned) */
} View;

static CsInterface *
find (View *view, const char *name)
{
  return name == NULL ? NULL : g_hash_table_lookup (view->by_name, name);
}

static gboolean
is_given (const char *text)
{
  return text != NULL && text[0] != '\0';
}

/* Vendor and product, or NULL. libnm looks into udev's files each time that there is
 * none, so the answer is kept with the device. */
static const char *
label_of (NMDevice *device)
{
  const char *label = g_object_get_data (G_OBJECT (device), LABEL_KEY);

  if (label == NULL)
    {
      label = "";
      if (is_given (nm_device_get_vendor (device))
          || is_given (nm_device_get_product (device)))
        label = nm_device_get_description (device);
      g_object_set_data_full (G_OBJECT (device), LABEL_KEY, g_strdup (label), g_free);
      label = g_object_get_data (G_OBJECT (device), LABEL_KEY);
    }
  return is_given (label) ? label : NULL;
}

static CsManaged
managed_of (NMDevice *device)
{
  NMActiveConnection *active = nm_device_get_active_connection (device);

  if (nm_device_get_state (device) <= NM_DEVICE_STATE_UNMANAGED)
    return CS_MANAGED_NO;
  if (active != NULL
      && (nm_active_connection_get_state_flags (active)
          & NM_ACTIVATION_STATE_FLAG_EXTERNAL))
    return CS_MANAGED_EXTERNAL;
  return CS_MANAGED_YES;
}

static gboolean
is_alive (NMActiveConnection *active)
{
  NMActiveConnectionState state;

  if (active == NULL)
    return FALSE;
  state = nm_active_connection_get_state (active);
  return state == NM_ACTIVE_CONNECTION_STATE_ACTIVATING
         || state == NM_ACTIVE_CONNECTION_STATE_ACTIVATED;
}

static gboolean
is_changing (NMDevice *device)
{
  NMDeviceState state = nm_device_get_state (device);

  if (state == NM_DEVICE_STATE_DISCONNECTED)
    return nm_device_get_state_reason (device) == NM_DEVICE_STATE_REASON_NEW_ACTIVATION;
  return state > NM_DEVICE_STATE_DISCONNECTED
         && !is_alive (nm_device_get_active_connection (device));
}

static gboolean
is_shared (NMActiveConnection *active)
{
  NMRemoteConnection *profile = nm_active_connection_get_connection (active);
  NMSettingIPConfig *ipv4 = NULL;

  if (profile != NULL)
    ipv4 = nm_connection_get_setting_ip4_config (NM_CONNECTION (profile));
  return ipv4 != NULL
         && g_strcmp0 (nm_setting_ip_config_get_method (ipv4),
                       NM_SETTING_IP4_CONFIG_METHOD_SHARED)
                == 0;
}

/* Those of @servers that can be asked from another interface; strv, owned, or NULL. */
static char **
usable_servers (const char *const *servers)
{
  g_autoptr (GPtrArray) usable = g_ptr_array_new ();
  guint32 address;

  for (; servers != NULL && *servers != NULL; servers++)
    if (cs_ipv4_parse (*servers, &address) && address != 0 && address >> 24 != 127)
      g_ptr_array_add (usable, g_strdup (*servers));
  if (usable->len == 0)
    return NULL;
  g_ptr_array_add (usable, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&usable), FALSE);
}

/* The profile of @active is the one of @interface. */
static void
attribute (CsInterface *interface, NMActiveConnection *active)
{
  const char *uuid = nm_active_connection_get_uuid (active);
  NMIPConfig *config = nm_active_connection_get_ip4_config (active);
  g_autofree char *ours = cs_lan_profile_uuid (interface->name);
  const char *gateway;

  g_free (interface->connection_id);
  g_free (interface->connection_uuid);
  g_free (interface->connection_path);
  g_strfreev (interface->dns);
  interface->connection_id = g_strdup (nm_active_connection_get_id (active));
  interface->connection_uuid = g_strdup (uuid);
  interface->connection_path = g_strdup (nm_object_get_path (NM_OBJECT (active)));
  interface->connection_shared = is_shared (active);
  interface->connection_ours = g_strcmp0 (uuid, ours) == 0;
  interface->gateway = 0;
  interface->dns = NULL;
  if (config == NULL)
    return;
  gateway = nm_ip_config_get_gateway (config);
  if (gateway != NULL)
    cs_ipv4_parse (gateway, &interface->gateway);
  interface->dns = usable_servers (nm_ip_config_get_nameservers (config));
}

static CsWifiUse
wifi_use_of (NMActiveConnection *active)
{
  NMRemoteConnection *profile;
  NMSettingWireless *wifi = NULL;

  if (!is_alive (active))
    return CS_WIFI_IDLE;
  profile = nm_active_connection_get_connection (active);
  if (profile != NULL)
    wifi = nm_connection_get_setting_wireless (NM_CONNECTION (profile));
  if (wifi != NULL
      && g_strcmp0 (nm_setting_wireless_get_mode (wifi), NM_SETTING_WIRELESS_MODE_AP)
             == 0)
    return CS_WIFI_ACCESS_POINT;
  return CS_WIFI_STATION;
}

static void
describe_wifi (CsInterface *interface, NMDevice *device, NMClient *client)
{
  NMDeviceWifiCapabilities can
      = nm_device_wifi_get_capabilities (NM_DEVICE_WIFI (device));

  interface->kind = CS_KIND_WIFI;
  interface->wifi_use = wifi_use_of (nm_device_get_active_connection (device));
  interface->wifi_off = !nm_client_wireless_get_enabled (client)
                        || !nm_client_wireless_hardware_get_enabled (client);
  interface->no_access_point = (can & NM_WIFI_DEVICE_CAP_AP) == 0;
}

static void
describe_device (View *view, NMDevice *device)
{
  CsInterface *interface = find (view, nm_device_get_iface (device));

  if (interface == NULL)
    return;
  interface->managed = managed_of (device);
  interface->changing = is_changing (device);
  interface->disconnected
      = nm_device_get_state (device) == NM_DEVICE_STATE_DISCONNECTED
        && nm_device_get_state_reason (device) == NM_DEVICE_STATE_REASON_USER_REQUESTED;
  g_free (interface->label);
  interface->label = g_strdup (label_of (device));
  if (NM_IS_DEVICE_WIFI (device))
    describe_wifi (interface, device, nm_object_get_client (NM_OBJECT (device)));
}

/* After all devices were described, as an ip-interface may be a device of its own too. */
static void
describe_profile (View *view, NMDevice *device)
{
  NMActiveConnection *active = nm_device_get_active_connection (device);
  const char *ip_name = nm_device_get_ip_iface (device);
  CsInterface *lower = find (view, nm_device_get_iface (device));
  CsInterface *interface = ip_name == NULL ? lower : find (view, ip_name);

  if (interface == NULL || !is_alive (active))
    return;
  if (interface != lower)
    {
      interface->managed = managed_of (device);
      if (interface->label == NULL)
        interface->label = g_strdup (label_of (device));
      if (lower != NULL)
        {
          g_free (lower->carries);
          lower->carries = g_strdup (interface->name);
        }
    }
  if (NM_IS_DEVICE_MODEM (device) || NM_IS_DEVICE_BT (device))
    interface->kind = CS_KIND_MOBILE;
  attribute (interface, active);
}

static gboolean
has_address (const CsInterface *interface, guint32 address)
{
  for (guint i = 0; i < interface->addresses->len; i++)
    if (g_array_index (interface->addresses, CsAddress, i).local.address == address)
      return TRUE;
  return FALSE;
}

static CsInterface *
find_by_address (View *view, NMActiveConnection *active)
{
  NMIPConfig *config = nm_active_connection_get_ip4_config (active);
  const GPtrArray *interfaces = view->snapshot->interfaces;
  const GPtrArray *addresses;
  guint32 address;

  if (config == NULL)
    return NULL;
  addresses = nm_ip_config_get_addresses (config);
  for (guint i = 0; i < addresses->len; i++)
    {
      if (!cs_ipv4_parse (nm_ip_address_get_address (addresses->pdata[i]), &address))
        continue;
      for (guint k = 0; k < interfaces->len; k++)
        if (has_address (interfaces->pdata[k], address))
          return interfaces->pdata[k];
    }
  return NULL;
}

static CsInterface *
ip_interface_of (View *view, NMActiveConnection *active)
{
  const GPtrArray *devices;
  const char *ip_name;

  if (nm_active_connection_get_vpn (active))
    return find_by_address (view, active);
  devices = nm_active_connection_get_devices (active);
  if (devices->len == 0)
    return NULL;
  ip_name = nm_device_get_ip_iface (devices->pdata[0]);
  return find (view, ip_name != NULL ? ip_name : nm_device_get_iface (devices->pdata[0]));
}

/* An IPsec policy without an interface puts its address on the device below, whose own
 * profile stays: that one makes its routes. */
static void
describe_vpn (View *view, NMActiveConnection *active)
{
  const GPtrArray *parents = nm_active_connection_get_devices (active);
  CsInterface *interface = find_by_address (view, active);

  if (interface == NULL || !is_alive (active))
    return;
  for (guint i = 0; i < parents->len; i++)
    if (g_strcmp0 (nm_device_get_ip_iface (parents->pdata[i]), interface->name) == 0)
      return;
  interface->kind = CS_KIND_VPN;
  attribute (interface, active);
}

/* All that NetworkManager's own stub resolver asks. */
static char **
all_servers (NMClient *client)
{
  const GPtrArray *entries = nm_client_get_dns_configuration (client);
  g_autoptr (GStrvBuilder) builder = g_strv_builder_new ();

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    {
      g_auto (GStrv) servers
          = usable_servers (nm_dns_entry_get_nameservers (entries->pdata[i]));

      if (servers != NULL)
        g_strv_builder_addv (builder, (const char **)servers);
    }
  return g_strv_builder_end (builder);
}

/* Made up by NetworkManager for what somebody else set up, or by us for a LAN: nothing
 * that a user would name. */
static gboolean
is_users_own (NMRemoteConnection *profile)
{
  const char *interface = nm_connection_get_interface_name (NM_CONNECTION (profile));
  g_autofree char *ours = interface != NULL ? cs_lan_profile_uuid (interface) : NULL;

  return !(nm_remote_connection_get_flags (profile)
           & NM_SETTINGS_CONNECTION_FLAG_EXTERNAL)
         && g_strcmp0 (nm_connection_get_uuid (NM_CONNECTION (profile)), ours) != 0;
}

static void
add_profile (CsSnapshot *snapshot, CsDialLog *dials, NMConnection *connection)
{
  CsProfile *profile = cs_profile_new (nm_connection_get_id (connection),
                                       nm_connection_get_uuid (connection));
  const CsDialOutcome *outcome = cs_dial_log_find (dials, profile->uuid);

  g_ptr_array_add (snapshot->profiles, profile);
  if (outcome == NULL)
    return;
  profile->failed_at = outcome->failed_at;
  profile->failure = g_strdup (outcome->failure);
  profile->hung_up = outcome->hung_up;
}

static CsProfileState
state_of (NMActiveConnection *active)
{
  switch (nm_active_connection_get_state (active))
    {
    case NM_ACTIVE_CONNECTION_STATE_ACTIVATING:
      return CS_PROFILE_COMING;
    case NM_ACTIVE_CONNECTION_STATE_ACTIVATED:
      return CS_PROFILE_UP;
    case NM_ACTIVE_CONNECTION_STATE_DEACTIVATING:
      return CS_PROFILE_GOING;
    case NM_ACTIVE_CONNECTION_STATE_UNKNOWN:
    case NM_ACTIVE_CONNECTION_STATE_DEACTIVATED:
      break;
    }
  return CS_PROFILE_DOWN;
}

/* One that is activated again while it still goes has two; the better one counts. */
static void
describe_activation (View *view, NMActiveConnection *active)
{
  const CsInterface *interface = ip_interface_of (view, active);
  const char *uuid = nm_active_connection_get_uuid (active);
  CsProfileState state = state_of (active);

  for (guint i = 0; i < view->snapshot->profiles->len; i++)
    {
      CsProfile *profile = view->snapshot->profiles->pdata[i];

      if (g_strcmp0 (profile->uuid, uuid) != 0 || state <= profile->state)
        continue;
      profile->state = state;
      g_free (profile->interface);
      profile->interface = interface != NULL ? g_strdup (interface->name) : NULL;
    }
}

static void
fill_profiles (View *view, NMClient *client, CsDialLog *dials)
{
  const GPtrArray *profiles = nm_client_get_connections (client);
  const GPtrArray *actives = nm_client_get_active_connections (client);

  for (guint i = 0; i < profiles->len; i++)
    if (is_users_own (profiles->pdata[i]))
      add_profile (view->snapshot, dials, profiles->pdata[i]);
  for (guint i = 0; i < actives->len; i++)
    describe_activation (view, actives->pdata[i]);
}

void
cs_nm_view_fill (NMClient *client, CsDialLog *dials, CsSnapshot *snapshot)
{
  g_autoptr (GHashTable) by_name = g_hash_table_new (g_str_hash, g_str_equal);
  View view = { .snapshot = snapshot, .by_name = by_name };
  const GPtrArray *devices = nm_client_get_devices (client);
  const GPtrArray *actives = nm_client_get_active_connections (client);
  NMActiveConnection *primary = nm_client_get_primary_connection (client);
  const CsInterface *interface;

  snapshot->nm_running = nm_client_get_nm_running (client);
  if (!snapshot->nm_running)
    return;
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      CsInterface *each = snapshot->interfaces->pdata[i];

      g_hash_table_insert (by_name, each->name, each);
    }
  for (guint i = 0; i < devices->len; i++)
    describe_device (&view, devices->pdata[i]);
  for (guint i = 0; i < devices->len; i++)
    describe_profile (&view, devices->pdata[i]);
  for (guint i = 0; i < actives->len; i++)
    if (nm_active_connection_get_vpn (actives->pdata[i]))
      describe_vpn (&view, actives->pdata[i]);
  fill_profiles (&view, client, dials);
  interface = primary == NULL ? NULL : ip_interface_of (&view, primary);
  if (interface != NULL)
    snapshot->primary = g_strdup (interface->name);
  if (snapshot->resolv_dns == NULL || snapshot->resolv_dns[0] == NULL)
    {
      g_strfreev (snapshot->resolv_dns);
      snapshot->resolv_dns = all_servers (client);
    }
}
