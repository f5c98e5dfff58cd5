/* SPDX-License-Identifier: GPL-2.0-or-later */
/* libnm mirrors NetworkManager's objects. This listens to the few of their properties
 * that a snapshot reads. A change queues one emission; just before it, the set of objects
 * listened to is updated, so that a change is either seen by a listener or older than the
 * emission. Devices, possibly hundreds, get a listener as soon as they appear; those that
 * NetworkManager leaves alone, such as containers', count as no change. */
#include "network-manager.h"

#include <malloc.h>

struct _CsNetworkManager
{
  GObject parent;

  NMClient *client;    /* (owned) */
  CsDialLog *dials;    /* (owned) */
  GHashTable *heard;   /* (owned) GObject -> Ear (owned) */
  GHashTable *devices; /* (owned) NMDevice -> Ear (owned) */
  guint emission;      /* (owned) source */
};

/* A listener to one object. */
typedef struct
{
  GObject *object; /* (owned) */
  gulong handler;
} Ear;

G_DEFINE_FINAL_TYPE (CsNetworkManager, cs_network_manager, G_TYPE_OBJECT)

static guint changed_signal;

/* What a snapshot reads. */
static const char *const client_properties[] = {
  NM_CLIENT_NM_RUNNING,
  NM_CLIENT_NETWORKING_ENABLED,
  NM_CLIENT_ACTIVE_CONNECTIONS,
  NM_CLIENT_CONNECTIONS,
  NM_CLIENT_PRIMARY_CONNECTION,
  NM_CLIENT_DNS_CONFIGURATION,
  NULL,
};
static const char *const device_properties[] = {
  NM_DEVICE_STATE,      NM_DEVICE_MANAGED,      NM_DEVICE_ACTIVE_CONNECTION,
  NM_DEVICE_INTERFACE,  NM_DEVICE_IP_INTERFACE, NM_DEVICE_METERED,
  NM_DEVICE_IP4_CONFIG, NM_DEVICE_IP6_CONFIG,   NULL,
};
static const char *const active_properties[] = {
  NM_ACTIVE_CONNECTION_STATE,
  NM_ACTIVE_CONNECTION_STATE_FLAGS,
  NM_ACTIVE_CONNECTION_CONNECTION,
  NM_ACTIVE_CONNECTION_VPN,
  NM_ACTIVE_CONNECTION_IP4_CONFIG,
  NM_ACTIVE_CONNECTION_IP6_CONFIG,
  NULL,
};
static const char *const config_properties[] = {
  NM_IP_CONFIG_ADDRESSES,
  NM_IP_CONFIG_GATEWAY,
  NM_IP_CONFIG_NAMESERVERS,
  NULL,
};

static const char *const ipv6_properties[] = {
  NM_IP_CONFIG_NAMESERVERS,
  NULL,
};

static gboolean emit_changed (gpointer user_data);

static void
queue_changed (CsNetworkManager *self)
{
  if (self->emission == 0)
    self->emission = g_idle_add_full (G_PRIORITY_DEFAULT, emit_changed, self, NULL);
}

static const char *const *
properties_of (GObject *object)
{
  if (NM_IS_CLIENT (object))
    return client_properties;
  if (NM_IS_DEVICE (object))
    return device_properties;
  if (NM_IS_ACTIVE_CONNECTION (object))
    return active_properties;
  if (nm_ip_config_get_family (NM_IP_CONFIG (object)) == AF_INET6)
    return ipv6_properties;
  return config_properties;
}

static void
on_notify (GObject *object, GParamSpec *property, gpointer user_data)
{
  if (g_strv_contains (properties_of (object), property->name))
    queue_changed (user_data);
}

static void
on_profile_changed (NMConnection *profile, gpointer user_data)
{
  queue_changed (user_data);
}

static void
ear_free (gpointer data)
{
  Ear *ear = data;

  g_signal_handler_disconnect (ear->object, ear->handler);
  g_object_unref (ear->object);
  g_free (ear);
}

