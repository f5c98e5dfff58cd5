/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "client-words.h"

#include "core/value/client-choices.h"
#include "core/value/request-client.h"
#include "core/value/vendor.h"

static void
add_text (GVariantDict *dict, const char *key, const char *text)
{
  if (text != NULL && text[0] != '\0')
    g_variant_dict_insert (dict, key, "s", text);
}

/* What the user has decided. */
static void
add_choices (GVariantDict *dict, const CsRequest *request, CsMac mac)
{
  g_autofree char *name = cs_request_client_name (request, mac);
  g_autofree char *reserved
      = cs_address_to_string (cs_request_client_address (request, mac));
  g_autofree char *text = cs_mac_to_string (mac);

  g_variant_dict_insert (dict, "mac", "s", text);
  g_variant_dict_insert (dict, "private-mac", "b", cs_mac_is_private (mac.bytes));
  add_text (dict, "name", name);
  add_text (dict, "reserved", reserved);
}

GVariant *
cs_describe_addresses (const GArray *addresses)
{
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE_STRING_ARRAY);
  for (guint i = 0; i < addresses->len; i++)
    g_variant_builder_add_value (
        &builder, g_variant_new_take_string (
                      cs_address_to_string (g_array_index (addresses, CsAddress, i))));
  return g_variant_builder_end (&builder);
}

static GVariant *
describe (const CsClient *client, const CsRequest *request)
{
  gboolean blocked = cs_blocked_has (request->blocked, client->mac);
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_choices (&dict, request, client->mac);
  g_variant_dict_insert_value (&dict, "addresses",
                               cs_describe_addresses (client->addresses));
  add_text (&dict, "hostname", client->hostname);
  add_text (&dict, "vendor", client->vendor);
  g_variant_dict_insert (&dict, "state", "s",
                         blocked          ? "blocked"
                         : client->online ? "online"
                                          : "away");
  g_variant_dict_insert (&dict, "since", "t", (guint64)client->since);
  if (client->seen != 0)
    g_variant_dict_insert (&dict, "last-seen", "t", (guint64)client->seen);
  g_variant_dict_insert (&dict, "bytes-sent", "t", client->usage.bytes_sent);
  g_variant_dict_insert (&dict, "bytes-received", "t", client->usage.bytes_received);
  if (client->online && client->signal != 0)
    g_variant_dict_insert (&dict, "signal", "i", client->signal);
  return g_variant_dict_end (&dict);
}

/* One that has not been seen, at least not for long. */
static GVariant *
describe_unseen (CsMac mac, const CsRequest *request)
{
  GVariantDict dict;

  g_variant_dict_init (&dict, NULL);
  add_choices (&dict, request, mac);
  g_variant_dict_insert (&dict, "state", "s", "blocked");
  return g_variant_dict_end (&dict);
}

GVariant *
cs_describe_clients (CsClientList *list, const CsRequest *request)
{
  g_autoptr (GPtrArray) clients
      = list != NULL ? cs_client_list_get_all (list) : g_ptr_array_new ();
  GVariantBuilder builder;

  g_variant_builder_init (&builder, G_VARIANT_TYPE ("aa{sv}"));
  for (guint i = 0; i < clients->len; i++)
    g_variant_builder_add_value (&builder,
                                 describe (g_ptr_array_index (clients, i), request));
  for (char **blocked = request->blocked; blocked != NULL && *blocked != NULL; blocked++)
    {
      CsMac mac;

      if (cs_mac_parse (*blocked, &mac)
          && (list == NULL || cs_client_list_find (list, mac) == NULL))
        g_variant_builder_add_value (&builder, describe_unseen (mac, request));
    }
  return g_variant_builder_end (&builder);
}
