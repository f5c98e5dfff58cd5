/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A profile belongs to the interface that carries its packets, its ip-interface: for
 * PPPoE on eth0 that is ppp0, for the modem cdc-wdm0 it is wwan0. NetworkManager reports
 * no ip-interface for a plugin's VPN; there it is the interface that has the VPN's
 * address. */
#include "nm-view.h"

#include "system/lan/lan-profile.h"
#include "system/nm/shared.h"

/* One fill. */
typedef struct
{
  CsSnapshot *snapshot;
  NMClient *client;    /* unowned */
  CsDialLog *dials;    /* unowned */
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

static GQuark
label_quark (void)
{
  static GQuark quark;

  if (quark == 0)
    quark = g_quark_from_static_string ("connshare-label");
  return quark;
}

/* Vendor and product, or NULL. If there is no label, libnm searches udev's files on every
 * call, so the result is kept with the device. */
static const char *
label_of (NMDevice *device)
{
  const char *label = g_object_get_qdata (G_OBJECT (device), label_quark ());

  if (label == NULL)
    {
      label = "";
      if (is_given (nm_device_get_vendor (device))
          || is_given (nm_device_get_product (device)))
        label = nm_device_get_description (device);
      g_object_set_qdata_full (G_OBJECT (device), label_quark (), g_strdup (label),
                               g_free);
      label = g_object_get_qdata (G_OBJECT (device), label_quark ());
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
is_changing (NMDevice *device)
{
  NMDeviceState state = nm_device_get_state (device);

  if (state == NM_DEVICE_STATE_DISCONNECTED)
    return nm_device_get_state_reason (device) == NM_DEVICE_STATE_REASON_NEW_ACTIVATION;
  return state > NM_DEVICE_STATE_DISCONNECTED
         && !cs_nm_is_alive (nm_device_get_active_connection (device));
}

static gboolean
is_metered (NMDevice *device)
{
  NMMetered metered = nm_device_get_metered (device);

  return metered == NM_METERED_YES || metered == NM_METERED_GUESS_YES;
}

/* Adds the @servers that a share can use. */
static void
add_usable (GArray *dns, const char *const *servers)
{
  CsAddress address;

  for (; servers != NULL && *servers != NULL; servers++)
    if (cs_address_parse (*servers, &address) && cs_address_is_remote (address))
      cs_addresses_add (dns, address);
}

static void
add_servers_of (GArray *dns, NMIPConfig *config)
{
  if (config != NULL)
    add_usable (dns, nm_ip_config_get_nameservers (config));
}

/* nm-policy.c sets this flag on activations of its own; those that a client requests lack
 * it. But after the user has ended our profile, they have accepted the automatic one. */
static gboolean
is_automatic (NMActiveConnection *active, CsDialLog *dials, const char *ours)
{
  const CsDialOutcome *outcome = cs_dial_log_find (dials, ours);

  return (nm_active_connection_get_state_flags (active)
          & NM_ACTIVATION_STATE_FLAG_LIFETIME_BOUND_TO_PROFILE_VISIBILITY)
         && (outcome == NULL || !outcome->hung_up);
}

/* Describes the profile of @active as the one of @interface. */
static void
attribute (View *view, CsInterface *interface, NMActiveConnection *active)
{
  const char *uuid = nm_active_connection_get_uuid (active);
  NMIPConfig *config = nm_active_connection_get_ip4_config (active);
  g_autofree char *ours = cs_lan_settings_uuid (interface->name);
  const char *gateway = NULL;

  g_free (interface->connection_id);
  g_free (interface->connection_uuid);
  g_free (interface->connection_path);
  interface->connection_id = g_strdup (nm_active_connection_get_id (active));
  interface->connection_uuid = g_strdup (uuid);
  interface->connection_path = g_strdup (nm_object_get_path (NM_OBJECT (active)));
  interface->connection_shared = cs_nm_is_shared (active);
  interface->connection_ours = g_strcmp0 (uuid, ours) == 0;
  interface->connection_auto = is_automatic (active, view->dials, ours);
  interface->gateway = (CsAddress){ 0 };
  g_array_set_size (interface->dns, 0);
  if (config != NULL)
    gateway = nm_ip_config_get_gateway (config);
  if (gateway != NULL)
    cs_address_parse (gateway, &interface->gateway);
  add_servers_of (interface->dns, config);
  add_servers_of (interface->dns, nm_active_connection_get_ip6_config (active));
}

static CsWifiUse
wifi_use_of (NMActiveConnection *active)
{
  NMRemoteConnection *profile;
  NMSettingWireless *wifi = NULL;

  if (!cs_nm_is_alive (active))
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
  interface->unavailable = !interface->wifi_off
                           && nm_device_get_state (device) == NM_DEVICE_STATE_UNAVAILABLE;
  interface->no_access_point = (can & NM_WIFI_DEVICE_CAP_AP) == 0;
}

/* The reason stays until the device wakes up; on the way to sleep it is not yet set. */
static gboolean
is_asleep (NMDevice *device, gboolean networking)
{
  NMDeviceState state = nm_device_get_state (device);

  if (state <= NM_DEVICE_STATE_UNMANAGED)
    return nm_device_get_state_reason (device) == NM_DEVICE_STATE_REASON_SLEEPING;
  return state <= NM_DEVICE_STATE_DISCONNECTED && !networking;
}

/* Containers can have hundreds of such devices: NetworkManager only says that it leaves
 * them alone, which is a snapshot's default. */
static gboolean
is_left_alone (NMDevice *device)
{
  return nm_device_get_state (device) <= NM_DEVICE_STATE_UNMANAGED
         && nm_device_get_state_reason (device) != NM_DEVICE_STATE_REASON_SLEEPING
         && !NM_IS_DEVICE_WIFI (device) && label_of (device) == NULL;
}

static void
describe_device (View *view, NMDevice *device)
{
  CsInterface *interface;

  if (is_left_alone (device))
    return;
  interface = find (view, nm_device_get_iface (device));
  if (interface == NULL)
    return;
  interface->managed = managed_of (device);
  interface->changing = is_changing (device);
  interface->asleep = is_asleep (device, nm_client_networking_get_enabled (view->client));
  interface->disconnected
      = nm_device_get_state (device) == NM_DEVICE_STATE_DISCONNECTED
        && nm_device_get_state_reason (device) == NM_DEVICE_STATE_REASON_USER_REQUESTED;
  g_free (interface->label);
  interface->label = g_strdup (label_of (device));
  if (NM_IS_DEVICE_WIFI (device))
    describe_wifi (interface, device, nm_object_get_client (NM_OBJECT (device)));
}

/* Call this after describing all devices, because an ip-interface may also be a device of
 * its own. */
static void
describe_profile (View *view, NMDevice *device)
{
  NMActiveConnection *active = nm_device_get_active_connection (device);
  CsInterface *lower, *interface;
  const char *ip_name;

  if (!cs_nm_is_alive (active))
    return;
  ip_name = nm_device_get_ip_iface (device);
  lower = find (view, nm_device_get_iface (device));
  interface = ip_name == NULL ? lower : find (view, ip_name);
  if (interface == NULL)
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
  interface->metered = is_metered (device);
  attribute (view, interface, active);
}

static gboolean
has_address (const CsInterface *interface, CsAddress address)
{
  for (guint i = 0; i < interface->addresses->len; i++)
    if (cs_address_equal (
            g_array_index (interface->addresses, CsInterfaceAddress, i).local.address,
            address))
      return TRUE;
  return FALSE;
}

static CsInterface *
find_by_address (View *view, NMActiveConnection *active)
{
  NMIPConfig *config = nm_active_connection_get_ip4_config (active);
  const GPtrArray *interfaces = view->snapshot->interfaces;
  const GPtrArray *addresses;
  CsAddress address;

  if (config == NULL)
    return NULL;
  addresses = nm_ip_config_get_addresses (config);
  for (guint i = 0; i < addresses->len; i++)
    {
      if (!cs_address_parse (nm_ip_address_get_address (addresses->pdata[i]), &address))
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

/* An IPsec policy without an interface puts its address on the underlying device, which
 * keeps its own profile: that one makes its routes. */
static void
describe_vpn (View *view, NMActiveConnection *active)
{
  const GPtrArray *parents = nm_active_connection_get_devices (active);
  CsInterface *interface = find_by_address (view, active);

  if (interface == NULL || !cs_nm_is_alive (active))
    return;
  for (guint i = 0; i < parents->len; i++)
    if (g_strcmp0 (nm_device_get_ip_iface (parents->pdata[i]), interface->name) == 0)
      return;
  interface->kind = CS_KIND_VPN;
  attribute (view, interface, active);
}

/* Adds all servers that NetworkManager's own stub resolver uses. They lack the link that
 * a link-local server belongs to. */
static void
add_all_servers (GArray *dns, NMClient *client)
{
  const GPtrArray *entries = nm_client_get_dns_configuration (client);

  for (guint i = 0; entries != NULL && i < entries->len; i++)
    add_usable (dns, nm_dns_entry_get_nameservers (entries->pdata[i]));
  cs_addresses_drop_link_local (dns);
}

/* FALSE for a profile that NetworkManager generated for somebody else's setup, or we for
 * a LAN: a user would name neither. */
static gboolean
is_users_own (NMRemoteConnection *profile)
{
  const char *interface = nm_connection_get_interface_name (NM_CONNECTION (profile));
  g_autofree char *ours = interface != NULL ? cs_lan_settings_uuid (interface) : NULL;

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
  profile->ppp_failed = outcome->ppp;
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

/* A profile that is activated again while still deactivating has two activations; the
 * better one counts. */
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
  View view
      = { .snapshot = snapshot, .client = client, .dials = dials, .by_name = by_name };
  const GPtrArray *devices = nm_client_get_devices (client);
  const GPtrArray *actives = nm_client_get_active_connections (client);
  NMActiveConnection *primary = nm_client_get_primary_connection (client);
  const CsInterface *interface;

  snapshot->nm_running = nm_client_get_nm_running (client);
  snapshot->nm_starting = nm_client_get_startup (client);
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
  if (snapshot->resolv_dns->len == 0)
    add_all_servers (snapshot->resolv_dns, client);
}
