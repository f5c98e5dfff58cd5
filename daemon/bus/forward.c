/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Values are checked before anybody is asked for a password; who has a port, and what a
 * client is called, only after it, as that is for those who may know. */
#include "forward.h"

#include "caller.h"
#include "client-words.h"

#include "core/value/quote.h"
#include "core/value/request-client.h"
#include "dbus/errors.h"

typedef struct
{
  CsCaller caller;
  const CsBusHost *host; /* unowned */
  char *lan;             /* (owned) */
  CsForward *forward;    /* (owned) (nullable) to add */
  guint8 protocol;       /* to remove ... */
  guint port;            /* ... with this, */
  char *client;          /* (owned) (nullable) and of this address */
} Call;

static void
call_free (Call *call)
{
  cs_caller_clear (&call->caller);
  g_clear_pointer (&call->forward, cs_forward_free);
  g_free (call->lan);
  g_free (call->client);
  g_free (call);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (Call, call_free)

static Call *
call_new (CsEngine *engine,
          const CsBusHost *host,
          GDBusMethodInvocation *invocation,
          const char *lan)
{
  Call *call = g_new0 (Call, 1);

  cs_caller_init (&call->caller, engine, invocation);
  call->host = host;
  call->lan = g_strdup (lan);
  return call;
}

static void
answer (Call *call, GVariant *reply)
{
  cs_caller_answer (&call->caller, reply, NULL);
}

static void
refuse (Call *call, const GError *error)
{
  cs_caller_answer (&call->caller, NULL, error);
}

static const CsRequest *
find_request (const Call *call, GError **error)
{
  const CsRequest *request = cs_engine_get_ordered (call->caller.engine, call->lan);

  if (request == NULL)
    cs_engine_set_not_shared (call->lan, error);
  return request;
}

static void
authorize (Call *call,
           CsAuthorizer *authorizer,
           const char *wan,
           GAsyncReadyCallback next)
{
  const char *const wans[] = { wan, NULL };

  cs_authorizer_check_async (authorizer, call->caller.invocation, call->lan, wans, next,
                             call);
}

/* --- Words ------------------------------------------------------------------------- */

static void
add_address (GVariantDict *dict, const char *key, CsAddress address)
{
  g_autofree char *text = cs_address_to_string (address);

  if (text[0] != '\0')
    g_variant_dict_insert (dict, key, "s", text);
}

static void
add_upstream (const CsBusHost *host,
              const char *lan,
              const CsForward *forward,
              GVariantDict *dict)
{
  const char *state;
  g_autofree char *upstream
      = host->forward->find_upstream (host->upstreams, lan, forward, &state);

  if (upstream != NULL)
    g_variant_dict_insert (dict, "upstream", "s", upstream);
  if (state != NULL)
    g_variant_dict_insert (dict, "upstream-state", "s", state);
}

static void
add_standing (const CsBusHost *host,
              const char *lan,
              const CsForward *forward,
              GVariantDict *dict)
{
  CsForwardStanding standing
      = host->forward->find_standing (host->forwards, lan, forward);

  g_variant_dict_insert (dict, "state", "s", cs_forward_state_to_string (standing.state));
  if (standing.blocked_by != NULL)
    g_variant_dict_insert (dict, "blocked-by", "s", standing.blocked_by);
  if (standing.taken_by != NULL)
    {
      g_variant_dict_insert (dict, "taken-by", "s", standing.taken_by);
      g_variant_dict_insert (dict, "taken-on", "s", standing.taken_on);
    }
}

static GVariant *
describe (const CsBusHost *host, const char *lan, const CsForward *forward)
{
  const CsBusForwards *functions = host->forward;
  const GArray *addresses6 = NULL;
  CsAddress address = functions->find_address (host->forwards, lan, forward, &addresses6);
  CsAddress external = functions->external_address (host->forwards, lan);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  cs_forward_add_to_dict (forward, &dict);
  add_address (&dict, "address", address);
  if (addresses6 != NULL && addresses6->len > 0)
    g_variant_dict_insert_value (&dict, "addresses", cs_describe_addresses (addresses6));
  if (!cs_forward_is_pinhole (forward))
    add_address (&dict, "external-address", external);
  add_upstream (host, lan, forward, &dict);
  add_standing (host, lan, forward, &dict);
  return g_variant_dict_end (&dict);
}

/* --- AddForward -------------------------------------------------------------------- */

static gboolean
has_name (const CsClient *client, const CsRequest *request, const char *name)
{
  g_autofree char *given = cs_request_client_name (request, client->mac);

  return (given != NULL && g_ascii_strcasecmp (given, name) == 0)
         || (client->hostname != NULL
             && g_ascii_strcasecmp (client->hostname, name) == 0);
}

/* One that is called so, as long as it is the only one. */
static gboolean
find_by_name (const Call *call,
              const CsRequest *request,
              const char *name,
              CsMac *mac,
              GError **error)
{
  CsClientList *list = call->host->look_at_clients (call->host->clients, call->lan);
  g_autoptr (GPtrArray) clients
      = list != NULL ? cs_client_list_get_all (list) : g_ptr_array_new ();
  g_autofree char *quoted = cs_quote (name);
  guint found = 0;

  for (guint i = 0; i < clients->len; i++)
    {
      const CsClient *client = g_ptr_array_index (clients, i);

      if (!has_name (client, request, name))
        continue;
      *mac = client->mac;
      found++;
    }
  if (found == 1)
    return TRUE;
  g_set_error (
      error, CS_ERROR, found == 0 ? CS_ERROR_NO_SUCH_CLIENT : CS_ERROR_INVALID_ARGUMENT,
      found == 0 ? "no client of %s is called %s: use its MAC address or IP address"
                 : "several clients of %s are called %s: use a MAC address or IP address",
      call->lan, quoted);
  return FALSE;
}

/* IPv6 has prefixes that change; one that is not there is just not reached. */
static gboolean
check_address (const Call *call, CsAddress address, GError **error)
{
  g_autofree char *text = cs_address_to_string (address);
  CsShareStatus status;

  if (cs_address_is_remote (address) && !cs_address_is_link_local (address)
      && (address.family == AF_INET6
          || !cs_engine_get_share (call->caller.engine, call->lan, &status)
          || status.plan->subnets->len == 0
          || cs_share_plan_can_hold (status.plan, address)))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "invalid \"client\" \"%s\" of a port mapping: no client of %s can have "
               "that address",
               text, call->lan);
  return FALSE;
}

