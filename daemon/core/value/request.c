/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A table of fields, defaults, and the checks that concern more than one field or more
 * than a field's type. */
#include "request.h"

#include "client-choices.h"
#include "dhcp-option.h"
#include "domain.h"
#include "fields.h"
#include "ifname.h"
#include "quote.h"
#include "reservation.h"
#include "wan.h"

#include "dbus/errors.h"

#include <string.h>

#define GROUP "share"
/* As many as resolvers commonly use, and some more. */
#define MOST_DNS     16
#define MOST_DOMAINS 32
/* With a host's name in front of it, a domain is still a name. */
#define MOST_OF_DOMAIN 189

static const CsField fields[] = {
  CS_FIELD (CsRequest, reservations, "reservations", STRV),
  CS_FIELD (CsRequest, blocked, "blocked", STRV),
  CS_FIELD (CsRequest, client_names, "client-names", STRV),
  CS_FIELD (CsRequest, hotspot.own_ssid, "own-ssid", STRING),
  CS_FIELD (CsRequest, hotspot.own_passphrase, "own-passphrase", SECRET),
  CS_FIELD (CsRequest, since, "since", TIME),
  CS_FIELD (CsRequest, adopted, "adopted", BOOL),
  CS_FIELD (CsRequest, lan, "lan", STRING),
  CS_FIELD (CsRequest, wan, "wan", STRING),
  CS_FIELD (CsRequest, address, "address", CIDR),
  CS_FIELD (CsRequest, allow_rebind, "allow-rebind", STRV),
  CS_FIELD (CsRequest, hotspot.band, "band", STRING),
  CS_FIELD (CsRequest, hotspot.channel, "channel", NUMBER),
  CS_FIELD (CsRequest, dhcp_options, "dhcp-option", STRV),
  CS_FIELD (CsRequest, dial, "dial", BOOL),
  CS_FIELD (CsRequest, dns, "dns", STRV),
  CS_FIELD (CsRequest, domain, "domain", STRING),
  CS_FIELD (CsRequest, force, "force", BOOL),
  CS_FIELD (CsRequest, hotspot.hidden, "hidden", BOOL),
  CS_FIELD (CsRequest, hotspot.idle_off, "idle-off", NUMBER),
  CS_FIELD (CsRequest, ipv6, "ipv6", STRING),
  CS_FIELD (CsRequest, hotspot.isolate, "isolate", BOOL),
  CS_FIELD (CsRequest, keep_lan, "keep-lan", BOOL),
  CS_FIELD (CsRequest, limit, "limit", SIZE),
  CS_FIELD (CsRequest, limit_period, "limit-period", STRING),
  CS_FIELD (CsRequest, max_clients, "max-clients", NUMBER),
  CS_FIELD (CsRequest, hotspot.passphrase, "passphrase", SECRET),
  CS_FIELD (CsRequest, persistent, "persistent", BOOL),
  CS_FIELD (CsRequest, rate, "rate", SIZE),
  CS_FIELD (CsRequest, hotspot.security, "security", STRING),
  CS_FIELD (CsRequest, hotspot.ssid, "ssid", STRING),
  CS_FIELD (CsRequest, upnp, "upnp", BOOL),
  { NULL },
};
/* What an Update () may change, and what only the options may. */
static const CsField *const changes_fields = fields + 8;
static const CsField *const options_fields = fields + 9;

static CsRequest *
request_new_default (void)
{
  CsRequest *request = g_new0 (CsRequest, 1);

  cs_fields_init (fields, request);
  request->persistent = TRUE;
  request->dial = TRUE;
  return request;
}

/* Not in IPv4's "this network", nor reserved (RFC 6890). */
static gboolean
is_server (CsAddress address)
{
  gboolean special
      = address.family == AF_INET && (address.bytes[0] == 0 || address.bytes[0] >= 240);

  return (cs_address_is_remote (address) || cs_address_is_loopback (address)) && !special;
}

static gboolean
check_dns (const CsRequest *request, GError **error)
{
  for (guint i = 0; request->dns && request->dns[i]; i++)
    {
      g_autofree char *quoted = cs_quote (request->dns[i]);
      CsAddress address;

      if (i >= MOST_DNS)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "\"dns\" lists more than %d servers", MOST_DNS);
          return FALSE;
        }
      if (!cs_address_parse (request->dns[i], &address) || !is_server (address))
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "invalid name server %s in \"dns\": expected an address such as "
                       "9.9.9.9 or 2620:fe::fe",
                       quoted);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_domains (const CsRequest *request, GError **error)
{
  for (guint i = 0; request->allow_rebind && request->allow_rebind[i]; i++)
    {
      g_autofree char *quoted = cs_quote (request->allow_rebind[i]);

      if (i >= MOST_DOMAINS)
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "\"allow-rebind\" lists more than %d domains", MOST_DOMAINS);
          return FALSE;
        }
      if (!cs_domain_is_valid (request->allow_rebind[i])
          || g_str_equal (request->allow_rebind[i],
                          "none")) /* sharectl's for no domain */
        {
          g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                       "invalid domain %s in \"allow-rebind\": expected something like "
                       "example.com",
                       quoted);
          return FALSE;
        }
    }
  return TRUE;
}

