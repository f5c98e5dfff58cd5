/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access to the service on the system bus. The proxies and the translation of error
 * names are generated from the service's own XML and table; this file only adds which
 * bus errors mean that the service is missing. */
#include "client.h"

#include "command.h"
#include "errors.h"
#include "names.h"

#include <string.h>

/* Kept until the process exits, because connecting again takes milliseconds. */
static GDBusConnection *
connect_to_bus (GError **error)
{
  static GDBusConnection *bus; /* (owned) */
  g_autoptr (GError) cause = NULL;

  if (bus != NULL)
    return g_object_ref (bus);
  bus = g_bus_get_sync (G_BUS_TYPE_SYSTEM, NULL, &cause);
  if (bus == NULL)
    {
      g_set_error (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER,
                   "cannot reach the system bus (%s); is the D-Bus daemon running?",
                   cause->message);
      return NULL;
    }
  cs_error_register ();
  /* if the bus goes away, report an error instead of dying from a signal */
  g_dbus_connection_set_exit_on_close (bus, FALSE);
  return g_object_ref (bus);
}

/* For methods only; the first call starts the service. */
#define METHODS_FLAGS \
  (G_DBUS_PROXY_FLAGS_DO_NOT_LOAD_PROPERTIES | G_DBUS_PROXY_FLAGS_DO_NOT_CONNECT_SIGNALS \
   | G_DBUS_PROXY_FLAGS_DO_NOT_AUTO_START_AT_CONSTRUCTION)

CsDbusManager *
cs_client_get_manager (GError **error)
{
  g_autoptr (GDBusConnection) bus = connect_to_bus (error);

  if (bus == NULL)
    return NULL;
  return cs_dbus_manager_proxy_new_sync (bus, METHODS_FLAGS, CS_BUS_NAME, CS_MANAGER_PATH,
                                         NULL, error);
}

static gint
compare_shares (gconstpointer a, gconstpointer b)
{
  CsDbusShare *const *one = a;
  CsDbusShare *const *other = b;

  return g_strcmp0 (cs_dbus_share_get_lan (*one), cs_dbus_share_get_lan (*other));
}

GPtrArray *
cs_client_list_shares (GDBusObjectManager *objects)
{
  GPtrArray *shares = g_ptr_array_new_with_free_func (g_object_unref);
  GList *all = g_dbus_object_manager_get_objects (objects);

  for (GList *item = all; item != NULL; item = item->next)
    {
      CsDbusShare *share = cs_dbus_object_get_share (item->data);

      if (share != NULL)
        g_ptr_array_add (shares, share);
    }
  g_list_free_full (all, g_object_unref);
  g_ptr_array_sort (shares, compare_shares);
  return shares;
}

gboolean
cs_client_is_running (GDBusObjectManager *objects)
{
  g_autofree char *owner = g_dbus_object_manager_client_get_name_owner (
      G_DBUS_OBJECT_MANAGER_CLIENT (objects));

  return owner != NULL;
}

static void
set_not_shared (const char *lan, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE, "\"%s\" is not shared", lan);
}

/* The generated code calls "BytesSent" on the bus "bytes-sent". */
static char *
gobject_name (const char *name)
{
  GString *lower = g_string_new (NULL);

  for (const char *c = name; *c != '\0'; c++)
    {
      if (g_ascii_isupper (*c) && c != name)
        g_string_append_c (lower, '-');
      g_string_append_c (lower, g_ascii_tolower (*c));
    }
  return g_string_free (lower, FALSE);
}

/* A share with those of @properties (a{sv}) that it knows. */
static CsDbusShare *
share_with (GVariant *properties)
{
  CsDbusShare *share = cs_dbus_share_skeleton_new ();
  GDBusPropertyInfo **infos = cs_dbus_share_interface_info ()->properties;

  for (guint i = 0; infos[i] != NULL; i++)
    {
      g_autoptr (GVariant) variant = g_variant_lookup_value (
          properties, infos[i]->name, G_VARIANT_TYPE (infos[i]->signature));
      g_autofree char *name = gobject_name (infos[i]->name);
      g_auto (GValue) value = G_VALUE_INIT;

      if (variant == NULL)
        continue;
      g_dbus_gvariant_to_gvalue (variant, &value);
      g_object_set_property (G_OBJECT (share), name, &value);
    }
  return share;
}

static char *
share_path (const char *lan)
{
  g_autofree char *escaped = g_dbus_escape_object_path (lan);

  return g_strconcat (CS_SHARE_PATH_PREFIX, escaped, NULL);
}

CsDbusShare *
cs_client_get_share_proxy (const char *lan, GError **error)
{
  g_autoptr (GDBusConnection) bus = connect_to_bus (error);
  g_autofree char *path = share_path (lan);

  if (bus == NULL)
    return NULL;
  return cs_dbus_share_proxy_new_sync (bus, METHODS_FLAGS, CS_BUS_NAME, path, NULL,
                                       error);
}

gboolean
cs_client_is_not_shared (const GError *error)
{
  /* GDBus says UnknownMethod in both cases. */
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_OBJECT)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_UNKNOWN_METHOD)
         || g_error_matches (error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE);
}

