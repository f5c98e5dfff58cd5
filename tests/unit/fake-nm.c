/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All objects are one GVariant, the reply to GetManagedObjects; profiles answer
 * GetSettings in addition, and the root ActivateConnection and
 * DeactivateConnection. */
#include "fake-nm.h"

#define NM      "org.freedesktop.NetworkManager"
#define NM_PATH "/org/freedesktop/NetworkManager"

struct _FakeNm
{
  GDBusConnection *connection; /* (owned) */
  GString *objects;            /* (owned) text of a{oa{sa{sv}}}, after the root */
  GString *devices;            /* (owned) text of ao, without brackets */
  GString *actives;            /* (owned) */
  GString *profiles;           /* (owned) */
  GHashTable *settings;        /* (owned) profile's path -> Settings (owned) */
  GPtrArray *activations;      /* (owned) of char *, see fake_nm_take_activation () */
  char *refusal;               /* (owned) (nullable) */
  guint primary;
  gboolean radio_off;
  guint name;
  GArray *registrations; /* (owned) of guint */
};

typedef struct
{
  char *id;        /* (owned) */
  char *uuid;      /* (owned) */
  char *interface; /* (owned) (nullable) */
  char *method;    /* (owned) */
  char *wifi_mode; /* (owned) (nullable) NULL: a profile of Ethernet */
} Settings;

static void
settings_free (gpointer data)
{
  Settings *settings = data;

  g_free (settings->id);
  g_free (settings->uuid);
  g_free (settings->interface);
  g_free (settings->method);
  g_free (settings->wifi_mode);
  g_free (settings);
}

static const char introspection[]
    = "<node>"
      "<interface name='org.freedesktop.DBus.ObjectManager'>"
      "<method name='GetManagedObjects'>"
      "<arg type='a{oa{sa{sv}}}' direction='out'/></method></interface>"
      "<interface name='org.freedesktop.NetworkManager.Settings.Connection'>"
      "<method name='GetSettings'><arg type='a{sa{sv}}' direction='out'/></method>"
      "</interface>"
      "<interface name='org.freedesktop.NetworkManager'>"
      "<method name='ActivateConnection'><arg type='o' direction='in'/>"
      "<arg type='o' direction='in'/><arg type='o' direction='in'/>"
      "<arg type='o' direction='out'/></method>"
      "<method name='DeactivateConnection'><arg type='o' direction='in'/></method>"
      "</interface></node>";

FakeNm *
fake_nm_new (GDBusConnection *connection)
{
  FakeNm *self = g_new0 (FakeNm, 1);

  self->connection = g_object_ref (connection);
  self->objects = g_string_new (NULL);
  self->devices = g_string_new (NULL);
  self->actives = g_string_new (NULL);
  self->profiles = g_string_new (NULL);
  self->settings = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, settings_free);
  self->activations = g_ptr_array_new_with_free_func (g_free);
  self->registrations = g_array_new (FALSE, FALSE, sizeof (guint));
  return self;
}

void
fake_nm_free (FakeNm *self)
{
  g_object_unref (self->connection);
  g_string_free (self->objects, TRUE);
  g_string_free (self->devices, TRUE);
  g_string_free (self->actives, TRUE);
  g_string_free (self->profiles, TRUE);
  g_hash_table_unref (self->settings);
  g_ptr_array_unref (self->activations);
  g_free (self->refusal);
  g_array_unref (self->registrations);
  g_free (self);
}

/* objectpath '/org/freedesktop/NetworkManager/KIND/NUMBER', owned. */
static char *
path (const char *kind, guint number)
{
  if (number == 0)
    return g_strdup ("objectpath '/'");
  return g_strdup_printf ("objectpath '" NM_PATH "/%s/%u'", kind, number);
}

static void
append (GString *list, const char *item)
{
  g_string_append_printf (list, "%s%s", list->len > 0 ? ", " : "", item);
}

void
fake_nm_add_device (FakeNm *self,
                    guint number,
                    const char *type,
                    const char *name,
                    const char *ip_name,
                    guint state,
                    guint active)
{
  g_autofree char *device = path ("Devices", number);
  g_autofree char *active_path = path ("ActiveConnection", active);
  g_autofree char *ip4 = path ("IP4Config", active);

  append (self->devices, device);
  g_string_append_printf (
      self->objects,
      ", %s: {'" NM ".Device': {'Interface': <'%s'>, 'IpInterface': <'%s'>, "
      "'State': <uint32 %u>, 'StateReason': <(uint32 %u, uint32 0)>, 'Managed': <%s>, "
      "'Real': <true>, "
      "'ActiveConnection': <%s>, 'Ip4Config': <%s>}, '" NM ".Device.%s': @a{sv} {}}",
      device, name, ip_name, state, state, state > 10 ? "true" : "false", active_path,
      ip4, type);
}

