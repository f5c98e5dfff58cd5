/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An object manager client for the shares, and a proxy of the manager that starts the
 * service; see service.h. */
#include "service.h"

#include "interface.h"

#define NAME "org.connshare1"
#define PATH "/org/connshare1"

/* A service that has ended by a crash or an update is started again by systemd or the
 * bus. */
#define RETURN_DELAY 500 /* ms */

struct _CsService
{
  GObject parent;
  GCancellable *cancellable;   /* (owned) of all that is under way */
  GDBusObjectManager *objects; /* (owned) (nullable) */
  CsDbusManager *manager;      /* (owned) (nullable) */
  GPtrArray *shares;           /* (owned) (element-type CsDbusShare) */
  GPtrArray *interfaces;       /* (owned) (element-type CsInterface) */
  GStrv features;              /* (owned) (nullable) */
  GError *error;               /* (owned) (nullable) */
  CsServiceState state;
  guint return_timer; /* source, or 0 */
};

enum
{
  CHANGED,
  INTERFACES_CHANGED,
  CLIENTS_CHANGED,
  FORWARDS_CHANGED,
  N_SIGNALS
};
static guint signals[N_SIGNALS];

G_DEFINE_FINAL_TYPE (CsService, cs_service, G_TYPE_OBJECT)

static void
emit_changed (CsService *service)
{
  g_signal_emit (service, signals[CHANGED], 0);
}

static void
set_state (CsService *service, CsServiceState state, const GError *error)
{
  service->state = state;
  g_clear_error (&service->error);
  if (error != NULL)
    service->error = g_error_copy (error);
}

static gboolean
has_owner (CsService *service)
{
  g_autofree char *owner = g_dbus_object_manager_client_get_name_owner (
      G_DBUS_OBJECT_MANAGER_CLIENT (service->objects));

  return owner != NULL;
}

static void
read_features (CsService *service)
{
  g_autoptr (GVariant) value
      = g_dbus_proxy_get_cached_property (G_DBUS_PROXY (service->manager), "Features");

  if (value == NULL || !g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    return;
  g_strfreev (service->features);
  service->features = g_variant_dup_strv (value, NULL);
}

static void
read_shares (CsService *service)
{
  g_autolist (GDBusObject) objects = g_dbus_object_manager_get_objects (service->objects);

  g_ptr_array_set_size (service->shares, 0);
  for (GList *link = objects; link != NULL; link = link->next)
    {
      CsDbusShare *share = cs_dbus_object_get_share (CS_DBUS_OBJECT (link->data));

      if (share != NULL)
        g_ptr_array_add (service->shares, share);
    }
}

static void
on_objects_changed (CsService *service)
{
  if (service->state == CS_SERVICE_RETURNING && !has_owner (service))
    return;
  read_shares (service);
  emit_changed (service);
  cs_service_refresh_interfaces (service);
}

static void
on_share_changed (CsService *service)
{
  emit_changed (service);
}

static void
on_share_signal (GDBusObjectManagerClient *client,
                 GDBusObjectProxy *object,
                 GDBusProxy *proxy,
                 const char *sender,
                 const char *name,
                 GVariant *arguments,
                 CsService *service)
{
  if (g_str_equal (name, "ClientsChanged"))
    g_signal_emit (service, signals[CLIENTS_CHANGED], 0, proxy);
  else if (g_str_equal (name, "ForwardsChanged"))
    g_signal_emit (service, signals[FORWARDS_CHANGED], 0, proxy);
}

static gboolean
on_return_timer (gpointer user_data)
{
  CsService *service = user_data;

  service->return_timer = 0;
  cs_service_refresh_interfaces (service);
  return G_SOURCE_REMOVE;
}

static void
on_owner_changed (CsService *service)
{
  if (has_owner (service))
    {
      set_state (service, CS_SERVICE_READY, NULL);
      on_objects_changed (service);
    }
  else if (service->shares->len > 0)
    {
      set_state (service, CS_SERVICE_RETURNING, NULL);
      g_clear_handle_id (&service->return_timer, g_source_remove);
      service->return_timer = g_timeout_add (RETURN_DELAY, on_return_timer, service);
      emit_changed (service);
    }
}

static void
on_manager_changed (CsService *service)
{
  read_features (service);
  emit_changed (service);
}

static void
on_manager_signal (GDBusProxy *proxy,
                   const char *sender,
                   const char *name,
                   GVariant *arguments,
                   CsService *service)
{
  if (g_str_equal (name, "InterfacesChanged"))
    cs_service_refresh_interfaces (service);
}

static void
fail (CsService *service, const GError *error)
{
  if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CANCELLED))
    return;
  set_state (service, CS_SERVICE_UNREACHABLE, error);
  emit_changed (service);
}

static void
manager_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  CsDbusManager *manager = cs_dbus_manager_proxy_new_for_bus_finish (result, &error);
  CsService *service = user_data;

  if (manager == NULL)
    {
      fail (service, error);
      return;
    }
  service->manager = manager;
  g_signal_connect_object (manager, "g-properties-changed",
                           G_CALLBACK (on_manager_changed), service, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "notify::g-name-owner",
                           G_CALLBACK (on_manager_changed), service, G_CONNECT_SWAPPED);
  g_signal_connect_object (manager, "g-signal", G_CALLBACK (on_manager_signal), service,
                           0);
  read_features (service);
  cs_service_refresh_interfaces (service);
}

