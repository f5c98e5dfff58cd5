/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All objects are one GVariant, the reply to GetManagedObjects; profiles answer
 * GetSettings in addition. */
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
  GHashTable *methods;         /* (owned) profile's path -> ipv4.method (owned) */
  guint primary;
  guint name;
  GArray *registrations; /* (owned) of guint */
};

static const char introspection[]
    = "<node>"
      "<interface name='org.freedesktop.DBus.ObjectManager'>"
      "<method name='GetManagedObjects'>"
      "<arg type='a{oa{sa{sv}}}' direction='out'/></method></interface>"
      "<interface name='org.freedesktop.NetworkManager.Settings.Connection'>"
      "<method name='GetSettings'><arg type='a{sa{sv}}' direction='out'/></method>"
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
  self->methods = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
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
  g_hash_table_unref (self->methods);
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

  append (self->actives, active);
  append (self->profiles, profile);
  fake_nm_set_method (self, number, "auto");
  g_string_append_printf (
      self->objects,
      ", %s: {'" NM ".Connection.Active': {'Connection': <%s>, 'Id': <'%s'>, "
      "'Uuid': <'uuid-of-%s'>, 'Type': <'802-3-ethernet'>, 'Devices': <[%s]>, "
      "'State': <uint32 2>, 'Ip4Config': <%s>%s%s}%s}, "
      "%s: {'" NM ".Settings.Connection': {'Unsaved': <false>}}",
      active, profile, id, id, device_path, ip4, extra[0] == '\0' ? "" : ", ", extra,
      strstr (extra, "Vpn") == NULL ? ""
                                    : ", '" NM
                                      ".VPN.Connection': {'VpnState': <uint32 5>}",
      profile);
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
fake_nm_set_primary (FakeNm *self, guint active)
{
  self->primary = active;
}

void
fake_nm_set_method (FakeNm *self, guint active, const char *method)
{
  g_hash_table_replace (self->methods, g_strdup_printf (NM_PATH "/Settings/%u", active),
                        g_strdup (method));
}

static GVariant *
managed_objects (FakeNm *self)
{
  g_autofree char *primary = path ("ActiveConnection", self->primary);
  g_autofree char *text = g_strdup_printf (
      "({objectpath '" NM_PATH "': {'" NM "': {'Version': <'1.42.4'>, "
      "'State': <uint32 70>, 'Startup': <false>, 'PrimaryConnection': <%s>, "
      "'Devices': <@ao [%s]>, 'AllDevices': <@ao [%s]>, 'ActiveConnections': <@ao "
      "[%s]>}}, "
      "'" NM_PATH "/Settings': {'" NM ".Settings': {'Connections': <@ao [%s]>}}%s},)",
      primary, self->devices->str, self->devices->str, self->actives->str,
      self->profiles->str, self->objects->str);
  g_autoptr (GError) error = NULL;
  GVariant *objects
      = g_variant_parse (G_VARIANT_TYPE ("(a{oa{sa{sv}}})"), text, NULL, NULL, &error);

  g_assert_no_error (error);
  return objects;
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
  else
    {
      g_autofree char *text = g_strdup_printf (
          "({'connection': {'id': <'profile'>, 'type': <'802-3-ethernet'>, "
          "'uuid': <'11111111-1111-4111-8111-111111111111'>}, '802-3-ethernet': @a{sv} "
          "{}, "
          "'ipv4': {'method': <'%s'>}},)",
          (const char *)g_hash_table_lookup (self->methods, object));

      g_dbus_method_invocation_return_value (invocation, g_variant_new_parsed (text));
    }
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
  g_hash_table_iter_init (&iter, self->methods);
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
