/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See forward.h. */
#include "forward.h"

#include "client.h"
#include "dictionary.h"

#include "dbus/private-address.h"

#include <gio/gio.h>
#include <glib/gi18n-lib.h>

#define MOST_PORTS 1024 /* of a range, as in org.connshare1.xml */

static guint16
get_port (GVariant *dictionary, const char *key, guint16 otherwise)
{
  g_variant_lookup (dictionary, key, "q", &otherwise);
  return otherwise;
}

gboolean
cs_client_is_ipv6 (const char *client)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (client);

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

CsForward *
cs_forward_new (GVariant *dictionary)
{
  CsForward *forward = g_new0 (CsForward, 1);

  forward->protocol = g_strdup (cs_dictionary_get_string (dictionary, "protocol"));
  forward->port = get_port (dictionary, "port", 0);
  forward->end_port = get_port (dictionary, "end-port", forward->port);
  forward->to_port = get_port (dictionary, "to-port", forward->port);
  forward->client = g_strdup (cs_dictionary_get_string (dictionary, "client"));
  forward->address = g_strdup (cs_dictionary_get_string (dictionary, "address"));
  forward->name = g_strdup (cs_dictionary_get_string (dictionary, "name"));
  forward->origin = g_strdup (cs_dictionary_get_string (dictionary, "origin"));
  forward->state = g_strdup (cs_dictionary_get_string (dictionary, "state"));
  forward->external
      = g_strdup (cs_dictionary_get_string (dictionary, "external-address"));
  forward->upstream = g_strdup (cs_dictionary_get_string (dictionary, "upstream"));
  forward->upstream_state
      = g_strdup (cs_dictionary_get_string (dictionary, "upstream-state"));
  forward->key
      = g_strdup_printf ("%s %u%s%s", forward->protocol, forward->port,
                         cs_client_is_ipv6 (forward->client) ? " " : "",
                         cs_client_is_ipv6 (forward->client) ? forward->client : "");
  return forward;
}

void
cs_forward_free (CsForward *forward)
{
  g_free (forward->key);
  g_free (forward->protocol);
  g_free (forward->client);
  g_free (forward->address);
  g_free (forward->name);
  g_free (forward->origin);
  g_free (forward->state);
  g_free (forward->external);
  g_free (forward->upstream);
  g_free (forward->upstream_state);
  g_free (forward);
}

GPtrArray *
cs_forwards_new (GVariant *reply)
{
  GPtrArray *forwards = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_forward_free);
  g_autoptr (GVariant) list = g_variant_get_child_value (reply, 0);
  gsize length = g_variant_n_children (list);

  for (gsize i = 0; i < length; i++)
    {
      g_autoptr (GVariant) dictionary = g_variant_get_child_value (list, i);

      g_ptr_array_add (forwards, cs_forward_new (dictionary));
    }
  return forwards;
}

/* "8080", "6000–6010" */
static char *
format_ports (const CsForward *forward, guint first)
{
  guint span = forward->end_port > forward->port ? forward->end_port - forward->port : 0;

  return span > 0 ? g_strdup_printf ("%u–%u", first, first + span)
                  : g_strdup_printf ("%u", first);
}

char *
cs_forward_describe_port (const CsForward *forward)
{
  g_autofree char *protocol = g_ascii_strup (forward->protocol, -1);
  g_autofree char *ports = format_ports (forward, forward->port);

  if (forward->end_port > forward->port)
    /* Translators: "TCP ports 6000–6010" */
    return g_strdup_printf (_ ("%s ports %s"), protocol, ports);
  /* Translators: "TCP port 8080" */
  return g_strdup_printf (_ ("%s port %s"), protocol, ports);
}

static const char *
find_device (const CsForward *forward, GPtrArray *clients)
{
  for (guint i = 0; clients != NULL && i < clients->len; i++)
    {
      CsClient *client = g_ptr_array_index (clients, i);

      if (g_str_equal (client->mac, forward->client)
          || g_strv_contains ((const char *const *)client->addresses, forward->client))
        return cs_client_get_title (client);
    }
  return forward->client;
}

