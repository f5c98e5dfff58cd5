/* SPDX-License-Identifier: GPL-2.0-or-later */
/* sharectl status: what each share, or one of them, is doing and why. */
#include "client.h"
#include "command.h"
#include "describe.h"
#include "dictionary.h"
#include "output.h"

#include <stdio.h>

static void
print_row (const char *name, const char *value)
{
  g_autofree char *line = cs_output_line (cs_describe_text (value));

  if (*line != '\0')
    printf ("  %-9s %s\n", name, line);
}

static void
print_counter (const char *name, guint64 bytes, guint64 packets)
{
  g_autofree char *size = cs_output_bytes (bytes);
  g_autofree char *value
      = g_strdup_printf ("%s in %" G_GUINT64_FORMAT " packets", size, packets);

  print_row (name, value);
}

/* The link of @lan: "up", "unplugged", "down" or "missing". */
static const char *
find_link (GVariant *interfaces, const char *lan)
{
  for (gsize i = 0; i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);
      const char *state = cs_dictionary_get_string (interface, "state");

      if (!g_str_equal (cs_dictionary_get_string (interface, "name"), lan))
        continue;
      if (g_str_equal (state, "unplugged"))
        return "unplugged";
      return g_str_equal (state, "down") ? "down" : "up";
    }
  return "missing";
}

/* Owned; NULL: that cannot be known, which is no reason to fail. */
static GVariant *
list_interfaces (void)
{
  g_autoptr (CsDbusManager) manager = cs_client_get_manager (NULL);
  GVariant *interfaces = NULL;

  if (manager != NULL)
    cs_dbus_manager_call_list_interfaces_sync (manager, G_DBUS_CALL_FLAGS_NONE, -1,
                                               &interfaces, NULL, NULL);
  return interfaces;
}

/* (owned) One for each of @shares: "" if that cannot be known. */
static const char **
list_links (GPtrArray *shares, GVariant *interfaces)
{
  const char **links = g_new0 (const char *, shares->len + 1);

  for (guint i = 0; i < shares->len; i++)
    links[i]
        = interfaces != NULL ? find_link (
              interfaces, cs_describe_text (cs_dbus_share_get_lan (shares->pdata[i])))
                             : "";
  return links;
}

static const char *
describe_link (const char *link)
{
  static const struct
  {
    const char *link;
    const char *words;
  } rows[] = {
    { "unplugged", "no cable, or nothing at its other end" },
    { "down", "switched off" },
    { "missing", "no such interface now" },
  };

  for (guint i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].link, link))
      return rows[i].words;
  return link;
}

static char *
describe_clients (CsDbusShare *share)
{
  guint online = cs_dbus_share_get_client_count (share);
  guint blocked = cs_dbus_share_get_blocked_count (share);
  g_autofree char *others
      = blocked > 0 ? g_strdup_printf (", %u blocked", blocked) : g_strdup ("");

  return g_strdup_printf ("%u %s%s", online, online == 1 ? "client" : "clients", others);
}

/* Nobody has to ask where an address comes from that is not in force. */
static char *
describe_gateway (CsDbusShare *share)
{
  GVariant *options = cs_dbus_share_get_options (share);
  const char *address = cs_describe_text (cs_dbus_share_get_address (share));
  const char *chosen = "";

  if (options != NULL)
    g_variant_lookup (options, "address", "&s", &chosen);
  if (*chosen == '\0')
    return g_strdup (address);
  if (g_str_equal (chosen, address))
    return g_strdup_printf ("%s, as set with --address", address);
  return g_strdup_printf ("%s; %s is set with --address",
                          *address != '\0' ? address : "none", chosen);
}

/* "masquerade, fd12:3456:789a:1::/64"; (nullable) of a service without IPv6 for clients.
 */
static char *
describe_ipv6 (CsDbusShare *share)
{
  const char *mode = cs_describe_text (cs_dbus_share_get_ipv6_mode (share));
  const char *const *prefixes = cs_dbus_share_get_ipv6_prefixes (share);
  g_autofree char *list
      = prefixes != NULL ? g_strjoinv (", ", (char **)prefixes) : g_strdup ("");

  if (*mode == '\0')
    return NULL;
  return *list != '\0' ? g_strdup_printf ("%s, %s", mode, list) : g_strdup (mode);
}

/* "3 forwarded"; (nullable) if none is, or nobody may know without a password. */
static char *
describe_ports (CsDbusShare *share)
{
  g_autoptr (GVariant) mappings = NULL;

  if (!cs_dbus_share_call_list_forwards_sync (share, G_DBUS_CALL_FLAGS_NONE, -1,
                                              &mappings, NULL, NULL)
      || g_variant_n_children (mappings) == 0)
    return NULL;
  return g_strdup_printf ("%" G_GSIZE_FORMAT " forwarded to clients",
                          g_variant_n_children (mappings));
}

