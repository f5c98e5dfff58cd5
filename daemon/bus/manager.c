/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Decodes calls into requests and passes them on (call.c); keeps one object on the bus
 * for each share of the engine. */
#include "manager.h"

#include "adoption.h"
#include "call.h"
#include "config.h"
#include "diagnosis.h"
#include "reader.h"
#include "share.h"

#include "dbus/names.h"

struct _CsBusManager
{
  CsDbusManagerSkeleton parent;
  CsEngine *engine;                  /* (owned) */
  CsAuthorizer *authorizer;          /* (owned) */
  const CsBusHost *host;             /* unowned */
  GDBusObjectManagerServer *objects; /* (owned) */
  CsDiagnosis *diagnosis;            /* (owned) */
  CsReader *reader;                  /* (owned) */
  GHashTable *shares;                /* (owned) LAN -> CsBusShare (owned) */
};

static void manager_iface_init (CsDbusManagerIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsBusManager,
                               cs_bus_manager,
                               CS_DBUS_TYPE_MANAGER_SKELETON,
                               G_IMPLEMENT_INTERFACE (CS_DBUS_TYPE_MANAGER,
                                                      manager_iface_init))

static gboolean
handle_share_with_options (CsDbusManager *object,
                           GDBusMethodInvocation *invocation,
                           const char *lan,
                           const char *wan,
                           GVariant *options)
{
  CsBusManager *self = CS_BUS_MANAGER (object);
  g_autoptr (GError) error = NULL;
  g_autofree char *path = NULL;
  CsRequest *request = cs_request_new (lan, wan, options, &error);

  if (request == NULL)
    {
      g_dbus_method_invocation_return_gerror (invocation, error);
      return G_DBUS_METHOD_INVOCATION_HANDLED;
    }
  path = cs_bus_share_path (lan);
  cs_call_share (self->engine, self->authorizer, invocation, request,
                 g_variant_new ("(o)", path));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_share (CsDbusManager *object,
              GDBusMethodInvocation *invocation,
              const char *lan,
              const char *wan)
{
  return handle_share_with_options (object, invocation, lan, wan, NULL);
}

static gboolean
handle_stop (CsDbusManager *object, GDBusMethodInvocation *invocation, const char *lan)
{
  CsBusManager *self = CS_BUS_MANAGER (object);

  cs_call_stop (self->engine, self->authorizer, self->host, invocation, lan);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_preview (CsDbusManager *object,
                GDBusMethodInvocation *invocation,
                const char *lan,
                const char *wan,
                GVariant *options)
{
  g_autoptr (GError) error = NULL;
  CsRequest *request = cs_request_new (lan, wan, options, &error);

  if (request != NULL)
    cs_reader_preview (CS_BUS_MANAGER (object)->reader, invocation, request);
  else
    g_dbus_method_invocation_return_gerror (invocation, error);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_list_interfaces (CsDbusManager *object, GDBusMethodInvocation *invocation)
{
  cs_reader_list_interfaces (CS_BUS_MANAGER (object)->reader, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_diagnose (CsDbusManager *object, GDBusMethodInvocation *invocation)
{
  cs_diagnosis_answer (CS_BUS_MANAGER (object)->diagnosis, invocation);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_adopt (CsDbusManager *object, GDBusMethodInvocation *invocation, const char *wan)
{
  CsBusManager *self = CS_BUS_MANAGER (object);

  cs_adoption_set (self->engine, self->authorizer, invocation, wan);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
manager_iface_init (CsDbusManagerIface *iface)
{
  iface->handle_share_connection = handle_share;
  iface->handle_share_connection_with_options = handle_share_with_options;
  iface->handle_stop_sharing = handle_stop;
  iface->handle_preview = handle_preview;
  iface->handle_list_interfaces = handle_list_interfaces;
  iface->handle_diagnose = handle_diagnose;
  iface->handle_adopt = handle_adopt;
}

static void
cs_bus_manager_dispose (GObject *object)
{
  CsBusManager *self = CS_BUS_MANAGER (object);

  g_clear_object (&self->objects);
  g_clear_pointer (&self->shares, g_hash_table_unref);
  g_clear_pointer (&self->diagnosis, cs_diagnosis_free);
  g_clear_pointer (&self->reader, cs_reader_free);
  g_clear_pointer (&self->authorizer, cs_authorizer_unref);
  g_clear_object (&self->engine);
  G_OBJECT_CLASS (cs_bus_manager_parent_class)->dispose (object);
}

static void
cs_bus_manager_class_init (CsBusManagerClass *klass)
{
  G_OBJECT_CLASS (klass)->dispose = cs_bus_manager_dispose;
}

static void
cs_bus_manager_init (CsBusManager *self)
{
  self->objects = g_dbus_object_manager_server_new (CS_MANAGER_PATH);
  self->shares = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_object_unref);
}

static void
on_share_changed (CsBusManager *self, const char *lan)
{
  CsBusShare *share = g_hash_table_lookup (self->shares, lan);
  g_autoptr (CsDbusObjectSkeleton) object = NULL;
  g_autofree char *path = NULL;

  if (share != NULL)
    {
      cs_bus_share_update (share);
      return;
    }
  path = cs_bus_share_path (lan);
  share = cs_bus_share_new (self->engine, self->authorizer, self->host, lan);
  object = cs_dbus_object_skeleton_new (path);
  cs_dbus_object_skeleton_set_share (object, CS_DBUS_SHARE (share));
  g_dbus_object_manager_server_export (self->objects, G_DBUS_OBJECT_SKELETON (object));
  g_hash_table_insert (self->shares, g_strdup (lan), share);
}

static void
on_share_removed (CsBusManager *self, const char *lan)
{
  g_autofree char *path = cs_bus_share_path (lan);

  g_dbus_object_manager_server_unexport (self->objects, path);
  g_hash_table_remove (self->shares, lan);
}

static void
on_adopt_wan_changed (CsBusManager *self)
{
  const char *wan = cs_engine_get_adopt_wan (self->engine);

  cs_dbus_manager_set_adopt_wan (CS_DBUS_MANAGER (self), wan != NULL ? wan : "");
}

CsBusManager *
cs_bus_manager_new (CsEngine *engine, const CsBusHost *host)
{
  static const char *const features[]
      = { "clients", "limit", "adopt", "ipv6", "forward", "upnp", NULL };
  CsBusManager *self = g_object_new (CS_TYPE_BUS_MANAGER, "version", CS_VERSION,
                                     "features", features, NULL);

  self->engine = g_object_ref (engine);
  self->host = host;
  self->authorizer = cs_authorizer_new ();
  self->diagnosis = cs_diagnosis_new (engine, host);
  self->reader = cs_reader_new (engine);
  g_signal_connect_object (engine, "share-changed", G_CALLBACK (on_share_changed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "share-removed", G_CALLBACK (on_share_removed), self,
                           G_CONNECT_SWAPPED);
  g_signal_connect_object (engine, "adopt-wan-changed", G_CALLBACK (on_adopt_wan_changed),
                           self, G_CONNECT_SWAPPED);
  on_adopt_wan_changed (self);
  return self;
}

void
cs_bus_manager_update_clients (CsBusManager *self, const char *lan)
{
  CsBusShare *share = g_hash_table_lookup (self->shares, lan);

  if (share != NULL)
    cs_bus_share_update_clients (share);
}

void
cs_bus_manager_update_forwards (CsBusManager *self, const char *lan)
{
  CsBusShare *share = g_hash_table_lookup (self->shares, lan);

  if (share != NULL)
    cs_dbus_share_emit_forwards_changed (CS_DBUS_SHARE (share));
}

gboolean
cs_bus_manager_export (CsBusManager *self, GDBusConnection *connection, GError **error)
{
  g_dbus_object_manager_server_set_connection (self->objects, connection);
  return g_dbus_interface_skeleton_export (G_DBUS_INTERFACE_SKELETON (self), connection,
                                           CS_MANAGER_PATH, error);
}
