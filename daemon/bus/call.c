/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One owned struct per call. What can be refused without a password is refused before
 * the dialog; the engine checks again after it, because a dialog can stay open for
 * minutes. */
#include "call.h"

#include "adoption.h"
#include "caller.h"
#include "client-words.h"

#include "core/value/ifname.h"
#include "core/value/request-client.h"
#include "dbus/errors.h"

typedef struct
{
  CsCaller caller;
  char *lan;          /* (owned) */
  char *over;         /* (owned) (nullable) WAN of the share that it may replace or end;
                         NULL: of any */
  char *wan;          /* (owned) (nullable) that it may share from */
  CsRequest *request; /* (owned) (nullable) to share by */
  GVariant *changes;  /* (owned) (nullable) to the share; neither: stop */
  char *mac;          /* (owned) (nullable) of the client to change */
  CsDbusShare *share; /* (owned) (nullable) that tells of that */
  const CsBusHost *host; /* unowned (nullable) */
  GVariant *reply;       /* (owned) (nullable) */
} Call;

static void
call_free (Call *call)
{
  cs_caller_clear (&call->caller);
  g_free (call->lan);
  g_free (call->over);
  g_free (call->wan);
  g_free (call->mac);
  g_clear_object (&call->share);
  g_clear_pointer (&call->changes, g_variant_unref);
  g_clear_pointer (&call->request, cs_request_free);
  g_clear_pointer (&call->reply, g_variant_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
answer (Call *call, const GError *error)
{
  cs_caller_answer (&call->caller, call->reply, error);
}

static void
on_shared (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  cs_engine_share_finish (CS_ENGINE (source), result, &error);
  answer (call, error);
}

static void
on_changed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_engine_change_finish (CS_ENGINE (source), result, &error) && call->share != NULL)
    cs_dbus_share_emit_clients_changed (call->share);
  answer (call, error);
}

static void
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  cs_engine_stop_finish (CS_ENGINE (source), result, &error);
  answer (call, error);
}

/* Neither the network's own address nor its broadcast. */
static gboolean
is_in (CsCidr network, CsAddress address)
{
  return cs_cidr_contains (network, address)
         && !cs_address_equal (address, cs_cidr_network (network).address)
         && !cs_address_equal (address, cs_cidr_last (network));
}

/* Whether the client can have the address that @call wants for it. */
static gboolean
check_address (const Call *call, GError **error)
{
  CsClientList *list;
  const CsClient *holder = NULL;
  CsShareStatus status;
  const char *text;
  CsAddress address;
  CsMac mac;

  if (!g_variant_lookup (call->changes, "address", "&s", &text)
      || !cs_address_parse (text, &address) || !cs_mac_parse (call->mac, &mac)
      || !cs_engine_get_share (call->caller.engine, call->lan, &status)
      || status.plan->address.prefix == 0)
    return TRUE;
  if (!is_in (status.plan->address, address))
    {
      g_autofree char *network
          = cs_cidr_to_string (cs_cidr_network (status.plan->address));

      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "%s is no address for a client of %s: expected one of %s", text,
                   call->lan, network);
      return FALSE;
    }
  if (cs_address_equal (address, status.plan->address.address))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT,
                   "%s is the address of this computer itself on %s", text, call->lan);
      return FALSE;
    }
  list = call->host->look_at_clients (call->host->clients, call->lan);
  holder = list != NULL ? cs_client_list_find_address (list, address) : NULL;
  if (holder == NULL || cs_mac_equal (holder->mac, mac))
    return TRUE;
  g_set_error (
      error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT,
      "%s is in use by another client: choose another address, or wait until that "
      "client has left",
      text);
  return FALSE;
}

/* @known (nullable) with the changes of @call (transfer full). */
static CsRequest *
merge (const Call *call, const CsRequest *known, GError **error)
{
  if (known == NULL)
    cs_engine_set_not_shared (call->lan, error);
  else if (call->mac != NULL && check_address (call, error))
    return cs_request_set_client (known, call->mac, call->changes, error);
  else if (call->mac == NULL && cs_engine_check_own (known, error))
    return cs_request_update (known, call->changes, error);
  return NULL;
}

static void
go_share (Call *call)
{
  CsRequest *request = g_steal_pointer (&call->request);

  cs_engine_share_async (call->caller.engine, request, call->over, on_shared, call);
}