static void
watch_objects (CsService *service)
{
  g_signal_connect_object (service->objects, "object-added",
                           G_CALLBACK (on_objects_changed), service, G_CONNECT_SWAPPED);
  g_signal_connect_object (service->objects, "object-removed",
                           G_CALLBACK (on_objects_changed), service, G_CONNECT_SWAPPED);
  g_signal_connect_object (service->objects, "interface-proxy-properties-changed",
                           G_CALLBACK (on_share_changed), service, G_CONNECT_SWAPPED);
  g_signal_connect_object (service->objects, "interface-proxy-signal",
                           G_CALLBACK (on_share_signal), service, 0);
  g_signal_connect_object (service->objects, "notify::name-owner",
                           G_CALLBACK (on_owner_changed), service, G_CONNECT_SWAPPED);
}

static void
objects_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  GDBusObjectManager *objects
      = cs_dbus_object_manager_client_new_for_bus_finish (result, &error);
  CsService *service = user_data;

  if (objects == NULL)
    {
      fail (service, error);
      return;
    }
  service->objects = objects;
  watch_objects (service);
  read_shares (service);
  cs_dbus_manager_proxy_new_for_bus (G_BUS_TYPE_SYSTEM, G_DBUS_PROXY_FLAGS_NONE, NAME,
                                     PATH, service->cancellable, manager_cb, service);
}

static void
connect_to_bus (CsService *service)
{
  set_state (service, CS_SERVICE_CONNECTING, NULL);
  cs_dbus_object_manager_client_new_for_bus (
      G_BUS_TYPE_SYSTEM, G_DBUS_OBJECT_MANAGER_CLIENT_FLAGS_NONE, NAME, PATH,
      service->cancellable, objects_cb, service);
}

static void
interfaces_cb (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GError) error = NULL;
  g_autoptr (GVariant) reply
      = g_dbus_proxy_call_finish (G_DBUS_PROXY (source), result, &error);
  CsService *service = user_data;

  if (reply == NULL)
    {
      fail (service, error);
      return;
    }
  if (service->state == CS_SERVICE_CONNECTING || service->state == CS_SERVICE_UNREACHABLE)
    set_state (service, CS_SERVICE_READY, NULL);
  g_ptr_array_unref (service->interfaces);
  service->interfaces = cs_interfaces_new (reply);
  g_signal_emit (service, signals[INTERFACES_CHANGED], 0);
  emit_changed (service);
}

void
cs_service_refresh_interfaces (CsService *service)
{
  if (service->manager != NULL)
    g_dbus_proxy_call (G_DBUS_PROXY (service->manager), "ListInterfaces", NULL,
                       G_DBUS_CALL_FLAGS_NONE, -1, service->cancellable, interfaces_cb,
                       service);
}

void
cs_service_reconnect (CsService *service)
{
  if (service->objects == NULL)
    connect_to_bus (service);
  else
    cs_service_refresh_interfaces (service);
}

CsServiceState
cs_service_get_state (CsService *service)
{
  return service->state;
}

const GError *
cs_service_get_error (CsService *service)
{
  return service->error;
}

gboolean
cs_service_has_feature (CsService *service, const char *feature)
{
  return service->features != NULL
         && g_strv_contains ((const char *const *)service->features, feature);
}

GPtrArray *
cs_service_get_shares (CsService *service)
{
  return service->shares;
}

CsDbusShare *
cs_service_find_share (CsService *service, const char *lan)
{
  for (guint i = 0; i < service->shares->len; i++)
    {
      CsDbusShare *share = g_ptr_array_index (service->shares, i);

      if (g_strcmp0 (cs_dbus_share_get_lan (share), lan) == 0)
        return share;
    }
  return NULL;
}

GPtrArray *
cs_service_get_interfaces (CsService *service)
{
  return service->interfaces;
}

CsDbusManager *
cs_service_get_manager (CsService *service)
{
  return service->manager;
}

static void
cs_service_dispose (GObject *object)
{
  CsService *service = CS_SERVICE (object);

  g_cancellable_cancel (service->cancellable);
  g_clear_handle_id (&service->return_timer, g_source_remove);
  g_clear_object (&service->objects);
  g_clear_object (&service->manager);
  G_OBJECT_CLASS (cs_service_parent_class)->dispose (object);
}

static void
cs_service_finalize (GObject *object)
{
  CsService *service = CS_SERVICE (object);

  g_object_unref (service->cancellable);
  g_ptr_array_unref (service->shares);
  g_ptr_array_unref (service->interfaces);
  g_strfreev (service->features);
  g_clear_error (&service->error);
  G_OBJECT_CLASS (cs_service_parent_class)->finalize (object);
}

static void
cs_service_class_init (CsServiceClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->dispose = cs_service_dispose;
  object_class->finalize = cs_service_finalize;
  signals[CHANGED] = g_signal_new ("changed", CS_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                                   NULL, NULL, G_TYPE_NONE, 0);
  signals[INTERFACES_CHANGED]
      = g_signal_new ("interfaces-changed", CS_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 0);
  signals[CLIENTS_CHANGED]
      = g_signal_new ("clients-changed", CS_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, CS_DBUS_TYPE_SHARE);
  signals[FORWARDS_CHANGED]
      = g_signal_new ("forwards-changed", CS_TYPE_SERVICE, G_SIGNAL_RUN_LAST, 0, NULL,
                      NULL, NULL, G_TYPE_NONE, 1, CS_DBUS_TYPE_SHARE);
}

static void
cs_service_init (CsService *service)
{
  service->cancellable = g_cancellable_new ();
  service->shares = g_ptr_array_new_with_free_func (g_object_unref);
  service->interfaces
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_interface_free);
  connect_to_bus (service);
}

CsService *
cs_service_new (void)
{
  return g_object_new (CS_TYPE_SERVICE, NULL);
}
