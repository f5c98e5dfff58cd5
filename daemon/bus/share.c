/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A subclass of the generated skeleton: the methods, the properties set from the
 * engine's status, and the four counters, which are read when a client asks for them. */
#include "share.h"

#include "call.h"
#include "forward.h"

#include "core/value/ifname.h"
#include "dbus/names.h"

struct _CsBusShare
{
  CsDbusShareSkeleton parent;
  CsEngine *engine;         /* (owned) */
  CsAuthorizer *authorizer; /* (owned) */
  const CsBusHost *host;    /* unowned */
  CsCounters counters;      /* as last read ... */
  gint64 read_at;           /* ... and when, in the main loop's time; 0: never */
};

static void share_iface_init (CsDbusShareIface *iface);

G_DEFINE_FINAL_TYPE_WITH_CODE (CsBusShare,
                               cs_bus_share,
                               CS_DBUS_TYPE_SHARE_SKELETON,
                               G_IMPLEMENT_INTERFACE (CS_DBUS_TYPE_SHARE,
                                                      share_iface_init))

/* The properties that are not stored. */
enum
{
  PROP_BYTES_SENT = 1,
  PROP_BYTES_RECEIVED,
  PROP_PACKETS_SENT,
  PROP_PACKETS_RECEIVED,
};

static gboolean
handle_stop (CsDbusShare *object, GDBusMethodInvocation *invocation)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_call_stop (self->engine, self->authorizer, self->host, invocation,
                cs_dbus_share_get_lan (object));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_update (CsDbusShare *object, GDBusMethodInvocation *invocation, GVariant *options)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_call_update (self->engine, self->authorizer, invocation,
                  cs_dbus_share_get_lan (object), options);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_get_wifi (CsDbusShare *object, GDBusMethodInvocation *invocation)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_call_get_wifi (self->engine, self->authorizer, invocation,
                    cs_dbus_share_get_lan (object));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_list_clients (CsDbusShare *object, GDBusMethodInvocation *invocation)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_call_list_clients (self->engine, self->authorizer, self->host, invocation,
                        cs_dbus_share_get_lan (object));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_set_client (CsDbusShare *object,
                   GDBusMethodInvocation *invocation,
                   const char *mac,
                   GVariant *settings)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_call_set_client (self->engine, self->authorizer, self->host, invocation, object, mac,
                      settings);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_add_forward (CsDbusShare *object,
                    GDBusMethodInvocation *invocation,
                    GVariant *mapping)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_forward_call_add (self->engine, self->authorizer, self->host, invocation,
                       cs_dbus_share_get_lan (object), mapping);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_remove_forward (CsDbusShare *object,
                       GDBusMethodInvocation *invocation,
                       const char *protocol,
                       guint16 port)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_forward_call_remove (self->engine, self->authorizer, self->host, invocation,
                          cs_dbus_share_get_lan (object), protocol, port, NULL);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_remove_pinhole (CsDbusShare *object,
                       GDBusMethodInvocation *invocation,
                       const char *protocol,
                       guint16 port,
                       const char *client)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_forward_call_remove (self->engine, self->authorizer, self->host, invocation,
                          cs_dbus_share_get_lan (object), protocol, port, client);
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static gboolean
handle_list_forwards (CsDbusShare *object, GDBusMethodInvocation *invocation)
{
  const CsBusShare *self = CS_BUS_SHARE (object);

  cs_forward_call_list (self->engine, self->authorizer, self->host, invocation,
                        cs_dbus_share_get_lan (object));
  return G_DBUS_METHOD_INVOCATION_HANDLED;
}

static void
share_iface_init (CsDbusShareIface *iface)
{
  iface->handle_stop = handle_stop;
  iface->handle_update = handle_update;
  iface->handle_get_wifi = handle_get_wifi;
  iface->handle_list_clients = handle_list_clients;
  iface->handle_set_client = handle_set_client;
  iface->handle_add_forward = handle_add_forward;
  iface->handle_remove_forward = handle_remove_forward;
  iface->handle_remove_pinhole = handle_remove_pinhole;
  iface->handle_list_forwards = handle_list_forwards;
}

/* GetAll asks for all four within one iteration of the main loop: they belong to one
 * moment, and are read once. */
static const CsCounters *
get_counters (CsBusShare *self)
{
  GSource *source = g_main_current_source ();
  gint64 now = source != NULL ? g_source_get_time (source) : 0;

  if (now == 0 || self->read_at != now)
    {
      self->counters = (CsCounters){ 0 };
      self->host->read_counters (cs_dbus_share_get_lan (CS_DBUS_SHARE (self)),
                                 &self->counters);
      self->read_at = now;
    }
  return &self->counters;
}

static void
cs_bus_share_get_property (GObject *object, guint id, GValue *value, GParamSpec *pspec)
{
  const CsCounters *counters = get_counters (CS_BUS_SHARE (object));

  switch (id)
    {
    case PROP_BYTES_SENT:
      g_value_set_uint64 (value, counters->bytes_sent);
      break;
    case PROP_BYTES_RECEIVED:
      g_value_set_uint64 (value, counters->bytes_received);
      break;
    case PROP_PACKETS_SENT:
      g_value_set_uint64 (value, counters->packets_sent);
      break;
    case PROP_PACKETS_RECEIVED:
      g_value_set_uint64 (value, counters->packets_received);
      break;
    default:
      G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
    }
}