static gboolean
check_domain (const CsRequest *request, GError **error)
{
  const char *domain = request->domain;
  g_autofree char *quoted = NULL;

  if (!domain
      || (cs_domain_is_valid (domain) && strlen (domain) <= MOST_OF_DOMAIN
          && !cs_domain_is_special (domain)))
    return TRUE;
  quoted = cs_quote (domain);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "invalid \"domain\" %s: expected something like lan or home.example.com, "
               "and none with a meaning of its own, such as local",
               quoted);
  return FALSE;
}

/* Sets what the WAN spec says. An adopted share may name its own LAN: if that is its only
 * choice, it waits and its clients are refused. */
static gboolean
parse_wan (CsRequest *request, GError **error)
{
  g_clear_pointer (&request->choices, g_ptr_array_unref);
  g_strstrip (request->wan);
  request->choices = cs_wan_parse (request->wan, error);
  for (guint i = 0; request->choices && !request->adopted && i < request->choices->len;
       i++)
    if (cs_wan_choice_allows_interface (request->choices->pdata[i], request->lan))
      {
        g_set_error (
            error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
            "cannot share %s with itself: LAN and WAN must be different interfaces",
            request->lan);
        return FALSE;
      }
  return request->choices != NULL;
}

/* Slower than this nothing works, and more than the other the kernel cannot count. */
#define LEAST_RATE 8000
#define MOST_RATE  G_GUINT64_CONSTANT (1000000000000)
/* In a packet or two less would be used. */
#define LEAST_LIMIT 1000000
#define MONTHLY     "month"
#define IN_ALL      "all"
/* A week. */
#define MOST_IDLE (7 * 24 * 60)

static gboolean
check_data_limit (const CsRequest *request, GError **error)
{
  g_autofree char *quoted = NULL;

  if (request->limit && request->limit < LEAST_LIMIT)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "invalid \"limit\" %" G_GUINT64_FORMAT
                   ": expected at least %d bytes, or 0 for no limit",
                   request->limit, LEAST_LIMIT);
      return FALSE;
    }
  if (!request->limit_period || g_str_equal (request->limit_period, IN_ALL)
      || cs_request_is_monthly (request))
    return TRUE;
  quoted = cs_quote (request->limit_period);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "invalid \"limit-period\" %s: expected \"" IN_ALL "\" or \"" MONTHLY "\"",
               quoted);
  return FALSE;
}

static gboolean
check_limits (const CsRequest *request, GError **error)
{
  if (request->rate && (request->rate < LEAST_RATE || request->rate > MOST_RATE))
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "invalid \"rate\" %" G_GUINT64_FORMAT
                 ": expected 8000 to 10^12 bits per second, or 0 for no limit",
                 request->rate);
  else if (request->hotspot.idle_off > MOST_IDLE)
    g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                 "invalid \"idle-off\" %u: expected at most %d minutes, or 0 for never",
                 request->hotspot.idle_off, MOST_IDLE);
  else
    return TRUE;
  return FALSE;
}

static gboolean
check_ipv6 (const CsRequest *request, GError **error)
{
  g_autofree char *quoted = NULL;
  CsIpv6Mode wish;

  if (cs_ipv6_parse_wish (request->ipv6, &wish))
    return TRUE;
  quoted = cs_quote (request->ipv6);
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "invalid \"ipv6\" %s: expected \"auto\", \"delegated\", \"extended\", "
               "\"masquerade\" or \"off\"",
               quoted);
  return FALSE;
}

