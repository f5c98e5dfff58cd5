/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client's name may have any character, so a colon begins a port only where digits
 * follow it to the end, and not inside of a MAC or IPv6 address. */
#include "mapping.h"

#include "client-list.h"
#include "errors.h"
#include "near.h"

#include <gio/gio.h>
#include <string.h>

#define MOST_PORTS 1024 /* of a range, as in org.connshare1.xml */

void
cs_mapping_clear (CsMapping *mapping)
{
  g_clear_pointer (&mapping->client, g_free);
}

static gboolean
set_invalid (GError **error, const char *format, ...) G_GNUC_PRINTF (2, 3);

static gboolean
set_invalid (GError **error, const char *format, ...)
{
  va_list values;

  va_start (values, format);
  g_propagate_error (
      error, g_error_new_valist (CS_ERROR, CS_ERROR_INVALID_ARGUMENT, format, values));
  va_end (values);
  return FALSE;
}

static gboolean
parse_protocol (CsMapping *mapping, const char *word, GError **error)
{
  static const char *const names[] = { "tcp", "udp", NULL };
  const char *nearest;

  for (guint i = 0; names[i] != NULL; i++)
    if (g_ascii_strcasecmp (word, names[i]) == 0)
      {
        mapping->protocol = names[i];
        return TRUE;
      }
  nearest = cs_near_find (word, names);
  if (nearest != NULL)
    return set_invalid (error, "invalid protocol \"%s\" (did you mean \"%s\"?)", word,
                        nearest);
  return set_invalid (error,
                      "invalid protocol \"%s\": expected tcp or udp, or one after the "
                      "other for both",
                      word);
}

static gboolean
read_port (const char *text, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (text, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16)number;
  return TRUE;
}

static gboolean
parse_ports (CsMapping *mapping, const char *word, GError **error)
{
  g_auto (GStrv) parts = g_strsplit (word, "-", 2);

  if (parts[0] == NULL || !read_port (parts[0], &mapping->port)
      || !read_port (parts[1] != NULL ? parts[1] : parts[0], &mapping->end_port))
    return set_invalid (error,
                        "invalid port \"%s\": expected 1 to 65535, or a range such as "
                        "6000-6010",
                        word);
  if (mapping->end_port < mapping->port)
    return set_invalid (error, "invalid range \"%s\": expected \"%u-%u\"", word,
                        mapping->end_port, mapping->port);
  if (mapping->end_port - mapping->port >= MOST_PORTS)
    return set_invalid (error, "invalid range \"%s\": expected up to %d ports", word,
                        MOST_PORTS);
  return TRUE;
}

static gboolean
is_ipv6 (const char *text)
{
  g_autoptr (GInetAddress) address = g_inet_address_new_from_string (text);

  return address != NULL && g_inet_address_get_family (address) == G_SOCKET_FAMILY_IPV6;
}

/* "[fd00::20]" or "[fd00::20]:80" */
static gboolean
split_brackets (const char *word, char **client, const char **port, GError **error)
{
  const char *end = strchr (word, ']');
  g_autofree char *inner = end != NULL ? g_strndup (word + 1, end - word - 1) : NULL;

  if (inner == NULL || !is_ipv6 (inner) || (end[1] != '\0' && end[1] != ':'))
    return set_invalid (
        error, "invalid client \"%s\": expected something like [fd00::20]:80", word);
  *client = g_steal_pointer (&inner);
  *port = end[1] == ':' ? end + 2 : NULL;
  return TRUE;
}

/* @port, inside of @word, is NULL if there is none. */
static gboolean
split_client (const char *word, char **client, const char **port, GError **error)
{
  g_autofree char *mac = cs_client_list_read_mac (word);
  const char *colon = strrchr (word, ':');
  g_autofree char *before = NULL;

  if (word[0] == '[')
    return split_brackets (word, client, port, error);
  *port = NULL;
  if (mac != NULL || colon == NULL || is_ipv6 (word)
      || colon[1 + strspn (colon + 1, "0123456789")] != '\0')
    {
      *client = g_strdup (word);
      return TRUE;
    }
  before = g_strndup (word, colon - word);
  if (is_ipv6 (before))
    return set_invalid (error, "invalid client \"%s\": expected \"[%s]:%s\"", word,
                        before, colon + 1);
  *client = g_steal_pointer (&before);
  *port = colon + 1;
  return TRUE;
}

static gboolean
parse_client (CsMapping *mapping, const char *word, GError **error)
{
  guint count = mapping->end_port - mapping->port;
  const char *port = NULL;

  if (!split_client (word, &mapping->client, &port, error))
    return FALSE;
  if (*mapping->client == '\0')
    return set_invalid (error,
                        "missing client in \"%s\": expected a name, an address or a MAC "
                        "address",
                        word);
  if (port == NULL)
    return TRUE;
  if (!read_port (port, &mapping->to_port))
    return set_invalid (error, "invalid port \"%s\" of the client: expected 1 to 65535",
                        port);
  if (mapping->to_port + count > G_MAXUINT16)
    return set_invalid (error,
                        "invalid port \"%s\" of the client: %u ports from there on end "
                        "behind 65535",
                        port, count + 1);
  return TRUE;
}

gboolean
cs_mapping_parse (CsMapping *mapping,
                  const char *protocol,
                  const char *ports,
                  const char *client,
                  GError **error)
{
  return parse_protocol (mapping, protocol, error) && parse_ports (mapping, ports, error)
         && parse_client (mapping, client, error);
}

static gboolean
parse_pinhole (CsMapping *mapping, const char *word, GError **error)
{
  const char *port = NULL;

  if (word[0] != '[')
    mapping->client = g_strdup (word);
  else if (!split_brackets (word, &mapping->client, &port, error))
    return FALSE;
  if (port == NULL && is_ipv6 (mapping->client))
    return TRUE;
  return set_invalid (error,
                      "invalid client \"%s\": expected the IPv6 address that the mapping "
                      "was given, or nothing",
                      word);
}

gboolean
cs_mapping_parse_key (CsMapping *mapping,
                      const char *protocol,
                      const char *port,
                      const char *client,
                      GError **error)
{
  if (!parse_protocol (mapping, protocol, error))
    return FALSE;
  if (!read_port (port, &mapping->port))
    return set_invalid (
        error, "invalid port \"%s\": expected 1 to 65535, of a range the first", port);
  mapping->end_port = mapping->port;
  return client == NULL || parse_pinhole (mapping, client, error);
}