/* @alone: it is the one that was asked for, and so worth another question. */
static void
print_share (CsDbusShare *share, const char *link, gboolean alone, gboolean color)
{
  GVariant *options = cs_dbus_share_get_options (share);
  g_autofree char *sentence = cs_describe_share (share);
  g_autofree char *title = cs_output_bold (sentence, color);
  g_autofree char *state
      = cs_output_state (cs_describe_text (cs_dbus_share_get_state (share)), color);
  g_autofree char *gateway = describe_gateway (share);
  g_autofree char *ipv6 = describe_ipv6 (share);
  g_autofree char *blockers = cs_describe_blockers (share);
  g_autofree char *blocked
      = *blockers != '\0' ? g_strdup_printf ("by %s; see \"sharectl doctor\"", blockers)
                          : NULL;
  g_autofree char *clients = describe_clients (share);
  g_autofree char *ports = alone ? describe_ports (share) : NULL;
  g_autofree char *chosen = options != NULL ? cs_describe_options (options) : NULL;

  printf ("%s\n  %-9s %s\n", title, "state", state);
  print_row ("link", describe_link (link));
  print_row ("gateway", gateway);
  print_row ("ipv6", ipv6);
  print_row ("blocked", blocked);
  print_row ("network", cs_dbus_share_get_ssid (share));
  print_row ("used by", clients);
  print_row ("ports", ports);
  print_counter ("sent", cs_dbus_share_get_bytes_sent (share),
                 cs_dbus_share_get_packets_sent (share));
  print_counter ("received", cs_dbus_share_get_bytes_received (share),
                 cs_dbus_share_get_packets_received (share));
  print_row ("options", chosen);
  if (cs_describe_is_adopted (share))
    print_row ("adopted", "NetworkManager's own; unshare ends that connection, too");
  else
    print_row ("reboot",
               cs_dbus_share_get_persistent (share) ? "shared again" : "forgotten");
}

static gboolean
is_shared (GPtrArray *shares, const char *lan)
{
  for (guint i = 0; i < shares->len; i++)
    if (g_strcmp0 (cs_dbus_share_get_lan (shares->pdata[i]), lan) == 0)
      return TRUE;
  return FALSE;
}

/* A hotspot of GNOME Settings, say, that nobody has asked connshare to guard. */
static void
hint_at_adoption (GVariant *interfaces, GPtrArray *shares)
{
  for (gsize i = 0; interfaces != NULL && i < g_variant_n_children (interfaces); i++)
    {
      g_autoptr (GVariant) interface = g_variant_get_child_value (interfaces, i);
      g_autofree char *name
          = cs_output_line (cs_dictionary_get_string (interface, "name"));

      if (g_str_equal (cs_dictionary_get_string (interface, "lan-code"), "shared")
          && !is_shared (shares, cs_dictionary_get_string (interface, "name")))
        printf ("\nNetworkManager itself shares %s, by whatever way this computer goes;\n"
                "\"sharectl adopt via auto\" makes that a share\n",
                name);
    }
}

static void
print_text (GPtrArray *shares, const char *const *links, gboolean alone)
{
  gboolean color = cs_output_wants_color ();

  if (shares->len == 0)
    printf ("nothing is shared\n");
  for (guint i = 0; i < shares->len; i++)
    {
      if (i > 0)
        printf ("\n");
      print_share (shares->pdata[i], links[i], alone, color);
    }
}

int
cs_command_status (const CsCommand *command, char **arguments)
{
  g_autofree char *lan = NULL;
  gboolean json = FALSE, hints;
  g_autoptr (GError) error = NULL;
  g_autoptr (GPtrArray) shares = NULL;
  g_autofree const char **links = NULL;
  g_autoptr (GVariant) interfaces = NULL;

  if (!cs_command_parse_reading (command, arguments, &lan, &json))
    return CS_EXIT_USAGE;
  shares = cs_client_get_shares (lan, &error);
  if (shares == NULL)
    return cs_command_failed (error);
  hints = !json && lan == NULL;
  if (shares->len > 0 || hints)
    interfaces = list_interfaces ();
  links = list_links (shares, interfaces);
  if (json)
    cs_describe_print_json (shares, links);
  else
    print_text (shares, links, lan != NULL);
  if (hints)
    hint_at_adoption (interfaces, shares);
  return CS_EXIT_DONE;
}
