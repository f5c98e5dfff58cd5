/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two things keep a page in a client's browser from asking on its behalf: the header
 * SOAPAction, which a page may not send to another site without asking, and asking is not
 * answered; and the Host, which has to be this address and no name that leads to it.
 *
 * A client sees its own mappings only, and may name no other as their target. */
#include "igd.h"

#include "description.h"
#include "soap.h"

#include <netinet/in.h>
#include <string.h>

typedef enum
{
  UPNP_DONE,
  UPNP_INVALID_ACTION = 401,
  UPNP_INVALID_ARGS = 402,
  UPNP_ACTION_FAILED = 501,
  UPNP_NOT_AUTHORIZED = 606,
  UPNP_INDEX_INVALID = 713,
  UPNP_NO_SUCH_ENTRY = 714,
  UPNP_NO_WILDCARD_PORT = 716,
  UPNP_CONFLICT = 718,
  UPNP_NO_REMOTE_HOST = 726,
  UPNP_NO_PORT_MAPS = 728,
} UpnpError;

static const struct
{
  UpnpError error;
  const char *words;
} errors[] = {
  { UPNP_INVALID_ACTION, "Invalid Action" },
  { UPNP_INVALID_ARGS, "Invalid Args" },
  { UPNP_ACTION_FAILED, "Action Failed" },
  { UPNP_NOT_AUTHORIZED, "Action not authorized" },
  { UPNP_INDEX_INVALID, "SpecifiedArrayIndexInvalid" },
  { UPNP_NO_SUCH_ENTRY, "NoSuchEntryInArray" },
  { UPNP_NO_WILDCARD_PORT, "WildCardNotPermittedInExtPort" },
  { UPNP_CONFLICT, "ConflictInMappingEntry" },
  { UPNP_NO_REMOTE_HOST, "RemoteHostOnlySupportsWildcard" },
  { UPNP_NO_PORT_MAPS, "NoPortMapsAvailable" },
};

typedef struct
{
  CsGateway *gateway;
  CsAddress peer;
  const CsUpnpService *service;
  CsSoapCall *call;
  GPtrArray *values; /* of names (static) and texts (owned) in turn */
} Action;

/* --- Values --------------------------------------------------------------------- */

/* @text (transfer full) */
static void
add_text (Action *self, const char *name, char *text)
{
  g_ptr_array_add (self->values, g_strdup (name));
  g_ptr_array_add (self->values, text);
}

static void
add_word (Action *self, const char *name, const char *word)
{
  add_text (self, name, g_strdup (word));
}

static void
add_number (Action *self, const char *name, guint number)
{
  add_text (self, name, g_strdup_printf ("%u", number));
}

static void
add_address (Action *self, const char *name, CsAddress address)
{
  add_text (self, name,
            cs_address_is_set (address) ? cs_address_to_string (address)
                                        : g_strdup ("0.0.0.0"));
}

/* (nullable) */
static const char *
get_text (const Action *self, const char *name)
{
  return g_hash_table_lookup (self->call->arguments, name);
}

static gboolean
get_number (const Action *self, const char *name, guint max, guint *number)
{
  const char *text = get_text (self, name);
  g_autofree char *bare = text != NULL ? g_strstrip (g_strdup (text)) : NULL;
  guint64 value;

  if (bare == NULL || !g_ascii_string_to_unsigned (bare, 10, 0, max, &value, NULL))
    return FALSE;
  *number = (guint)value;
  return TRUE;
}

static gboolean
get_protocol (const Action *self, guint8 *protocol)
{
  const char *text = get_text (self, "NewProtocol");

  if (text != NULL && g_ascii_strcasecmp (text, "TCP") == 0)
    *protocol = IPPROTO_TCP;
  else if (text != NULL && g_ascii_strcasecmp (text, "UDP") == 0)
    *protocol = IPPROTO_UDP;
  else
    return FALSE;
  return TRUE;
}

/* --- Mappings ------------------------------------------------------------------- */