CsDbusShare *
cs_client_get_share (const char *lan, GError **error)
{
  g_autoptr (GDBusConnection) bus = connect_to_bus (error);
  g_autofree char *path = share_path (lan);
  g_autoptr (GError) refusal = NULL;
  g_autoptr (GVariant) reply = NULL;
  g_autoptr (GVariant) properties = NULL;

  if (bus == NULL)
    return NULL;
  reply = g_dbus_connection_call_sync (
      bus, CS_BUS_NAME, path, "org.freedesktop.DBus.Properties", "GetAll",
      g_variant_new ("(s)", cs_dbus_share_interface_info ()->name),
      G_VARIANT_TYPE ("(a{sv})"), G_DBUS_CALL_FLAGS_NONE, -1, NULL, &refusal);
  if (reply != NULL)
    {
      properties = g_variant_get_child_value (reply, 0);
      return share_with (properties);
    }
  if (cs_client_is_not_shared (refusal))
    set_not_shared (lan, error);
  else
    g_propagate_error (error, g_steal_pointer (&refusal));
  return NULL;
}

gboolean
cs_client_keep_share (GPtrArray *shares, const char *lan, GError **error)
{
  for (guint i = shares->len; i > 0; i--)
    if (g_strcmp0 (cs_dbus_share_get_lan (shares->pdata[i - 1]), lan) != 0)
      g_ptr_array_remove_index (shares, i - 1);
  if (shares->len == 0)
    set_not_shared (lan, error);
  return shares->len > 0;
}

static GDBusObjectManager *
get_objects (GDBusConnection *bus, GError **error)
{
  return cs_dbus_object_manager_client_new_sync (
      bus, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE, CS_BUS_NAME, CS_MANAGER_PATH, NULL,
      error);
}

/* Whether the service was just exiting when it was called: it did not reply; or it had
 * already released its name, and then the bus's policy denies the call; or it was
 * gone, and its unique name with it; or it is gone now. */
static gboolean
was_ending (GDBusObjectManager *objects, const GError *error)
{
  if (objects != NULL)
    return !cs_client_is_running (objects);
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_SERVICE_UNKNOWN);
}

/* If the service was just exiting, asks again, and the bus starts a new one. */
static GDBusObjectManager *
get_objects_of_next (GDBusConnection *bus, GError **error)
{
  g_autoptr (GError) first = NULL;
  g_autoptr (GDBusObjectManager) objects = get_objects (bus, &first);

  if (was_ending (objects, first))
    return get_objects (bus, error);
  if (objects == NULL)
    g_propagate_error (error, g_steal_pointer (&first));
  return g_steal_pointer (&objects);
}

/* The error says why the service does not run. */
static gboolean
start_service (GDBusConnection *bus, GError **error)
{
  g_autoptr (GVariant) reply = g_dbus_connection_call_sync (
      bus, "org.freedesktop.DBus", "/org/freedesktop/DBus", "org.freedesktop.DBus",
      "StartServiceByName", g_variant_new ("(su)", CS_BUS_NAME, 0), NULL,
      G_DBUS_CALL_FLAGS_NONE, -1, NULL, error);

  return reply != NULL;
}

/* Of a service that cannot be started, the object manager says what no program can tell
 * from another failure, or that it has no objects. */
static GDBusObjectManager *
get_running_objects (GDBusConnection *bus, GError **error)
{
  g_autoptr (GError) failure = NULL;
  g_autoptr (GDBusObjectManager) objects = get_objects_of_next (bus, &failure);

  if (objects != NULL && cs_client_is_running (objects))
    return g_steal_pointer (&objects);
  if (failure != NULL && !g_error_matches (failure, G_IO_ERROR, G_IO_ERROR_DBUS_ERROR))
    {
      g_propagate_error (error, g_steal_pointer (&failure));
      return NULL;
    }
  return start_service (bus, error) ? get_objects (bus, error) : NULL;
}

GPtrArray *
cs_client_get_shares (const char *lan, GError **error)
{
  g_autoptr (GDBusConnection) bus = connect_to_bus (error);
  g_autoptr (GDBusObjectManager) objects = NULL;
  g_autoptr (GPtrArray) shares = NULL;

  if (bus == NULL)
    return NULL;
  objects = get_running_objects (bus, error);
  if (objects == NULL)
    return NULL;
  shares = cs_client_list_shares (objects);
  if (lan != NULL && !cs_client_keep_share (shares, lan, error))
    return NULL;
  return g_steal_pointer (&shares);
}

GDBusObjectManager *
cs_client_watch (GError **error)
{
  g_autoptr (GDBusConnection) bus = connect_to_bus (error);

  if (bus == NULL)
    return NULL;
  return cs_dbus_object_manager_client_new_sync (
      bus, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_DO_NOT_AUTO_START, CS_BUS_NAME,
      CS_MANAGER_PATH, NULL, error);
}

/* systemd's own words for a unit that it cannot start: "UnitMasked" and so on. */
static char *
systemd_error (const GError *error)
{
  g_autofree char *name = g_dbus_error_get_remote_error (error);
  static const char prefix[] = "org.freedesktop.systemd1.";

  if (name == NULL || !g_str_has_prefix (name, prefix))
    return NULL;
  return g_strdup (name + strlen (prefix));
}