/* The generated interface makes all properties writable within the process. */
static void
cs_bus_share_set_property (GObject *object,
                           guint id,
                           const GValue *value,
                           GParamSpec *pspec)
{
  G_OBJECT_WARN_INVALID_PROPERTY_ID (object, id, pspec);
}

static void
cs_bus_share_finalize (GObject *object)
{
  CsBusShare *self = CS_BUS_SHARE (object);

  g_object_unref (self->engine);
  cs_authorizer_unref (self->authorizer);
  G_OBJECT_CLASS (cs_bus_share_parent_class)->finalize (object);
}

static void
cs_bus_share_class_init (CsBusShareClass *klass)
{
  GObjectClass *object_class = G_OBJECT_CLASS (klass);

  object_class->finalize = cs_bus_share_finalize;
  object_class->get_property = cs_bus_share_get_property;
  object_class->set_property = cs_bus_share_set_property;
  g_object_class_override_property (object_class, PROP_BYTES_SENT, "bytes-sent");
  g_object_class_override_property (object_class, PROP_BYTES_RECEIVED, "bytes-received");
  g_object_class_override_property (object_class, PROP_PACKETS_SENT, "packets-sent");
  g_object_class_override_property (object_class, PROP_PACKETS_RECEIVED,
                                    "packets-received");
}

static void
cs_bus_share_init (CsBusShare *self)
{
}

CsBusShare *
cs_bus_share_new (CsEngine *engine,
                  CsAuthorizer *authorizer,
                  const CsBusHost *host,
                  const char *lan)
{
  CsBusShare *self = g_object_new (CS_TYPE_BUS_SHARE, NULL);

  self->engine = g_object_ref (engine);
  self->authorizer = cs_authorizer_ref (authorizer);
  self->host = host;
  cs_dbus_share_set_lan (CS_DBUS_SHARE (self), lan);
  cs_bus_share_update (self);
  cs_dbus_share_set_client_count (CS_DBUS_SHARE (self),
                                  host->count_clients (host->clients, lan));
  return self;
}

/* Owned. */
static char **
list_prefixes (const CsSharePlan *plan)
{
  g_autoptr (GStrvBuilder) prefixes = g_strv_builder_new ();

  for (guint i = 0; i < plan->ipv6.addresses->len; i++)
    {
      CsCidr address = g_array_index (plan->ipv6.addresses, CsCidr, i);
      g_autofree char *prefix = cs_cidr_to_string (cs_cidr_network (address));

      g_strv_builder_add (prefixes, prefix);
    }
  for (guint i = 0; i < plan->ipv6.kept->len; i++)
    {
      g_autofree char *prefix
          = cs_cidr_to_string (g_array_index (plan->ipv6.kept, CsCidr, i));

      g_strv_builder_add (prefixes, prefix);
    }
  return g_strv_builder_end (prefixes);
}

void
cs_bus_share_update (CsBusShare *self)
{
  CsDbusShare *object = CS_DBUS_SHARE (self);
  static const char *const none[] = { NULL };
  g_autofree char *address = NULL;
  g_auto (GStrv) prefixes = NULL;
  CsShareStatus status;
  const char *ssid;

  if (!cs_engine_get_share (self->engine, cs_dbus_share_get_lan (object), &status))
    return;
  ssid = cs_request_ssid (status.request);
  address = status.plan->address.prefix != 0 ? cs_cidr_to_string (status.plan->address)
                                             : g_strdup ("");
  cs_dbus_share_set_wan (object, status.request->wan);
  cs_dbus_share_set_uplink (object,
                            status.plan->uplink != NULL ? status.plan->uplink : "");
  cs_dbus_share_set_state (object, cs_state_to_string (status.plan->state));
  cs_dbus_share_set_state_reason (object, cs_reason_to_string (status.plan->reason));
  cs_dbus_share_set_state_message (object, status.plan->message);
  cs_dbus_share_set_address (object, address);
  prefixes = list_prefixes (status.plan);
  cs_dbus_share_set_ipv6_mode (object, cs_ipv6_mode_to_string (status.plan->ipv6.mode));
  cs_dbus_share_set_ipv6_prefixes (object, (const char *const *)prefixes);
  cs_dbus_share_set_blocked_by (object, status.plan->blocked_by != NULL
                                            ? (const char *const *)status.plan->blocked_by
                                            : none);
  cs_dbus_share_set_ssid (object, ssid != NULL ? ssid : "");
  cs_dbus_share_set_source (object, status.request->adopted ? "adopted" : "user");
  cs_dbus_share_set_persistent (object, status.request->persistent);
  cs_dbus_share_set_options (object, cs_request_options (status.request));
  cs_dbus_share_set_blocked_count (object, status.request->blocked != NULL
                                               ? g_strv_length (status.request->blocked)
                                               : 0);
  g_dbus_interface_skeleton_flush (G_DBUS_INTERFACE_SKELETON (self));
}

void
cs_bus_share_update_clients (CsBusShare *self)
{
  CsDbusShare *object = CS_DBUS_SHARE (self);

  cs_dbus_share_set_client_count (
      object,
      self->host->count_clients (self->host->clients, cs_dbus_share_get_lan (object)));
  cs_dbus_share_emit_clients_changed (object);
}

char *
cs_bus_share_path (const char *lan)
{
  g_autofree char *escaped = cs_ifname_escape (lan);

  return g_strconcat (CS_SHARE_PATH_PREFIX, escaped, NULL);
}