static Ear *
ear_new (CsNetworkManager *self, GObject *object)
{
  Ear *ear = g_new (Ear, 1);

  ear->object = g_object_ref (object);
  if (NM_IS_CONNECTION (object))
    ear->handler = g_signal_connect (object, NM_CONNECTION_CHANGED,
                                     G_CALLBACK (on_profile_changed), self);
  else
    ear->handler = g_signal_connect (object, "notify", G_CALLBACK (on_notify), self);
  return ear;
}

static void
listen_to (CsNetworkManager *self, GHashTable *heard, gpointer object)
{
  Ear *ear = NULL;

  if (object == NULL || g_hash_table_contains (heard, object))
    return;
  if (g_hash_table_steal_extended (self->heard, object, NULL, (gpointer *)&ear))
    {
      g_hash_table_insert (heard, object, ear);
      return;
    }
  g_hash_table_insert (heard, object, ear_new (self, object));
}

static GHashTable *
new_ears (void)
{
  return g_hash_table_new_full (NULL, NULL, NULL, ear_free);
}

static void
listen_to_devices (CsNetworkManager *self, const GPtrArray *devices)
{
  GHashTable *heard = new_ears ();

  for (guint i = 0; i < devices->len; i++)
    g_hash_table_insert (heard, devices->pdata[i], ear_new (self, devices->pdata[i]));
  g_hash_table_unref (self->devices);
  self->devices = heard;
}

/* Whether a snapshot shows more of it than that it exists. */
static gboolean
is_of_use (NMDevice *device)
{
  return nm_device_get_state (device) > NM_DEVICE_STATE_UNMANAGED
         || nm_device_get_state_reason (device) == NM_DEVICE_STATE_REASON_SLEEPING;
}

static void
on_device_added (NMClient *client, NMDevice *device, CsNetworkManager *self)
{
  g_hash_table_replace (self->devices, device, ear_new (self, G_OBJECT (device)));
  if (is_of_use (device))
    queue_changed (self);
}

static void
on_device_removed (NMClient *client, NMDevice *device, CsNetworkManager *self)
{
  g_hash_table_remove (self->devices, device);
  if (is_of_use (device))
    queue_changed (self);
}

/* Listens to what is there now, and no longer to what is gone. */
static void
listen_to_all (CsNetworkManager *self)
{
  GHashTable *heard = new_ears ();
  const GPtrArray *devices = nm_client_get_devices (self->client);
  const GPtrArray *actives = nm_client_get_active_connections (self->client);
  const GPtrArray *profiles = nm_client_get_connections (self->client);

  listen_to (self, heard, self->client);
  if (g_hash_table_size (self->devices) != devices->len)
    listen_to_devices (self, devices);
  for (guint i = 0; i < devices->len; i++)
    {
      if (!is_of_use (devices->pdata[i]))
        continue;
      listen_to (self, heard, nm_device_get_ip4_config (devices->pdata[i]));
      listen_to (self, heard, nm_device_get_ip6_config (devices->pdata[i]));
    }
  for (guint i = 0; i < actives->len; i++)
    {
      listen_to (self, heard, actives->pdata[i]);
      listen_to (self, heard, nm_active_connection_get_ip4_config (actives->pdata[i]));
      listen_to (self, heard, nm_active_connection_get_ip6_config (actives->pdata[i]));
    }
  for (guint i = 0; i < profiles->len; i++)
    listen_to (self, heard, profiles->pdata[i]);
  g_hash_table_unref (self->heard);
  self->heard = heard;
}

static gboolean
emit_changed (gpointer user_data)
{
  CsNetworkManager *self = user_data;

  self->emission = 0;
  listen_to_all (self);
  g_signal_emit (self, changed_signal, 0);
  return G_SOURCE_REMOVE;
}

static gboolean
trim (gpointer user_data)
{
  malloc_trim (0);
  return G_SOURCE_REMOVE;
}

/* All that NetworkManager has comes in one message, which takes tens of megabytes on a
 * host with hundreds of devices; libnm keeps a tenth of that, here and there. The rest is
 * given back to the kernel when all of it has been taken in. */