static gboolean
check_contradictions (const CsRequest *request, GError **error)
{
  const char *key = cs_hotspot_options_find (&request->hotspot);

  if (request->keep_lan && key)
    {
      g_set_error (
          error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
          "\"keep-lan\" leaves %s as it is, so \"%s\" cannot be combined with it",
          request->lan, key);
      return FALSE;
    }
  if (request->keep_lan && cs_request_ipv6 (request) == CS_IPV6_EXTENDED)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "\"keep-lan\" leaves the addresses of %s alone, so \"ipv6\" cannot be "
                   "\"extended\"",
                   request->lan);
      return FALSE;
    }
  key = request->address.prefix ? "address"
        : request->dns          ? "dns"
        : request->domain       ? "domain"
        : request->dhcp_options ? "dhcp-option"
        : request->allow_rebind ? "allow-rebind"
        : request->max_clients  ? "max-clients"
        : request->upnp         ? "upnp"
                                : NULL;
  if (request->keep_lan && key)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "\"keep-lan\" leaves the addresses and DNS of %s alone, so \"%s\" "
                   "cannot be combined with it",
                   request->lan, key);
      return FALSE;
    }
  return TRUE;
}

static gboolean
request_check (CsRequest *request, GError **error)
{
  return cs_ifname_check (request->lan, "LAN", error) && parse_wan (request, error)
         && (request->address.prefix == 0
             || cs_cidr_check_gateway (request->address, error))
         && check_dns (request, error) && check_domains (request, error)
         && check_domain (request, error)
         && cs_dhcp_options_check (request->dhcp_options, error)
         && cs_reservations_check (request->reservations, error)
         && cs_blocked_check (request->blocked, error)
         && cs_client_names_check (request->client_names, error)
         && cs_hotspot_options_check (&request->hotspot, error)
         && check_ipv6 (request, error) && check_limits (request, error)
         && check_data_limit (request, error) && check_contradictions (request, error);
}

/* @request (transfer full) with @changes, checked; otherwise NULL with @error. */
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
                   "invalid type \"%s\" of the options: expected \"a{sv}\"",
                   g_variant_get_type_string (changes));
      return NULL;
    }
  if (changes && !cs_fields_from_variant (allowed, result, changes, error))
    return NULL;
  if (g_strcmp0 (result->domain, "") == 0)
    g_clear_pointer (&result->domain, g_free);
  if (g_strcmp0 (result->ipv6, "") == 0
      || (g_strcmp0 (result->ipv6, "auto") == 0 && !result->keep_lan))
    g_clear_pointer (&result->ipv6, g_free);
  if (g_strcmp0 (result->limit_period, IN_ALL) == 0)
    g_clear_pointer (&result->limit_period, g_free);
  if (allowed == changes_fields)
    cs_hotspot_options_drop_empty (&result->hotspot);
  cs_hotspot_options_drop_defaults (&result->hotspot);
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
cs_request_new_adopted (const char *lan, const char *wan, GError **error)
{
  CsRequest *request = request_new_default ();

  request->lan = g_strdup (lan);
  request->wan = g_strdup (wan);
  request->adopted = TRUE;
  request->keep_lan = TRUE;
  request->persistent = FALSE;
  return request_change (request, options_fields, NULL, error);
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
  copy->choices = g_ptr_array_ref (request->choices);
  return copy;
}

void
cs_request_free (CsRequest *request)
{
  if (!request)
    return;
  cs_fields_clear (fields, request);
  g_clear_pointer (&request->choices, g_ptr_array_unref);
  g_free (request);
}

GVariant *
cs_request_options (const CsRequest *request)
{
  g_autoptr (CsRequest) defaults = request_new_default ();

  defaults->keep_lan = request->adopted;
  defaults->persistent = !request->adopted;
  return cs_fields_to_variant (options_fields, request, defaults);
}

gboolean
cs_request_minds (const CsRequest *request, const char *name, CsKind kind)
{
  for (guint i = 0; i < request->choices->len; i++)
    {
      const CsWanChoice *choice = request->choices->pdata[i];

      if ((choice->kind == CS_WAN_TYPE ? choice->type == kind
                                       : g_str_equal (choice->name, name))
          || g_strcmp0 (choice->spelled, name) == 0)
        return TRUE;
    }
  return g_str_equal (request->lan, name);
}

CsIpv6Mode
cs_request_ipv6 (const CsRequest *request)
{
  CsIpv6Mode wish;

  if (!request->ipv6 && request->keep_lan)
    return CS_IPV6_OFF;
  return cs_ipv6_parse_wish (request->ipv6, &wish) ? wish : CS_IPV6_OFF;
}

gboolean
cs_request_is_monthly (const CsRequest *request)
{
  return g_strcmp0 (request->limit_period, MONTHLY) == 0;
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
                   "the group [" GROUP "] has no \"%s\"", request->lan ? "wan" : "lan");
      return NULL;
    }
  request->keep_lan = request->keep_lan || request->adopted;
  return request_check (request, error) ? g_steal_pointer (&request) : NULL;
}