/* "Phone, port 80" */
static char *
format_inside (const CsForward *forward, GPtrArray *clients)
{
  const char *device = find_device (forward, clients);
  g_autofree char *ports = format_ports (forward, forward->to_port);

  if (forward->to_port == forward->port)
    return g_strdup (device);
  if (forward->end_port > forward->port)
    /* Translators: a device, and its ports: "Phone, ports 7000–7010" */
    return g_strdup_printf (_ ("%s, ports %s"), device, ports);
  /* Translators: a device, and a port of it: "Phone, port 80" */
  return g_strdup_printf (_ ("%s, port %s"), device, ports);
}

static const char *
describe_origin (const CsForward *forward)
{
  if (*forward->origin == '\0' || g_str_equal (forward->origin, "user"))
    return "";
  return _ ("Asked for by the device");
}

static const char *
describe_state (const CsForward *forward)
{
  if (g_str_equal (forward->state, "no-uplink"))
    return _ ("Waiting for the Internet connection");
  if (g_str_equal (forward->state, "no-address"))
    return _ ("Waiting for the device");
  if (g_str_equal (forward->state, "blocked"))
    return _ ("Blocked by a firewall");
  if (g_str_equal (forward->state, "taken"))
    return _ ("Another network has this port");
  return g_str_equal (forward->state, "active") ? "" : forward->state;
}

/* Of the router upstream; (owned). One that is silent may be set up by hand. */
static char *
describe_upstream (const CsForward *forward)
{
  static const struct
  {
    const char *state;
    const char *words;
  } rows[] = {
    { "asking", N_ ("Asking the router for it") },
    { "refused", N_ ("The router refuses it") },
    { "full", N_ ("The router has no room for it") },
    { "offline", N_ ("The router is offline") },
    { "private", N_ ("The router is not on the Internet itself") },
  };

  if (*forward->upstream != '\0')
    /* Translators: an address and a port on the Internet */
    return g_strdup_printf (_ ("Reached at %s"), forward->upstream);
  for (gsize i = 0; i < G_N_ELEMENTS (rows); i++)
    if (g_str_equal (rows[i].state, forward->upstream_state))
      return g_strdup (_ (rows[i].words));
  return g_strdup ("");
}

char *
cs_forward_get_title (const CsForward *forward)
{
  return *forward->name != '\0' ? g_strdup (forward->name)
                                : cs_forward_describe_port (forward);
}

char *
cs_forward_get_subtitle (const CsForward *forward, GPtrArray *clients)
{
  g_autofree char *outside
      = *forward->name != '\0' ? cs_forward_describe_port (forward) : g_strdup ("");
  g_autofree char *inside = format_inside (forward, clients);
  g_autofree char *upstream = describe_upstream (forward);
  const char *const parts[] = { outside, inside, describe_origin (forward),
                                describe_state (forward), upstream };
  GString *text = g_string_new (NULL);

  for (gsize i = 0; i < G_N_ELEMENTS (parts); i++)
    if (*parts[i] != '\0')
      g_string_append_printf (text, "%s%s", text->len > 0 ? " · " : "", parts[i]);
  return g_string_free (text, FALSE);
}

char *
cs_forwards_describe (GPtrArray *forwards)
{
  const char *external = "";
  gboolean led = FALSE;
  guint32 address;

  for (guint i = 0; i < forwards->len; i++)
    {
      const CsForward *forward = g_ptr_array_index (forwards, i);

      if (*external == '\0')
        external = forward->external;
      led = led || *forward->upstream != '\0';
    }
  /* each says where the router has it */
  if (*external == '\0' || led)
    return g_strdup ("");
  if (cs_ipv4_parse (external, &address) && cs_ipv4_is_private (address))
    return g_strdup_printf (
        _ ("The Internet connection has the private address %s. To be reached from the "
           "Internet, forward the ports to it in the router there as well."),
        external);
  return g_strdup_printf (_ ("They are reached from the Internet at %s."), external);
}

static gboolean
read_port (char *text, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (g_strstrip (text), 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16)number;
  return TRUE;
}

gboolean
cs_ports_parse (const char *text, guint16 *first, guint16 *last)
{
  g_auto (GStrv) parts = g_strsplit (text, "-", 2);

  if (parts[0] == NULL || !read_port (parts[0], first))
    return FALSE;
  if (parts[1] == NULL)
    *last = *first;
  else if (!read_port (parts[1], last))
    return FALSE;
  return *last >= *first && *last - *first < MOST_PORTS;
}