static void
trim_soon (void)
{
  g_idle_add_full (G_PRIORITY_LOW, trim, NULL, NULL);
}

static void
cs_network_manager_init (CsNetworkManager *self)
{
  self->heard = new_ears ();
  self->devices = new_ears ();
}

static void
cs_network_manager_dispose (GObject *object)
{
  CsNetworkManager *self = CS_NETWORK_MANAGER (object);

  g_clear_handle_id (&self->emission, g_source_remove);
  g_clear_pointer (&self->heard, g_hash_table_unref);
  g_clear_pointer (&self->devices, g_hash_table_unref);
  g_clear_object (&self->dials);
  g_clear_object (&self->client);
  G_OBJECT_CLASS (cs_network_manager_parent_class)->dispose (object);
}

static void
cs_network_manager_class_init (CsNetworkManagerClass *class)
{
  G_OBJECT_CLASS (class)->dispose = cs_network_manager_dispose;
  changed_signal = g_signal_new ("changed", G_TYPE_FROM_CLASS (class), G_SIGNAL_RUN_LAST,
                                 0, NULL, NULL, NULL, G_TYPE_NONE, 0);
}

static void
on_client (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  g_autoptr (GObject) client = NULL;
  g_autoptr (CsNetworkManager) self = NULL;
  GError *error = NULL;

  client = g_async_initable_new_finish (G_ASYNC_INITABLE (source), result, &error);
  if (client == NULL)
    {
      g_prefix_error (&error, "cannot follow NetworkManager: ");
      g_task_return_error (task, error);
      return;
    }
  self = g_object_new (CS_TYPE_NETWORK_MANAGER, NULL);
  self->client = NM_CLIENT (g_steal_pointer (&client));
  self->dials = cs_dial_log_new (self->client);
  g_signal_connect_object (self->dials, "changed", G_CALLBACK (queue_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (self->client, NM_CLIENT_DEVICE_ADDED,
                           G_CALLBACK (on_device_added), self, 0);
  g_signal_connect_object (self->client, NM_CLIENT_DEVICE_REMOVED,
                           G_CALLBACK (on_device_removed), self, 0);
  g_signal_connect_object (self->client, "notify::" NM_CLIENT_NM_RUNNING,
                           G_CALLBACK (trim_soon), self, G_CONNECT_SWAPPED);
  listen_to_all (self);
  trim_soon ();
  g_task_return_pointer (task, g_steal_pointer (&self), g_object_unref);
}

void
cs_network_manager_new_async (GDBusConnection *connection,
                              GCancellable *cancellable,
                              GAsyncReadyCallback callback,
                              gpointer user_data)
{
  GTask *task = g_task_new (NULL, cancellable, callback, user_data);

  g_task_set_source_tag (task, cs_network_manager_new_async);
  /* without the flag libnm asks polkit, through NetworkManager, what we may do */
  g_async_initable_new_async (NM_TYPE_CLIENT, G_PRIORITY_DEFAULT, cancellable, on_client,
                              task, NM_CLIENT_DBUS_CONNECTION, connection,
                              NM_CLIENT_INSTANCE_FLAGS,
                              NM_CLIENT_INSTANCE_FLAGS_NO_AUTO_FETCH_PERMISSIONS, NULL);
}

CsNetworkManager *
cs_network_manager_new_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_pointer (G_TASK (result), error);
}

NMClient *
cs_network_manager_get_client (CsNetworkManager *self)
{
  return self->client;
}

CsDialLog *
cs_network_manager_get_dial_log (CsNetworkManager *self)
{
  return self->dials;
}

gboolean
cs_nm_is_alive (NMActiveConnection *active)
{
  NMActiveConnectionState state;

  if (active == NULL)
    return FALSE;
  state = nm_active_connection_get_state (active);
  return state == NM_ACTIVE_CONNECTION_STATE_ACTIVATING
         || state == NM_ACTIVE_CONNECTION_STATE_ACTIVATED;
}
