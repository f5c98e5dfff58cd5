/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share in words and in JSON; see describe.h. Properties that a service does not
 * have count as empty. */
#include "describe.h"

#include "json.h"
#include "output.h"
#include "quantity.h"

#include <arpa/inet.h>
#include <string.h>

/* What ends the waiting, by StateReason, for messages that only say what is missing.
 * With several choices, any of them does. */
static const char *
remedy_of (const char *reason, const char *wan)
{
  static const struct
  {
    const char *reason;
    const char *remedy;
    const char *of_several;
  } remedies[] = {
    { "uplink-missing", "sharing begins when it appears",
      "sharing begins when one of them is ready" },
    { "uplink-down", "sharing begins when it is connected",
      "sharing begins when one of them is ready" },
    { "no-primary", "sharing begins when there is one to share",
      "sharing begins when one of them is ready" },
    { "lan-missing", "sharing begins when it appears", "sharing begins when it appears" },
    { "lan-without-address", "give it one, or use --no-keep-lan",
      "give it one, or use --no-keep-lan" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_str_equal (reason, remedies[i].reason))
      return strchr (wan, ',') != NULL ? remedies[i].of_several : remedies[i].remedy;
  return NULL;
}

const char *
cs_describe_text (const char *text)
{
  return text != NULL ? text : "";
}

char *
cs_describe_blockers (CsDbusShare *share)
{
  const char *const *blockers = cs_dbus_share_get_blocked_by (share);
  g_autofree char *list
      = blockers != NULL ? g_strjoinv (", ", (char **)blockers) : g_strdup ("");

  return cs_output_line (list);
}

gboolean
cs_describe_is_adopted (CsDbusShare *share)
{
  return g_str_equal (cs_describe_text (cs_dbus_share_get_source (share)), "adopted");
}

/* The service's own message names the uplink, and why it was chosen. */
static char *
describe_active (CsDbusShare *share)
{
  const char *message = cs_describe_text (cs_dbus_share_get_state_message (share));
  const char *address = cs_describe_text (cs_dbus_share_get_address (share));
  g_autofree char *network = cs_describe_network (address);

  if (cs_describe_is_adopted (share))
    return g_strdup_printf ("%s: NetworkManager gives clients addresses from %s", message,
                            network);
  if (*address == '\0')
    return g_strdup_printf ("%s: its addresses are left as they are", message);
  return g_strdup_printf ("%s: clients get addresses from %s", message, network);
}

static char *
describe_other (CsDbusShare *share, const char *state)
{
  const char *lan = cs_describe_text (cs_dbus_share_get_lan (share));
  const char *wan = cs_describe_text (cs_dbus_share_get_wan (share));
  const char *reason = cs_describe_text (cs_dbus_share_get_state_reason (share));
  const char *message = cs_describe_text (cs_dbus_share_get_state_message (share));
  const char *verb = g_str_equal (state, "failed") ? "has" : "is";
  const char *remedy = NULL;

  if (g_str_equal (state, "waiting"))
    remedy = remedy_of (reason, wan);
  return g_strconcat (lan, " ", verb, *state != '\0' ? " " : "", state,
                      *message != '\0' ? ": " : "", message, remedy != NULL ? "; " : "",
                      cs_describe_text (remedy), NULL);
}

char *
cs_describe_share (CsDbusShare *share)
{
  const char *state = cs_describe_text (cs_dbus_share_get_state (share));
  g_autofree char *sentence = g_str_equal (state, "active")
                                  ? describe_active (share)
                                  : describe_other (share, state);

  return cs_output_line (sentence);
}

char *
cs_describe_network (const char *address)
{
  g_auto (GStrv) parts = g_strsplit (address, "/", 2);
  char network[INET_ADDRSTRLEN];
  struct in_addr value;
  guint64 prefix;

  if (g_strv_length (parts) != 2 || inet_pton (AF_INET, parts[0], &value) != 1
      || !g_ascii_string_to_unsigned (parts[1], 10, 1, 32, &prefix, NULL))
    return g_strdup (address);

  value.s_addr &= htonl (G_MAXUINT32 << (32 - prefix));
  inet_ntop (AF_INET, &value, network, sizeof network);
  return g_strdup_printf ("%s/%u", network, (guint)prefix);
}

static char *
describe_option (const char *name, GVariant *value)
{
  g_autofree char *text = NULL;

  if (g_variant_is_of_type (value, G_VARIANT_TYPE_BOOLEAN))
    return g_strconcat (g_variant_get_boolean (value) ? "" : "no ", name, NULL);
  if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING_ARRAY))
    {
      g_autofree const char **strings = g_variant_get_strv (value, NULL);

      text = g_strjoinv (",", (char **)strings);
    }
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_STRING))
    text = g_variant_dup_string (value, NULL);
  else if (g_variant_is_of_type (value, G_VARIANT_TYPE_UINT64))
    text = cs_quantity_to_string (g_variant_get_uint64 (value));
  else
    text = g_variant_print (value, FALSE);
  return g_strconcat (name, "=", text, NULL);
}