void
fake_nm_add_wifi (FakeNm *self,
                  guint number,
                  const char *name,
                  guint state,
                  guint active,
                  guint capabilities)
{
  char *end;

  fake_nm_add_device (self, number, "Wireless", name, name, state, active);
  end = g_strrstr (self->objects->str, "@a{sv} {}}");
  g_string_truncate (self->objects, (gsize)(end - self->objects->str));
  g_string_append_printf (self->objects, "{'WirelessCapabilities': <uint32 %u>}}",
                          capabilities);
}

char *
fake_nm_uuid (guint number)
{
  return g_strdup_printf ("11111111-1111-4111-8111-%012u", number);
}

void
fake_nm_add_profile (FakeNm *self, guint number, const char *id, const char *interface)
{
  g_autofree char *profile = path ("Settings", number);
  Settings *settings = g_new0 (Settings, 1);

  settings->id = g_strdup (id);
  settings->uuid = fake_nm_uuid (number);
  settings->interface = g_strdup (interface);
  settings->method = g_strdup ("auto");
  g_hash_table_replace (self->settings, g_strdup_printf (NM_PATH "/Settings/%u", number),
                        settings);
  append (self->profiles, profile);
  g_string_append_printf (self->objects,
                          ", %s: {'" NM ".Settings.Connection': {'Unsaved': <false>}}",
                          profile);
}

static Settings *
find_settings (FakeNm *self, guint number)
{
  g_autofree char *profile = g_strdup_printf (NM_PATH "/Settings/%u", number);

  return g_hash_table_lookup (self->settings, profile);
}

void
fake_nm_add_active (FakeNm *self,
                    guint number,
                    const char *id,
                    guint device,
                    const char *extra)
{
  g_autofree char *active = path ("ActiveConnection", number);
  g_autofree char *device_path = path ("Devices", device);
  g_autofree char *profile = path ("Settings", number);
  g_autofree char *ip4 = path ("IP4Config", number);
  g_autofree char *uuid = fake_nm_uuid (number);

  append (self->actives, active);
  if (find_settings (self, number) == NULL)
    fake_nm_add_profile (self, number, id, NULL);
  g_string_append_printf (
      self->objects,
      ", %s: {'" NM ".Connection.Active': {'Connection': <%s>, 'Id': <'%s'>, "
      "'Uuid': <'%s'>, 'Type': <'802-3-ethernet'>, 'Devices': <@ao [%s]>, "
      "'State': <uint32 2>, 'Ip4Config': <%s>%s%s}%s}",
      active, profile, id, uuid, device == 0 ? "" : device_path, ip4,
      extra[0] == '\0' ? "" : ", ", extra,
      strstr (extra, "Vpn") == NULL ? ""
                                    : ", '" NM
                                      ".VPN.Connection': {'VpnState': <uint32 5>}");
}

void
fake_nm_add_ip4 (FakeNm *self,
                 guint number,
                 const char *address,
                 const char *gateway,
                 const char *dns)
{
  g_autofree char *ip4 = path ("IP4Config", number);

  g_string_append_printf (
      self->objects,
      ", %s: {'" NM ".IP4Config': {'AddressData': <[{'address': <'%s'>, "
      "'prefix': <uint32 24>}]>, 'Gateway': <'%s'>, "
      "'NameserverData': <[{'address': <'%s'>}, {'address': <'127.0.0.1'>}]>}}",
      ip4, address, gateway, dns);
}

void
fake_nm_add_ip6 (FakeNm *self, guint number, const char *const *dns)
{
  g_autofree char *ip6 = path ("IP6Config", number);
  g_autoptr (GString) servers = g_string_new (NULL);

  for (; *dns != NULL; dns++)
    {
      g_autoptr (GInetAddress) address = g_inet_address_new_from_string (*dns);
      const guint8 *bytes = g_inet_address_to_bytes (address);

      g_string_append (servers, servers->len > 0 ? ", [" : "[");
      for (gsize i = 0; i < g_inet_address_get_native_size (address); i++)
        g_string_append_printf (servers, "%s0x%02x", i > 0 ? ", " : "", bytes[i]);
      g_string_append_c (servers, ']');
    }
  g_string_append_printf (self->objects,
                          ", %s: {'" NM ".IP6Config': {'Gateway': <'fe80::1'>, "
                          "'Nameservers': <@aay [%s]>}}",
                          ip6, servers->str);
}

