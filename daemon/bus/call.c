/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One owned struct a call. What can be refused without a password is refused before the
 * dialog; the engine looks again after it, as a dialog can stay open for minutes. */
#include "call.h"

#include "authorizer.h"

#include "core/ifname.h"
#include "dbus/errors.h"

typedef struct
{
  CsEngine *engine;                  /* (owned) */
  GDBusMethodInvocation *invocation; /* (owned) (nullable) until it is answered */
  char *lan;                         /* (owned) */
  char *wan;                         /* (owned) (nullable) for which it is authorized */
  CsRequest *request;                /* (owned) (nullable) to share by */
  GVariant *changes;                 /* (owned) (nullable) to the share; neither: stop */
  GVariant *reply;                   /* (owned) (nullable) */
} Call;

static void
call_free (Call *call)
{
  cs_engine_release (call->engine);
  g_object_unref (call->engine);
  g_clear_object (&call->invocation);
  g_free (call->lan);
  g_free (call->wan);
  g_clear_pointer (&call->changes, g_variant_unref);
  g_clear_pointer (&call->request, cs_request_free);
  g_clear_pointer (&call->reply, g_variant_unref);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static void
answer (Call *call, const GError *error)
{
  if (error != NULL)
    g_dbus_method_invocation_return_gerror (g_steal_pointer (&call->invocation), error);
  else
    g_dbus_method_invocation_return_value (g_steal_pointer (&call->invocation),
                                           call->reply);
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
on_stopped (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  cs_engine_stop_finish (CS_ENGINE (source), result, &error);
  answer (call, error);
}

static void
set_not_shared (const char *lan, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_NO_SUCH_SHARE,
               "\"%s\" is not shared; \"sharectl list\" shows what is", lan);
}

/* The share as it is now with the changes of @call (transfer full). */
static CsRequest *
merge (const Call *call, GError **error)
{
  const CsRequest *known = cs_engine_get_request (call->engine, call->lan);

  if (known != NULL)
    return cs_request_update (known, call->changes, error);
  set_not_shared (call->lan, error);
  return NULL;
}

/* Rules may permit one WAN and not another: it must still be the one that polkit was
 * asked about. */
static gboolean
check_wan (const Call *call, const CsRequest *request, GError **error)
{
  if (request == NULL || call->wan == NULL || g_str_equal (request->wan, call->wan))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "Meanwhile %s is shared via %s instead of %s; if that is to be changed as "
               "well, try again",
               call->lan, request->wan, call->wan);
  return FALSE;
}

static void
go_share (Call *call)
{
  CsRequest *request = g_steal_pointer (&call->request);

  cs_engine_share_async (call->engine, request, on_shared, call);
}

static void
go_update (Call *begun)
{
  g_autoptr (Call) call = begun;
  g_autoptr (GError) error = NULL;

  call->request = merge (call, &error);
  if (call->request != NULL && check_wan (call, call->request, &error))
    go_share (g_steal_pointer (&call));
  else
    answer (call, error);
}

static void
go_stop (Call *begun)
{
  g_autoptr (Call) call = begun;
  CsEngine *engine = call->engine;
  const char *lan = call->lan;
  g_autoptr (GError) error = NULL;

  if (check_wan (call, cs_engine_get_request (engine, lan), &error))
    cs_engine_stop_async (engine, lan, on_stopped, g_steal_pointer (&call));
  else
    answer (call, error);
}

static void
on_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_authorizer_check_finish (result, &error))
    answer (call, error);
  else if (call->changes != NULL)
    go_update (g_steal_pointer (&call));
  else if (call->request != NULL)
    go_share (g_steal_pointer (&call));
  else
    go_stop (g_steal_pointer (&call));
}

/* The dialog may have taken long: what is told is what is so now. */
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
                   "%s is no access point: that is what a Wi-Fi device becomes when it "
                   "is shared, if NetworkManager manages it and without keep-lan",
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

  if (cs_authorizer_check_finish (result, &error))
    wifi = describe_wifi (cs_engine_get_request (call->engine, call->lan), call->lan,
                          &error);
  if (wifi != NULL)
    call->reply = g_variant_ref_sink (g_variant_new ("(@a{sv})", wifi));
  answer (call, error);
}

static Call *
call_new (CsEngine *engine, GDBusMethodInvocation *invocation, const char *lan)
{
  Call *call = g_new0 (Call, 1);

  call->engine = g_object_ref (engine);
  cs_engine_hold (engine);
  call->invocation = invocation;
  call->lan = g_strdup (lan);
  return call;
}

/* @wan (nullable) is what it is for. */
static void
authorize (Call *call, const char *wan)
{
  call->wan = g_strdup (wan);
  cs_authorizer_check_async (call->invocation, call->lan, call->wan, on_authorized, call);
}

void
cs_call_share (CsEngine *engine,
               GDBusMethodInvocation *invocation,
               CsRequest *request,
               GVariant *reply)
{
  g_autoptr (Call) call = call_new (engine, invocation, request->lan);
  g_autoptr (GError) error = NULL;

  call->request = request;
  call->reply = g_variant_ref_sink (reply);
  if (cs_engine_can_share (call->engine, request, &error))
    authorize (g_steal_pointer (&call), request->wan);
  else
    answer (call, error);
}

void
cs_call_update (CsEngine *engine,
                GDBusMethodInvocation *invocation,
                const char *lan,
                GVariant *changes)
{
  g_autoptr (Call) call = call_new (engine, invocation, lan);
  g_autoptr (CsRequest) request = NULL;
  g_autoptr (GError) error = NULL;

  call->changes = g_variant_ref (changes);
  request = merge (call, &error);
  if (request != NULL && cs_engine_can_share (call->engine, request, &error))
    authorize (g_steal_pointer (&call), request->wan);
  else
    answer (call, error);
}

/* Whether @lan is shared is the engine's answer, as an order to share it may be waiting
 * for the pass under way; without one, nobody is asked for a password. */
void
cs_call_stop (CsEngine *engine, GDBusMethodInvocation *invocation, const char *lan)
{
  g_autoptr (Call) call = call_new (engine, invocation, lan);
  const CsRequest *request = NULL;
  g_autoptr (GError) error = NULL;

  if (cs_ifname_check (lan, "LAN", &error))
    {
      request = cs_engine_get_request (engine, lan);
      if (request == NULL && !cs_engine_is_busy (engine))
        set_not_shared (lan, &error);
    }
  if (error == NULL)
    authorize (g_steal_pointer (&call), request != NULL ? request->wan : NULL);
  else
    answer (call, error);
}

void
cs_call_get_wifi (CsEngine *engine, GDBusMethodInvocation *invocation, const char *lan)
{
  g_autoptr (Call) call = call_new (engine, invocation, lan);

  cs_authorizer_check_async (invocation, lan, NULL, on_wifi_authorized,
                             g_steal_pointer (&call));
}