static UpnpError
error_of (const CsPortdAnswer *answer)
{
  switch (answer->result)
    {
    case CS_PORTD_DONE:
      return UPNP_DONE;
    case CS_PORTD_REFUSED:
      return UPNP_NOT_AUTHORIZED;
    case CS_PORTD_TAKEN:
      return UPNP_CONFLICT;
    case CS_PORTD_QUOTA:
      return UPNP_NO_PORT_MAPS;
    case CS_PORTD_NOT_FOUND:
      return UPNP_NO_SUCH_ENTRY;
    default:
      return UPNP_ACTION_FAILED;
    }
}

static UpnpError
ask (const Action *self, CsPortdRequest *request, CsPortdAnswer *answer)
{
  request->client = self->peer;
  request->origin = CS_PORTD_UPNP;
  self->gateway->ask (request, answer, self->gateway->user_data);
  return error_of (answer);
}

/* The mapping that a client speaks of: remote host, port and protocol. */
static UpnpError
read_entry (const Action *self, CsPortdRequest *request)
{
  const char *remote = get_text (self, "NewRemoteHost");
  guint port;

  if (!get_number (self, "NewExternalPort", G_MAXUINT16, &port)
      || !get_protocol (self, &request->protocol))
    return UPNP_INVALID_ARGS;
  if (remote != NULL && *remote != '\0' && !g_str_equal (remote, "0.0.0.0"))
    return UPNP_NO_REMOTE_HOST;
  request->port = (guint16)port;
  return UPNP_DONE;
}

static UpnpError
read_mapping (const Action *self, CsPortdRequest *request)
{
  const char *client = get_text (self, "NewInternalClient");
  UpnpError error = read_entry (self, request);
  guint to_port, lifetime;
  CsAddress address;

  if (error != UPNP_DONE)
    return error;
  if (!get_number (self, "NewInternalPort", G_MAXUINT16, &to_port) || to_port == 0
      || !get_number (self, "NewLeaseDuration", G_MAXUINT32, &lifetime))
    return UPNP_INVALID_ARGS;
  if (client != NULL && *client != '\0'
      && (!cs_address_parse (client, &address)
          || !cs_address_equal (address, self->peer)))
    return UPNP_NOT_AUTHORIZED;
  request->kind = CS_PORTD_MAP;
  request->to_port = (guint16)to_port;
  request->lifetime
      = lifetime != 0 ? CLAMP (lifetime, CS_PORTD_MIN_LIFETIME, CS_PORTD_UPNP_LIFETIME)
                      : CS_PORTD_UPNP_LIFETIME;
  cs_gateway_set_name (request, get_text (self, "NewPortMappingDescription"));
  return UPNP_DONE;
}

static UpnpError
add_mapping (Action *self)
{
  CsPortdRequest request = { .exact = TRUE };
  CsPortdAnswer answer = { 0 };
  UpnpError error = read_mapping (self, &request);

  if (error != UPNP_DONE)
    return error;
  if (request.port == 0)
    return UPNP_NO_WILDCARD_PORT;
  return ask (self, &request, &answer);
}

static UpnpError
add_any_mapping (Action *self)
{
  CsPortdRequest request = { 0 };
  CsPortdAnswer answer = { 0 };
  UpnpError error = read_mapping (self, &request);

  if (error != UPNP_DONE)
    return error;
  if (request.port == 0)
    request.port = request.to_port;
  error = ask (self, &request, &answer);
  if (error == UPNP_DONE)
    add_number (self, "NewReservedPort", answer.port);
  return error == UPNP_CONFLICT ? UPNP_NO_PORT_MAPS : error;
}

static UpnpError
delete_mapping (Action *self)
{
  CsPortdRequest request = { .kind = CS_PORTD_UNMAP };
  CsPortdAnswer answer = { 0 };
  UpnpError error = read_entry (self, &request);

  if (error != UPNP_DONE)
    return error;
  return request.port != 0 ? ask (self, &request, &answer) : UPNP_NO_SUCH_ENTRY;
}

static void
add_target (Action *self, const CsPortdAnswer *answer)
{
  g_autofree char *name = g_utf8_make_valid (answer->name, -1);

  add_number (self, "NewInternalPort", answer->to_port);
  add_address (self, "NewInternalClient", self->peer);
  add_word (self, "NewEnabled", "1");
  add_word (self, "NewPortMappingDescription", name);
  add_number (self, "NewLeaseDuration", answer->lifetime);
}

