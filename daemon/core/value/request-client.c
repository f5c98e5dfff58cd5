/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "request-client.h"

#include "client-choices.h"
#include "client-name.h"
#include "quote.h"
#include "reservation.h"

#include "dbus/errors.h"

#include <string.h>

/* --- Settings ---------------------------------------------------------------------- */

static void
    G_GNUC_PRINTF (3, 4) refuse (GError **error, int code, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_propagate_error (error, g_error_new_valist (CS_ERROR, code, format, arguments));
  va_end (arguments);
}

static gboolean
set_name (CsRequest *request, const char *mac, const char *name, GError **error)
{
  g_autofree char *entry = NULL;
  g_autofree char *quoted = cs_quote (name);

  if (name[0] != '\0' && !cs_client_name_is_valid (name))
    {
      refuse (error, CS_ERROR_INVALID_ARGUMENT,
              "invalid name %s for a client: expected 1 to 64 characters without control "
              "characters",
              quoted);
      return FALSE;
    }
  if (name[0] != '\0')
    entry = g_strconcat (mac, " ", name, NULL);
  request->client_names = cs_client_choice_put (request->client_names, mac, entry);
  return TRUE;
}

/* (nullable) Who else has it. */
static const char *
find_other (const CsRequest *request, const char *mac, CsAddress address)
{
  for (char **one = request->reservations; one && *one; one++)
    {
      CsHolder holder;

      if (cs_reservation_parse (*one, &holder) && !g_str_has_prefix (*one, mac)
          && cs_address_equal (holder.address, address))
        return *one;
    }
  return NULL;
}

static gboolean
set_address (CsRequest *request, const char *mac, const char *text, GError **error)
{
  g_autofree char *quoted = cs_quote (text);
  g_autofree char *entry = NULL;
  const char *other;
  CsAddress address;

  if (text[0] == '\0')
    {
      request->reservations = cs_client_choice_put (request->reservations, mac, NULL);
      return TRUE;
    }
  if (request->keep_lan)
    {
      refuse (error, CS_ERROR_NOT_SUITABLE,
              "\"keep-lan\" leaves the addresses of %s alone, so %s cannot be kept for a "
              "client",
              request->lan, quoted);
      return FALSE;
    }
  if (!cs_address_parse (text, &address) || address.family != AF_INET
      || !cs_address_is_remote (address))
    {
      refuse (
          error, CS_ERROR_INVALID_ARGUMENT,
          "invalid address %s for a client: expected an IPv4 address of the LAN, such as "
          "192.168.137.50",
          quoted);
      return FALSE;
    }
  other = find_other (request, mac, address);
  if (other)
    {
      refuse (error, CS_ERROR_ADDRESS_CONFLICT,
              "%s is kept for %.*s already: choose another address, or take that one "
              "from it first",
              quoted, (int)strcspn (other, " "), other);
      return FALSE;
    }
  entry = g_strconcat (mac, " ", text, NULL);
  request->reservations = cs_client_choice_put (request->reservations, mac, entry);
  return TRUE;
}

static gboolean
set_one (CsRequest *request,
         const char *mac,
         const char *key,
         GVariant *value,
         GError **error)
{
  gboolean is_text = g_variant_is_of_type (value, G_VARIANT_TYPE_STRING);
  g_autofree char *quoted = cs_quote (key);

  if (g_str_equal (key, "name") && is_text)
    return set_name (request, mac, g_variant_get_string (value, NULL), error);
  if (g_str_equal (key, "address") && is_text)
    return set_address (request, mac, g_variant_get_string (value, NULL), error);
  if (g_str_equal (key, "blocked")
      && g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    {
      request->blocked = cs_client_choice_put (
          request->blocked, mac, g_variant_get_boolean (value) ? mac : NULL);
      return TRUE;
    }
  refuse (error, CS_ERROR_INVALID_ARGUMENT,
          "unknown setting %s of a client: expected \"name\" s, \"address\" s or "
          "\"blocked\" b",
          quoted);
  return FALSE;
}

CsRequest *
cs_request_set_client (const CsRequest *request,
                       const char *mac,
                       GVariant *settings,
                       GError **error)
{
  g_autoptr (CsRequest) result = cs_request_copy (request);
  g_autofree char *quoted = cs_quote (mac);
  g_autofree char *canonical = NULL;
  GVariantIter iter;
  const char *key;
  GVariant *value;
  CsMac parsed;
  gboolean done = TRUE;

  if (!cs_mac_parse (mac, &parsed))
    {
      refuse (error, CS_ERROR_INVALID_ARGUMENT,
              "invalid client %s: expected a MAC address such as 02:00:00:00:00:01",
              quoted);
      return NULL;
    }
  canonical = cs_mac_to_string (parsed);
  g_variant_iter_init (&iter, settings);
  while (done && g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      done = set_one (result, canonical, key, value, error);
      g_variant_unref (value);
    }
  if (!done || !cs_reservations_check (result->reservations, error)
      || !cs_blocked_check (result->blocked, error)
      || !cs_client_names_check (result->client_names, error))
    return NULL;
  return g_steal_pointer (&result);
}

CsRequest *
cs_request_set_only_client (const CsRequest *request,
                            const char *mac,
                            GVariant *settings,
                            GError **error)
{
  g_autoptr (CsRequest) alone = cs_request_copy (request);

  g_clear_pointer (&alone->reservations, g_strfreev);
  g_clear_pointer (&alone->blocked, g_strfreev);
  g_clear_pointer (&alone->client_names, g_strfreev);
  return cs_request_set_client (alone, mac, settings, error);
}

static void
keep (char ***list, char **known)
{
  if (*list == NULL)
    *list = g_strdupv (known);
}

void
cs_request_keep_clients (CsRequest *request, const CsRequest *known)
{
  keep (&request->reservations, known->reservations);
  keep (&request->blocked, known->blocked);
  keep (&request->client_names, known->client_names);
}

char *
cs_request_client_name (const CsRequest *request, CsMac mac)
{
  g_autofree char *text = cs_mac_to_string (mac);
  const char *entry = cs_client_choice_find (request->client_names, text);

  return entry ? g_strdup (entry + strlen (text) + 1) : NULL;
}

CsAddress
cs_request_client_address (const CsRequest *request, CsMac mac)
{
  g_autofree char *text = cs_mac_to_string (mac);
  const char *entry = cs_client_choice_find (request->reservations, text);
  CsHolder holder = { 0 };

  return entry && cs_reservation_parse (entry, &holder) ? holder.address
                                                        : (CsAddress){ 0 };
}