static gboolean
resolve_client (Call *call, const CsRequest *request, GError **error)
{
  const char *client = call->forward->client;
  g_autofree char *text = NULL;
  CsAddress address;
  CsMac mac;

  if (cs_mac_parse (client, &mac))
    return TRUE;
  if (cs_address_parse (client, &address))
    return check_address (call, address, error);
  if (!find_by_name (call, request, client, &mac, error))
    return FALSE;
  text = cs_mac_to_string (mac);
  cs_forward_set_client (call->forward, text);
  return TRUE;
}

static void
on_added (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  const CsBusForwards *functions = call->host->forward;
  const CsForward *forward;
  g_autoptr (GError) error = NULL;

  if (!functions->add_finish (result, &error))
    {
      refuse (call, error);
      return;
    }
  forward = functions->find (call->host->forwards, call->lan, call->forward->protocol,
                             call->forward->port, call->forward->client);
  answer (call, g_variant_new ("(@a{sv})",
                               describe (call->host, call->lan,
                                         forward != NULL ? forward : call->forward)));
}

static void
on_add_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  const CsRequest *request = NULL;
  g_autoptr (GError) error = NULL;

  if (cs_authorizer_check_finish (result, NULL, &error))
    request = find_request (call, &error);
  if (request == NULL || !resolve_client (call, request, &error))
    {
      refuse (call, error);
      return;
    }
  call->host->forward->add_async (call->host->forwards, call->lan,
                                  cs_forward_copy (call->forward), on_added, call);
  g_steal_pointer (&call);
}

