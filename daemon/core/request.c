/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of fields, defaults, and the checks that look at more than one field or deeper
 * than its type. */
#include "request.h"

#include "fields.h"
#include "ifname.h"
#include "quote.h"
#include "wan.h"

#include "dbus/errors.h"

#define GROUP "share"
/* As many as resolvers commonly take, with room. */
#define MOST_DNS 16

static const CsField fields[] = {
  CS_FIELD (CsRequest, hotspot.own_ssid, "own-ssid", STRING),
  CS_FIELD (CsRequest, hotspot.own_passphrase, "own-passphrase", SECRET),
  CS_FIELD (CsRequest, since, "since", TIME),
  CS_FIELD (CsRequest, lan, "lan", STRING),
  CS_FIELD (CsRequest, wan, "wan", STRING),
  CS_FIELD (CsRequest, address, "address", CIDR),
  CS_FIELD (CsRequest, hotspot.band, "band", STRING),
  CS_FIELD (CsRequest, hotspot.channel, "channel", NUMBER),
  CS_FIELD (CsRequest, dial, "dial", BOOL),
  CS_FIELD (CsRequest, dns, "dns", STRV),
  CS_FIELD (CsRequest, force, "force", BOOL),
  CS_FIELD (CsRequest, hotspot.hidden, "hidden", BOOL),
  CS_FIELD (CsRequest, hotspot.isolate, "isolate", BOOL),
  CS_FIELD (CsRequest, keep_lan, "keep-lan", BOOL),
  CS_FIELD (CsRequest, hotspot.passphrase, "passphrase", SECRET),
  CS_FIELD (CsRequest, persistent, "persistent", BOOL),
  CS_FIELD (CsRequest, hotspot.security, "security", STRING),
  CS_FIELD (CsRequest, hotspot.ssid, "ssid", STRING),
  { NULL },
};
/* What an Update () may name, and what only the options are. */
static const CsField *const changes_fields = fields + 4;
static const CsField *const options_fields = fields + 5;

static CsRequest *
request_new_default (void)
{
  CsRequest *request = g_new0 (CsRequest, 1);

  cs_fields_init (fields, request);
  request->persistent = TRUE;
  request->dial = TRUE;
  return request;
}

static gboolean
check_dns (const CsRequest *request, GError **error)
{
  for (guint i = 0; request->dns && request->dns[i]; i++)
    {
      g_autofree char *quoted = cs_quote (request->dns[i]);
      guint32 address;

      if (i >= MOST_DNS)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "The option \"dns\" names more than %d servers", MOST_DNS);
          return FALSE;
        }
      if (!cs_ipv4_parse (request->dns[i], &address) || address >> 24 == 0
          || address >> 24 == 127 || address >> 28 >= 14)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "The option \"dns\" has %s, which is not the IPv4 address of a "
                       "server in the network, such as 9.9.9.9",
                       quoted);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_wan (const CsRequest *request, GError **error)
{
  g_autoptr (GPtrArray) choices = cs_wan_parse (request->wan, error);

  for (guint i = 0; choices && i < choices->len; i++)
    if (cs_wan_choice_allows_interface (choices->pdata[i], request->lan))
      {
        g_set_error (
            error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
            "%s cannot be shared with itself: LAN and WAN must be two interfaces",
            request->lan);
        return FALSE;
      }
  return choices != NULL;
}

static gboolean
check_contradictions (const CsRequest *request, GError **error)
{
  const char *key = cs_hotspot_options_find (&request->hotspot);

  if (request->keep_lan && key)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "\"keep-lan\" leaves %s as it is, so it does not become an access "
                   "point and \"%s\" cannot be chosen with it; leave one of them out",
                   request->lan, key);
      return FALSE;
    }
  if (request->keep_lan && (request->address.prefix || request->dns))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "\"keep-lan\" leaves addresses and DNS of %s alone, so \"%s\" cannot "
                   "be chosen with it; leave one of them out",
                   request->lan, request->address.prefix ? "address" : "dns");
      return FALSE;
    }
  return TRUE;
}

static gboolean
request_check (const CsRequest *request, GError **error)
{
  return cs_ifname_check (request->lan, "LAN", error) && check_wan (request, error)
         && (request->address.prefix == 0
             || cs_cidr_check_gateway (request->address, error))
         && check_dns (request, error)
         && cs_hotspot_options_check (&request->hotspot, error)
         && check_contradictions (request, error);
}

/* @request (transfer full) with @changes, checked; NULL with @error else. */
static CsRequest *
request_change (CsRequest *request,
                const CsField *allowed,
                GVariant *changes,
                GError **error)
{
  g_autoptr (CsRequest) result = request;

  if (changes && !g_variant_is_of_type (changes, G_VARIANT_TYPE_VARDICT))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "The options have the type \"%s\", but must have \"a{sv}\"",
                   g_variant_get_type_string (changes));
      return NULL;
    }
  if (changes && !cs_fields_from_variant (allowed, result, changes, error))
    return NULL;
  if (allowed == changes_fields)
    cs_hotspot_options_drop_empty (&result->hotspot);
  return request_check (result, error) ? g_steal_pointer (&result) : NULL;
}

CsRequest *
cs_request_new (const char *lan, const char *wan, GVariant *options, GError **error)
{
  CsRequest *request = request_new_default ();

  request->lan = g_strdup (lan);
  request->wan = g_strdup (wan);
  return request_change (request, options_fields, options, error);
}

CsRequest *
cs_request_update (const CsRequest *request, GVariant *changes, GError **error)
{
  return request_change (cs_request_copy (request), changes_fields, changes, error);
}

CsRequest *
cs_request_copy (const CsRequest *request)
{
  CsRequest *copy = request_new_default ();

  cs_fields_copy (fields, request, copy);
  return copy;
}

void
cs_request_free (CsRequest *request)
{
  if (!request)
    return;
  cs_fields_clear (fields, request);
  g_free (request);
}

GVariant *
cs_request_options (const CsRequest *request)
{
  g_autoptr (CsRequest) defaults = request_new_default ();

  return cs_fields_to_variant (options_fields, request, defaults);
}

const char *
cs_request_ssid (const CsRequest *request)
{
  const CsHotspotOptions *options = &request->hotspot;

  if (!options->own_ssid || request->keep_lan)
    return NULL;
  return options->ssid ? options->ssid : options->own_ssid;
}

void
cs_request_to_key_file (const CsRequest *request, GKeyFile *file)
{
  cs_fields_to_key_file (fields, request, file, GROUP);
}

CsRequest *
cs_request_from_key_file (GKeyFile *file, GError **error)
{
  g_autoptr (CsRequest) request = request_new_default ();

  if (!cs_fields_from_key_file (fields, request, file, GROUP, error))
    return NULL;
  if (!request->lan || !request->wan)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "The group [" GROUP "] has no \"%s\"", request->lan ? "wan" : "lan");
      return NULL;
    }
  return request_check (request, error) ? g_steal_pointer (&request) : NULL;
}