static gboolean
service_is_not_there (const GError *error)
{
  static const GDBusError codes[] = {
    G_DBUS_ERROR_SERVICE_UNKNOWN,
    G_DBUS_ERROR_NAME_HAS_NO_OWNER,
    G_DBUS_ERROR_SPAWN_EXEC_FAILED,
    G_DBUS_ERROR_SPAWN_FORK_FAILED,
    G_DBUS_ERROR_SPAWN_CHILD_EXITED,
    G_DBUS_ERROR_SPAWN_CHILD_SIGNALED,
    G_DBUS_ERROR_SPAWN_FAILED,
    G_DBUS_ERROR_SPAWN_SETUP_FAILED,
    G_DBUS_ERROR_SPAWN_CONFIG_INVALID,
    G_DBUS_ERROR_SPAWN_SERVICE_INVALID,
    G_DBUS_ERROR_SPAWN_SERVICE_NOT_FOUND,
    G_DBUS_ERROR_SPAWN_PERMISSIONS_INVALID,
    G_DBUS_ERROR_SPAWN_FILE_INVALID,
    G_DBUS_ERROR_SPAWN_NO_MEMORY,
    G_DBUS_ERROR_TIMED_OUT,
  };
  g_autofree char *unit = systemd_error (error);

  for (guint i = 0; i < G_N_ELEMENTS (codes); i++)
    if (g_error_matches (error, G_DBUS_ERROR, (gint)codes[i]))
      return TRUE;
  return unit != NULL;
}

/* The service, or the bus, was there, but no reply came. */
static gboolean
service_is_gone (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_REPLY)
         || g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_DISCONNECTED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CLOSED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT);
}

static gboolean
bus_is_not_there (const GError *error)
{
  return g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_NO_SERVER);
}

/* What the service leaves to its clients to suggest: where to look up names. */
static const char *
remedy_of (const GError *error)
{
  if (g_error_matches (error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE))
    return "; \"sharectl list\" shows what is";
  if (g_error_matches (error, CS_ERROR, CS_ERROR_NO_SUCH_DEVICE))
    return "; \"sharectl interfaces\" lists all";
  if (g_error_matches (error, CS_ERROR, CS_ERROR_NO_SUCH_CLIENT))
    return "; \"sharectl clients\" lists those that have names";
  return "";
}

static const char *
remedy_of_unit (const GError *error)
{
  g_autofree char *word = systemd_error (error);

  if (g_strcmp0 (word, "UnitMasked") == 0)
    return "allow it with \"systemctl unmask connshared\"";
  if (g_strcmp0 (word, "NoSuchUnit") == 0)
    return "run \"systemctl daemon-reload\", or install connshare again";
  return "start it with \"systemctl start connshared\", or see \"journalctl -u "
         "connshared\"";
}

char *
cs_client_explain (const GError *error)
{
  g_autoptr (GError) plain = g_error_copy (error);

  g_dbus_error_strip_remote_error (plain);
  if (service_is_not_there (error))
    return g_strdup_printf ("the service connshared is not available (%s); %s",
                            plain->message, remedy_of_unit (error));
  if (service_is_gone (error))
    return g_strdup_printf (
        "the service connshared did not reply (%s); see \"journalctl -u connshared\"",
        plain->message);
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    return g_strdup_printf (
        "the system bus does not let this user call connshared (%s); its "
        "policy is in /usr/share/dbus-1/system.d/org.connshare1.conf",
        plain->message);
  return g_strconcat (plain->message, remedy_of (error), NULL);
}

static int
exit_status_of_code (CsError code)
{
  switch (code)
    {
    case CS_ERROR_INVALID_ARGUMENT:
      return CS_EXIT_USAGE;
    case CS_ERROR_NO_SUCH_DEVICE:
    case CS_ERROR_NO_SUCH_SHARE:
    case CS_ERROR_NO_SUCH_CLIENT:
      return CS_EXIT_NO_SUCH_THING;
    case CS_ERROR_NOT_AUTHORIZED:
      return CS_EXIT_NOT_AUTHORIZED;
    case CS_ERROR_FAILED:
    case CS_ERROR_NOT_SUITABLE:
    case CS_ERROR_ADDRESS_CONFLICT:
    case CS_ERROR_NOT_SUPPORTED:
    case CS_ERROR_TIMEOUT:
    default:
      return CS_EXIT_FAILED;
    }
}

int
cs_client_exit_status (const GError *error)
{
  if (error->domain == CS_ERROR)
    return exit_status_of_code ((CsError)error->code);
  if (g_error_matches (error, G_DBUS_ERROR, G_DBUS_ERROR_ACCESS_DENIED))
    return CS_EXIT_NOT_AUTHORIZED;
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_NOT_FOUND))
    return CS_EXIT_NO_SUCH_THING;
  if (bus_is_not_there (error) || service_is_not_there (error) || service_is_gone (error))
    return CS_EXIT_NO_SERVICE;
  return CS_EXIT_FAILED;
}