char *
cs_describe_options (GVariant *options)
{
  g_autoptr (GPtrArray) words = g_ptr_array_new_with_free_func (g_free);
  GVariantIter iter;
  const char *name;
  GVariant *value;

  g_variant_iter_init (&iter, options);
  while (g_variant_iter_loop (&iter, "{&sv}", &name, &value))
    if (!g_str_equal (name, "persistent"))
      g_ptr_array_add (words, describe_option (name, value));
  g_ptr_array_add (words, NULL);
  return g_strjoinv (" ", (char **)words->pdata);
}

static void
add_strings (JsonBuilder *builder, CsDbusShare *share)
{
  static const char *const names[]
      = { "lan",           "wan",     "uplink", "state",  "state-reason",
          "state-message", "address", "ssid",   "source", "ipv6-mode" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *key = cs_json_key (names[i]);
      g_autofree char *value = NULL;

      g_object_get (share, names[i], &value, NULL);
      json_builder_set_member_name (builder, key);
      json_builder_add_string_value (builder, cs_describe_text (value));
    }
}

/* @words is nullable: none. */
static void
add_list (JsonBuilder *builder, const char *key, const char *const *words)
{
  json_builder_set_member_name (builder, key);
  json_builder_begin_array (builder);
  for (; words != NULL && *words != NULL; words++)
    json_builder_add_string_value (builder, *words);
  json_builder_end_array (builder);
}

static void
add_clients (JsonBuilder *builder, CsDbusShare *share)
{
  json_builder_set_member_name (builder, "client_count");
  json_builder_add_int_value (builder, cs_dbus_share_get_client_count (share));
  json_builder_set_member_name (builder, "blocked_count");
  json_builder_add_int_value (builder, cs_dbus_share_get_blocked_count (share));
}

static void
add_counters (JsonBuilder *builder, CsDbusShare *share)
{
  static const char *const names[]
      = { "bytes-sent", "bytes-received", "packets-sent", "packets-received" };

  for (guint i = 0; i < G_N_ELEMENTS (names); i++)
    {
      g_autofree char *key = cs_json_key (names[i]);
      guint64 value;

      g_object_get (share, names[i], &value, NULL);
      json_builder_set_member_name (builder, key);
      json_builder_add_int_value (builder, (gint64)value);
    }
}

void
cs_describe_add_json (JsonBuilder *builder, CsDbusShare *share)
{
  GVariant *options = cs_dbus_share_get_options (share);

  add_strings (builder, share);
  json_builder_set_member_name (builder, "persistent");
  json_builder_add_boolean_value (builder, cs_dbus_share_get_persistent (share));
  json_builder_set_member_name (builder, "options");
  json_builder_begin_object (builder);
  if (options != NULL)
    cs_json_add_dictionary (builder, options);
  json_builder_end_object (builder);
  add_list (builder, "blocked_by", cs_dbus_share_get_blocked_by (share));
  add_list (builder, "ipv6_prefixes", cs_dbus_share_get_ipv6_prefixes (share));
  add_clients (builder, share);
  add_counters (builder, share);
}

void
cs_describe_print_json (GPtrArray *shares, const char *const *links)
{
  g_autoptr (JsonBuilder) builder = json_builder_new ();

  json_builder_begin_object (builder);
  json_builder_set_member_name (builder, "shares");
  json_builder_begin_array (builder);
  for (guint i = 0; i < shares->len; i++)
    {
      json_builder_begin_object (builder);
      cs_describe_add_json (builder, shares->pdata[i]);
      if (links != NULL)
        {
          json_builder_set_member_name (builder, "link");
          json_builder_add_string_value (builder, links[i]);
        }
      json_builder_end_object (builder);
    }
  json_builder_end_array (builder);
  json_builder_end_object (builder);
  cs_json_print (builder);
}