static UpnpError
get_specific_entry (Action *self)
{
  CsPortdRequest request = { .kind = CS_PORTD_FIND };
  CsPortdAnswer answer = { 0 };
  UpnpError error = read_entry (self, &request);

  if (error == UPNP_DONE)
    error = ask (self, &request, &answer);
  if (error == UPNP_DONE)
    add_target (self, &answer);
  return error;
}

static UpnpError
get_generic_entry (Action *self)
{
  CsPortdRequest request = { .kind = CS_PORTD_LIST };
  CsPortdAnswer answer = { 0 };
  UpnpError error;
  guint index;

  if (!get_number (self, "NewPortMappingIndex", G_MAXUINT16, &index))
    return UPNP_INVALID_ARGS;
  request.index = index;
  error = ask (self, &request, &answer);
  if (error != UPNP_DONE)
    return error == UPNP_NO_SUCH_ENTRY ? UPNP_INDEX_INVALID : error;
  add_word (self, "NewRemoteHost", "");
  add_number (self, "NewExternalPort", answer.port);
  add_word (self, "NewProtocol", answer.protocol == IPPROTO_TCP ? "TCP" : "UDP");
  add_target (self, &answer);
  return UPNP_DONE;
}

/* --- The connection ------------------------------------------------------------- */

static gboolean
is_connected (const Action *self)
{
  return cs_address_is_set (self->gateway->settings.external);
}

static UpnpError
get_address (Action *self)
{
  add_address (self, "NewExternalIPAddress", self->gateway->settings.external);
  return UPNP_DONE;
}

static UpnpError
get_status (Action *self)
{
  add_word (self, "NewConnectionStatus",
            is_connected (self) ? "Connected" : "Disconnected");
  add_word (self, "NewLastConnectionError", "ERROR_NONE");
  add_number (self, "NewUptime", self->gateway->epoch);
  return UPNP_DONE;
}

static UpnpError
get_type (Action *self)
{
  add_word (self, "NewConnectionType", "IP_Routed");
  add_word (self, "NewPossibleConnectionTypes", "IP_Routed");
  return UPNP_DONE;
}

static UpnpError
get_nat (Action *self)
{
  add_word (self, "NewRSIPAvailable", "0");
  add_word (self, "NewNATEnabled", "1");
  return UPNP_DONE;
}

/* The connection is none of a client's business. */
static UpnpError
refuse (Action *self)
{
  return UPNP_NOT_AUTHORIZED;
}

static UpnpError
get_link (Action *self)
{
  add_word (self, "NewWANAccessType", "Ethernet");
  add_word (self, "NewLayer1UpstreamMaxBitRate", "0");
  add_word (self, "NewLayer1DownstreamMaxBitRate", "0");
  add_word (self, "NewPhysicalLinkStatus", is_connected (self) ? "Up" : "Down");
  return UPNP_DONE;
}

static UpnpError
get_default_service (Action *self)
{
  const CsUpnpService *last = &cs_upnp_services[cs_upnp_n_services - 1];
  g_autofree char *device = cs_upnp_device_name (&self->gateway->settings, last->device);

  add_text (
      self, "NewDefaultConnectionService",
      g_strdup_printf ("%s:%s,%s", device, cs_upnp_device_type (last->device), last->id));
  return UPNP_DONE;
}

static const struct
{
  const char *name;
  UpnpError (*run) (Action *self);
} runs[] = {
  { "AddPortMapping", add_mapping },
  { "AddAnyPortMapping", add_any_mapping },
  { "DeletePortMapping", delete_mapping },
  { "GetSpecificPortMappingEntry", get_specific_entry },
  { "GetGenericPortMappingEntry", get_generic_entry },
  { "GetExternalIPAddress", get_address },
  { "GetStatusInfo", get_status },
  { "GetConnectionTypeInfo", get_type },
  { "GetNATRSIPStatus", get_nat },
  { "SetConnectionType", refuse },
  { "RequestConnection", refuse },
  { "ForceTermination", refuse },
  { "GetCommonLinkProperties", get_link },
  { "GetDefaultConnectionService", get_default_service },
};