void
fake_nm_set_primary (FakeNm *self, guint active)
{
  self->primary = active;
}

void
fake_nm_set_method (FakeNm *self, guint number, const char *method)
{
  Settings *settings = find_settings (self, number);

  g_free (settings->method);
  settings->method = g_strdup (method);
}

void
fake_nm_set_wifi_mode (FakeNm *self, guint number, const char *mode)
{
  find_settings (self, number)->wifi_mode = g_strdup (mode);
}

void
fake_nm_switch_radio_off (FakeNm *self)
{
  self->radio_off = TRUE;
}

void
fake_nm_refuse (FakeNm *self, const char *message)
{
  g_free (self->refusal);
  self->refusal = g_strdup (message);
}

char *
fake_nm_take_activation (FakeNm *self)
{
  return self->activations->len > 0 ? g_ptr_array_steal_index (self->activations, 0)
                                    : NULL;
}

static GVariant *
managed_objects (FakeNm *self)
{
  g_autofree char *primary = path ("ActiveConnection", self->primary);
  g_autofree char *text = g_strdup_printf (
      "({objectpath '" NM_PATH "': {'" NM "': {'Version': <'1.42.4'>, "
      "'State': <uint32 70>, 'Startup': <false>, 'NetworkingEnabled': <true>, "
      "'PrimaryConnection': <%s>, "
      "'WirelessEnabled': <%s>, 'WirelessHardwareEnabled': <true>, "
      "'Devices': <@ao [%s]>, 'AllDevices': <@ao [%s]>, 'ActiveConnections': <@ao "
      "[%s]>}}, "
      "'" NM_PATH "/Settings': {'" NM ".Settings': {'Connections': <@ao [%s]>}}%s},)",
      primary, self->radio_off ? "false" : "true", self->devices->str, self->devices->str,
      self->actives->str, self->profiles->str, self->objects->str);
  g_autoptr (GError) error = NULL;
  GVariant *objects
      = g_variant_parse (G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return objects;
}

static GVariant *
settings_to_variant (const Settings *settings)
{
  g_autofree char *interface = settings->interface == NULL
                                   ? g_strdup ("")
                                   : g_strdup_printf (", 'interface-name': <'%s'>",
                                                      settings->interface);
  const char *type = settings->wifi_mode != NULL ? "802-11-wireless" : "802-3-ethernet";
  g_autofree char *link
      = settings->wifi_mode == NULL
            ? g_strdup ("@a{sv} {}")
            : g_strdup_printf ("{'ssid': <[byte 0x78]>, 'mode': <'%s'>}",
                               settings->wifi_mode);
  g_autofree char *text = g_strdup_printf (
      "({'connection': {'id': <'%s'>, 'type': <'%s'>, 'uuid': <'%s'>%s}, "
      "'%s': %s, 'ipv4': {'method': <'%s'>}},)",
      settings->id, type, settings->uuid, interface, type, link, settings->method);

  return g_variant_new_parsed (text);
}

/* "PROFILE ON DEVICE", numbers; the active connection has the profile's. */
static void
activate (FakeNm *self, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  const char *profile, *device;
  g_autofree char *active = NULL;

  g_variant_get (parameters, "(&o&o&o)", &profile, &device, NULL);
  profile = strrchr (profile, '/') + 1;
  device = strrchr (device, '/') + 1;
  g_ptr_array_add (self->activations, g_strdup_printf ("%s on %s", profile,
                                                       *device != '\0' ? device : "any"));
  active = g_strconcat (NM_PATH "/ActiveConnection/", profile, NULL);
  if (self->refusal != NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, NM ".UnknownConnection",
                                                self->refusal);
  else
    g_dbus_method_invocation_return_value (invocation, g_variant_new ("(o)", active));
}

/* "end ACTIVE"; the same one ends once. */
static void
deactivate (FakeNm *self, GVariant *parameters, GDBusMethodInvocation *invocation)
{
  const char *active;
  char *end;

  g_variant_get (parameters, "(&o)", &active);
  end = g_strdup_printf ("end %s", strrchr (active, '/') + 1);
  if (self->refusal != NULL)
    g_dbus_method_invocation_return_dbus_error (invocation, NM ".PermissionDenied",
                                                self->refusal);
  else if (g_ptr_array_find_with_equal_func (self->activations, end, g_str_equal, NULL))
    g_dbus_method_invocation_return_dbus_error (invocation, NM ".ConnectionNotActive",
                                                "The connection was not active.");
  else
    g_dbus_method_invocation_return_value (invocation, NULL);
  g_ptr_array_add (self->activations, end);
}

static void
on_call (GDBusConnection *connection,
         const char *sender,
         const char *object,
         const char *interface,
         const char *method,
         GVariant *parameters,
         GDBusMethodInvocation *invocation,
         gpointer user_data)
{
  FakeNm *self = user_data;

  if (g_str_equal (method, "GetManagedObjects"))
    {
      g_autoptr (GVariant) objects = managed_objects (self);

      g_dbus_method_invocation_return_value (invocation, objects);
    }
  else if (g_str_equal (method, "ActivateConnection"))
    activate (self, parameters, invocation);
  else if (g_str_equal (method, "DeactivateConnection"))
    deactivate (self, parameters, invocation);
  else
    g_dbus_method_invocation_return_value (
        invocation, settings_to_variant (g_hash_table_lookup (self->settings, object)));
}

static void
publish (FakeNm *self, const char *object, GDBusInterfaceInfo *interface)
{
  static const GDBusInterfaceVTable vtable = { .method_call = on_call };
  g_autoptr (GError) error = NULL;
  guint id = g_dbus_connection_register_object (self->connection, object, interface,
                                                &vtable, self, NULL, &error);

  g_assert_no_error (error);
  g_array_append_val (self->registrations, id);
}

void
fake_nm_start (FakeNm *self)
{
  g_autoptr (GDBusNodeInfo) node = g_dbus_node_info_new_for_xml (introspection, NULL);
  GHashTableIter iter;
  gpointer object;

  publish (self, "/org/freedesktop", node->interfaces[0]);
  publish (self, NM_PATH, node->interfaces[2]);
  g_hash_table_iter_init (&iter, self->settings);
  while (g_hash_table_iter_next (&iter, &object, NULL))
    publish (self, object, node->interfaces[1]);
  self->name = g_bus_own_name_on_connection (
      self->connection, NM, G_BUS_NAME_OWNER_FLAGS_NONE, NULL, NULL, NULL, NULL);
}

void
fake_nm_stop (FakeNm *self)
{
  g_bus_unown_name (self->name);
  for (guint i = 0; i < self->registrations->len; i++)
    g_dbus_connection_unregister_object (self->connection,
                                         g_array_index (self->registrations, guint, i));
  g_array_set_size (self->registrations, 0);
}

void
fake_nm_change (FakeNm *self,
                const char *object,
                const char *interface,
                const char *properties)
{
  g_autofree char *full
      = g_strconcat (NM_PATH, object[0] == '\0' ? "" : "/", object, NULL);
  g_autofree char *name = g_strconcat (NM, interface, NULL);
  g_autoptr (GError) error = NULL;
  GVariant *values
      = g_variant_parse (G_VARIANT_TYPE_VARDICT, properties, NULL, NULL, &error);

  g_assert_no_error (error);
  g_dbus_connection_emit_signal (
      self->connection, NULL, full, "org.freedesktop.DBus.Properties",
      "PropertiesChanged", g_variant_new ("(s@a{sv}as)", name, values, NULL), &error);
  g_assert_no_error (error);
}

void
fake_nm_set_state (FakeNm *self, guint active, guint state, guint reason)
{
  g_autofree char *name = g_strdup_printf ("ActiveConnection/%u", active);
  g_autofree char *object = g_strconcat (NM_PATH "/", name, NULL);
  g_autofree char *properties = g_strdup_printf ("{'State': <uint32 %u>}", state);
  g_autoptr (GError) error = NULL;

  fake_nm_change (self, name, ".Connection.Active", properties);
  g_dbus_connection_emit_signal (self->connection, NULL, object, NM ".Connection.Active",
                                 "StateChanged", g_variant_new ("(uu)", state, reason),
                                 &error);
  g_assert_no_error (error);
}

void
fake_nm_set_device_state (FakeNm *self,
                          guint device,
                          guint state,
                          guint old,
                          guint reason)
{
  g_autofree char *name = g_strdup_printf ("Devices/%u", device);
  g_autofree char *object = g_strconcat (NM_PATH "/", name, NULL);
  g_autofree char *properties = g_strdup_printf (
      "{'State': <uint32 %u>, 'StateReason': <(uint32 %u, uint32 %u)>}", state, state,
      reason);
  g_autoptr (GError) error = NULL;

  fake_nm_change (self, name, ".Device", properties);
  g_dbus_connection_emit_signal (self->connection, NULL, object, NM ".Device",
                                 "StateChanged",
                                 g_variant_new ("(uuu)", state, old, reason), &error);
  g_assert_no_error (error);
}