/* The caller is authorized for one WAN. */
static CsRequest *
change (const CsRequest *known, gpointer user_data, GError **error)
{
  const Call *call = user_data;
  g_autoptr (CsRequest) request = merge (call, known, error);

  if (request == NULL || call->over == NULL || g_str_equal (request->wan, call->wan))
    return g_steal_pointer (&request);
  cs_engine_set_changed (request, error);
  return NULL;
}

static void
go_change (Call *call)
{
  cs_engine_change_async (call->caller.engine, call->lan, call->mac == NULL, call->over,
                          change, on_changed, call);
}

static void
end_adopted (Call *call, const CsRequest *known)
{
  g_autoptr (Call) owned = call;
  g_autoptr (GError) error = NULL;

  if (call->over == NULL || g_str_equal (known->wan, call->over))
    {
      cs_adoption_stop (call->caller.engine, call->host,
                        g_steal_pointer (&call->caller.invocation), call->lan);
      return;
    }
  cs_engine_set_changed (known, &error);
  answer (call, error);
}

static void
go_stop (Call *call)
{
  const CsRequest *known = cs_engine_get_ordered (call->caller.engine, call->lan);

  if (known != NULL && known->adopted)
    end_adopted (call, known);
  else
    cs_engine_stop_async (call->caller.engine, call->lan, call->over, on_stopped, call);
}

static void
on_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  gboolean anything = FALSE;

  if (!cs_authorizer_check_finish (result, &anything, &error))
    {
      answer (call, error);
      return;
    }
  if (anything)
    g_clear_pointer (&call->over, g_free);
  if (call->changes != NULL)
    go_change (g_steal_pointer (&call));
  else if (call->request != NULL)
    go_share (g_steal_pointer (&call));
  else
    go_stop (g_steal_pointer (&call));
}

/* The dialog may have taken long, so this returns what is true now. */
static GVariant *
describe_wifi (const CsRequest *request, const char *lan, GError **error)
{
  g_auto (CsHotspot) hotspot = { NULL };
  g_autofree char *uri = NULL;
  GVariantDict dict;

  if (request == NULL || cs_request_ssid (request) == NULL
      || !cs_hotspot_fill (&hotspot, &request->hotspot))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                   "%s is not an access point: only a Wi-Fi device that NetworkManager "
                   "manages becomes one, and not with \"keep-lan\"",
                   lan);
      return NULL;
    }
  uri = cs_hotspot_uri (&hotspot);
  g_variant_dict_init (&dict, NULL);
  g_variant_dict_insert (&dict, "ssid", "s", hotspot.ssid);
  g_variant_dict_insert (&dict, "passphrase", "s",
                         hotspot.passphrase != NULL ? hotspot.passphrase : "");
  g_variant_dict_insert (&dict, "security", "s",
                         cs_security_to_string (hotspot.security));
  g_variant_dict_insert (&dict, "hidden", "b", hotspot.hidden);
  g_variant_dict_insert (&dict, "uri", "s", uri);
  return g_variant_dict_end (&dict);
}

static void
on_wifi_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;
  GVariant *wifi = NULL;

  if (cs_authorizer_check_finish (result, NULL, &error))
    wifi = describe_wifi (cs_engine_get_request (call->caller.engine, call->lan),
                          call->lan, &error);
  if (wifi != NULL)
    call->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", wifi));
  answer (call, error);
}

static Call *
call_new (CsEngine *engine, GDBusMethodInvocation *invocation, const char *lan)
{
  Call *call = g_new0 (Call, 1);

  cs_caller_init (&call->caller, engine, invocation);
  call->lan = g_strdup (lan);
  return call;
}

/* Rules may allow one WAN and not another, so replacing a share needs authorization
 * for its old WAN as well. @wan is the new one; NULL: the share ends. */
static void
authorize (CsAuthorizer *authorizer, Call *call, const char *wan)
{
  const CsRequest *known = cs_engine_get_ordered (call->caller.engine, call->lan);
  const char *wans[] = { known != NULL ? known->wan : wan, wan, NULL };

  if (g_strcmp0 (wans[0], wans[1]) == 0)
    wans[1] = NULL;
  call->over = g_strdup (wans[0]);
  call->wan = g_strdup (wan);
  cs_authorizer_check_async (authorizer, call->caller.invocation, call->lan, wans,
                             on_authorized, call);
}