/* --- Requests ------------------------------------------------------------------- */

static UpnpError
run (Action *self)
{
  if (cs_upnp_find_action (self->service, self->call->action) != NULL)
    for (gsize i = 0; i < G_N_ELEMENTS (runs); i++)
      if (g_str_equal (runs[i].name, self->call->action))
        return runs[i].run (self);
  return UPNP_INVALID_ACTION;
}

static const char *
words_of (UpnpError error)
{
  for (gsize i = 0; i < G_N_ELEMENTS (errors); i++)
    if (errors[i].error == error)
      return errors[i].words;
  g_return_val_if_reached ("");
}

/* Of the header, "urn:schemas-upnp-org:service:WANIPConnection:1#AddPortMapping"; any
 * version of the service is good enough. */
static gboolean
fits (const CsUpnpService *service, const char *header, const char *action)
{
  gsize length = strlen (service->type) - 1;
  const char *hash = strchr (header, '#');

  return hash != NULL && strncmp (header, service->type, length) == 0
         && strspn (header + length, "0123456789") == (gsize)(hash - header) - length
         && g_str_equal (hash + 1, action);
}

static GString *
run_action (CsGateway *gateway,
            CsAddress peer,
            const CsUpnpService *service,
            const CsHttpRequest *request,
            const char *body)
{
  g_auto (CsSoapCall) call = { 0 };
  g_autoptr (GPtrArray) values = g_ptr_array_new_with_free_func (g_free);
  Action self = { gateway, peer, service, &call, values };
  g_autofree char *type = NULL;
  g_autofree char *text = NULL;
  UpnpError error;

  if (!cs_soap_parse (body, request->body_size, &call))
    return cs_http_print (400, NULL);
  error = fits (service, request->soap_action, call.action) ? run (&self)
                                                            : UPNP_INVALID_ACTION;
  if (error != UPNP_DONE)
    {
      text = cs_soap_print_fault (error, words_of (error));
      return cs_http_print (500, text);
    }
  g_ptr_array_add (values, NULL);
  type = g_strndup (request->soap_action, strcspn (request->soap_action, "#"));
  text = cs_soap_print (type, call.action, (const char *const *)values->pdata);
  return cs_http_print (200, text);
}

static gboolean
is_own_host (const CsGateway *gateway, const char *host)
{
  g_autofree char *address = cs_address_to_string (gateway->settings.gateway.address);
  g_autofree char *with_port = g_strdup_printf ("%s:%d", address, CS_PORTD_PORT);

  return *host == '\0' || g_str_equal (host, address) || g_str_equal (host, with_port);
}

static GString *
respond_get (const CsGateway *gateway, const char *path)
{
  g_autofree char *text = NULL;

  if (g_str_equal (path, CS_UPNP_ROOT_PATH))
    text = cs_upnp_describe_devices (&gateway->settings);
  for (guint i = 0; i < cs_upnp_n_services; i++)
    if (g_str_equal (path, cs_upnp_services[i].description_path))
      text = cs_upnp_describe_service (&cs_upnp_services[i]);
  return text != NULL ? cs_http_print (200, text) : cs_http_print (404, NULL);
}

GString *
cs_igd_respond (CsGateway *gateway,
                CsAddress peer,
                const CsHttpRequest *request,
                const char *body)
{
  if (!is_own_host (gateway, request->host))
    return cs_http_print (403, NULL);
  if (g_str_equal (request->method, "GET"))
    return respond_get (gateway, request->path);
  if (!g_str_equal (request->method, "POST"))
    return cs_http_print (501, NULL);
  if (request->soap_action[0] == '\0')
    return cs_http_print (400, NULL);
  for (guint i = 0; i < cs_upnp_n_services; i++)
    if (g_str_equal (request->path, cs_upnp_services[i].control_path))
      return run_action (gateway, peer, &cs_upnp_services[i], request, body);
  return cs_http_print (404, NULL);
}