void
cs_forward_call_add (CsEngine *engine,
                     CsAuthorizer *authorizer,
                     const CsBusHost *host,
                     GDBusMethodInvocation *invocation,
                     const char *lan,
                     GVariant *mapping)
{
  g_autoptr (Call) call = call_new (engine, host, invocation, lan);
  g_autoptr (GError) error = NULL;
  const CsRequest *request = find_request (call, &error);

  if (request != NULL)
    call->forward = cs_forward_from_variant (mapping, &error);
  if (call->forward != NULL)
    authorize (g_steal_pointer (&call), authorizer, request->wan, on_add_authorized);
  else
    refuse (call, error);
}

/* --- RemoveForward ----------------------------------------------------------------- */

static void
on_removed (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (call->host->forward->remove_finish (result, &error))
    answer (call, NULL);
  else
    refuse (call, error);
}

static void
on_remove_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (!cs_authorizer_check_finish (result, NULL, &error)
      || find_request (call, &error) == NULL)
    {
      refuse (call, error);
      return;
    }
  call->host->forward->remove_async (call->host->forwards, call->lan, call->protocol,
                                     call->port, call->client, on_removed, call);
  g_steal_pointer (&call);
}

void
cs_forward_call_remove (CsEngine *engine,
                        CsAuthorizer *authorizer,
                        const CsBusHost *host,
                        GDBusMethodInvocation *invocation,
                        const char *lan,
                        const char *protocol,
                        guint port,
                        const char *client)
{
  g_autoptr (Call) call = call_new (engine, host, invocation, lan);
  g_autoptr (GError) error = NULL;
  const CsRequest *request = find_request (call, &error);
  g_autofree char *quoted = cs_quote (protocol);
  g_autofree char *quoted_client = cs_quote (client != NULL ? client : "");
  CsAddress address = { 0 };

  call->protocol = cs_forward_protocol_from_string (protocol);
  call->port = port;
  if (request != NULL && call->protocol == 0)
    g_set_error (&error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "invalid protocol %s: expected \"tcp\" or \"udp\"", quoted);
  else if (request != NULL && client != NULL
           && (!cs_address_parse (client, &address) || address.family != AF_INET6))
    g_set_error (&error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "invalid client %s: expected the IPv6 address of a port mapping",
                 quoted_client);
  if (client != NULL)
    call->client = cs_address_to_string (address);
  if (error == NULL)
    authorize (g_steal_pointer (&call), authorizer, request->wan, on_remove_authorized);
  else
    refuse (call, error);
}

/* --- ListForwards ------------------------------------------------------------------ */

static GVariant *
describe_all (const CsBusHost *host, const char *lan)
{
  g_autoptr (GPtrArray) forwards = host->forward->list (host->forwards, lan);
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < forwards->len; i++)
    g_variant_builder_add_value (&builder, describe (host, lan, forwards->pdata[i]));
  return g_variant_builder_end (&builder);
}

static gboolean
try_list (gpointer user_data)
{
  Call *call = user_data;
  CsAddress external
      = call->host->forward->external_address (call->host->forwards, call->lan);
  g_autoptr (GError) error = NULL;

  if (!cs_address_is_set (external) && cs_caller_may_wait (&call->caller))
    return G_SOURCE_CONTINUE;
  if (find_request (call, &error) != NULL)
    answer (call, g_variant_new ("(@aa{sv})", describe_all (call->host, call->lan)));
  else
    refuse (call, error);
  call_free (call);
  return G_SOURCE_REMOVE;
}

static void
on_list_authorized (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (Call) call = user_data;
  g_autoptr (GError) error = NULL;

  if (cs_authorizer_check_finish (result, NULL, &error))
    cs_caller_poll (try_list, g_steal_pointer (&call));
  else
    refuse (call, error);
}

void
cs_forward_call_list (CsEngine *engine,
                      CsAuthorizer *authorizer,
                      const CsBusHost *host,
                      GDBusMethodInvocation *invocation,
                      const char *lan)
{
  authorize (call_new (engine, host, invocation, lan), authorizer, "",
             on_list_authorized);
}