void
cs_call_share (CsEngine *engine,
               CsAuthorizer *authorizer,
               GDBusMethodInvocation *invocation,
               CsRequest *request,
               GVariant *reply)
{
  g_autoptr (Call) call = call_new (engine, invocation, request->lan);
  g_autoptr (GError) error = NULL;

  call->request = request;
  call->reply = g_variant_ref_sink (reply);
  if (cs_engine_can_share (call->caller.engine, request, &error))
    authorize (authorizer, g_steal_pointer (&call), request->wan);
  else
    answer (call, error);
}

void
cs_call_update (CsEngine *engine,
                CsAuthorizer *authorizer,
                GDBusMethodInvocation *invocation,
                const char *lan,
                GVariant *changes)
{
  g_autoptr (Call) call = call_new (engine, invocation, lan);
  g_autoptr (CsRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  call->changes = g_variant_ref (changes);
  request = merge (call, cs_engine_get_ordered (engine, lan), &error);
  if (request != NULL && cs_engine_can_share (call->caller.engine, request, &error))
    authorize (authorizer, g_steal_pointer (&call), request->wan);
  else
    answer (call, error);
}

void
cs_call_stop (CsEngine *engine,
              CsAuthorizer *authorizer,
              const CsBusHost *host,
              GDBusMethodInvocation *invocation,
              const char *lan)
{
  g_autoptr (Call) call = call_new (engine, invocation, lan);
  g_autoptr (GError) error = NULL;

  call->host = host;
  if (cs_engine_get_ordered (engine, lan) == NULL && cs_ifname_check (lan, "LAN", &error))
    cs_engine_set_not_shared (lan, &error);
  if (error == NULL)
    authorize (authorizer, g_steal_pointer (&call), NULL);
  else
    answer (call, error);
}

void
cs_call_get_wifi (CsEngine *engine,
                  CsAuthorizer *authorizer,
                  GDBusMethodInvocation *invocation,
                  const char *lan)
{
  const char *const wans[] = { "", NULL };

  cs_authorizer_check_async (authorizer, invocation, lan, wans, on_wifi_authorized,
                             call_new (engine, invocation, lan));
}

/* --- Clients ----------------------------------------------------------------------- */

static gboolean
try_list_clients (gpointer user_data)
{
  Call *call = user_data;
  const CsRequest *request = cs_engine_get_request (call->caller.engine, call->lan);
  CsClientList *list = call->host->look_at_clients (call->host->clients, call->lan);
  g_autoptr (GError) error = NULL;

  if (request != NULL && list == NULL && cs_caller_may_wait (&call->caller))
    return G_SOURCE_CONTINUE;
  if (request == NULL)
    cs_engine_set_not_shared (call->lan, &error);
  else
    call->reply = g_variant_ref_sink (
        g_variant_new ("(@aa{sv})", cs_describe_clients (list, request)));
  answer (call, error);
  call_free (call);
  return G_SOURCE_REMOVE;
}

static void
on_clients_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_authorizer_check_finish (result, NULL, &error))
    cs_caller_poll (try_list_clients, g_steal_pointer (&call));
  else
    answer (call, error);
}

void
cs_call_list_clients (CsEngine *engine,
                      CsAuthorizer *authorizer,
                      const CsBusHost *host,
                      GDBusMethodInvocation *invocation,
                      const char *lan)
{
  const char *const wans[] = { "", NULL };
  Call *call = call_new (engine, invocation, lan);

  call->host = host;
  cs_authorizer_check_async (authorizer, invocation, lan, wans, on_clients_authorized,
                             call);
}

void
cs_call_set_client (CsEngine *engine,
                    CsAuthorizer *authorizer,
                    const CsBusHost *host,
                    GDBusMethodInvocation *invocation,
                    CsDbusShare *share,
                    const char *mac,
                    GVariant *settings)
{
  g_autoptr (Call) call = call_new (engine, invocation, cs_dbus_share_get_lan (share));
  const CsRequest *known = cs_engine_get_ordered (engine, call->lan);
  g_autoptr (CsRequest) alone = NULL;
  g_autoptr (GError) error = NULL;

  call->host = host;
  call->mac = g_strdup (mac);
  call->share = g_object_ref (share);
  call->changes = g_variant_ref (settings);
  if (known != NULL)
    alone = cs_request_set_only_client (known, mac, settings, &error);
  else
    cs_engine_set_not_shared (call->lan, &error);
  if (alone != NULL)
    authorize (authorizer, g_steal_pointer (&call), known->wan);
  else
    answer (call, error);
}
