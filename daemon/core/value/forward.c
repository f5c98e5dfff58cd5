/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A line is "tcp FIRST LAST CLIENT TO-PORT ORIGIN EXPIRES NONCE NAME", with "-" for no
 * nonce; the name goes up to the end, and may be missing. */
#include "forward.h"

#include "client-name.h"
#include "quote.h"

#include "dbus/errors.h"

#include <netinet/in.h>
#include <string.h>

#define WORDS 9

static const char *const origins[] = {
  [CS_FORWARD_USER] = "user",
  [CS_FORWARD_UPNP] = "upnp",
  [CS_FORWARD_PCP] = "pcp",
  [CS_FORWARD_NAT_PMP] = "nat-pmp",
};

static const char *const states[] = {
  [CS_FORWARD_ACTIVE] = "active",         [CS_FORWARD_NO_UPLINK] = "no-uplink",
  [CS_FORWARD_NO_ADDRESS] = "no-address", [CS_FORWARD_BLOCKED] = "blocked",
  [CS_FORWARD_TAKEN] = "taken",
};

const char *
cs_forward_protocol_to_string (guint8 protocol)
{
  return protocol == IPPROTO_TCP ? "tcp" : "udp";
}

guint8
cs_forward_protocol_from_string (const char *word)
{
  return g_str_equal (word, "tcp")   ? IPPROTO_TCP
         : g_str_equal (word, "udp") ? IPPROTO_UDP
                                     : 0;
}

const char *
cs_forward_origin_to_string (CsForwardOrigin origin)
{
  return origins[origin];
}

const char *
cs_forward_state_to_string (CsForwardState state)
{
  return states[state];
}

void
cs_forward_free (CsForward *forward)
{
  g_free (forward->client);
  g_free (forward->name);
  g_free (forward);
}

CsForward *
cs_forward_copy (const CsForward *forward)
{
  CsForward *copy = g_memdup2 (forward, sizeof *forward);

  copy->client = g_strdup (forward->client);
  copy->name = g_strdup (forward->name);
  return copy;
}

void
cs_forward_set_client (CsForward *forward, const char *client)
{
  CsAddress address;
  CsMac mac;

  g_free (forward->client);
  if (cs_mac_parse (client, &mac))
    forward->client = cs_mac_to_string (mac);
  else if (cs_address_parse (client, &address))
    forward->client = cs_address_to_string (address);
  else
    forward->client = g_strdup (client);
}

gboolean
cs_forward_client_has_pinholes (const char *client)
{
  CsAddress address;

  return cs_address_parse (client, &address) && address.family == AF_INET6;
}

gboolean
cs_forward_is_pinhole (const CsForward *forward)
{
  return cs_forward_client_has_pinholes (forward->client);
}

gboolean
cs_forward_leads_alike (const CsForward *a, const CsForward *b)
{
  return a->protocol == b->protocol && a->port == b->port && a->last == b->last
         && a->to_port == b->to_port && g_str_equal (a->client, b->client);
}

gboolean
cs_forward_equal (const CsForward *a, const CsForward *b)
{
  return cs_forward_leads_alike (a, b) && g_strcmp0 (a->name, b->name) == 0
         && a->origin == b->origin && a->expires == b->expires
         && memcmp (a->nonce, b->nonce, sizeof a->nonce) == 0;
}

char *
cs_forward_to_string (const CsForward *forward)
{
  const char *protocol = cs_forward_protocol_to_string (forward->protocol);

  if (forward->last == forward->port)
    return g_strdup_printf ("%s %u", protocol, forward->port);
  return g_strdup_printf ("%s %u-%u", protocol, forward->port, forward->last);
}

/* --- D-Bus ------------------------------------------------------------------------- */

static gboolean
refuse (GError **error, const char *key, const char *value, const char *expected)
{
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "invalid \"%s\" %s of a port mapping: expected %s", key, value, expected);
  return FALSE;
}

static gboolean
set_protocol (CsForward *forward, const char *word, GError **error)
{
  g_autofree char *quoted = cs_quote (word);

  forward->protocol = cs_forward_protocol_from_string (word);
  return forward->protocol != 0
         || refuse (error, "protocol", quoted, "\"tcp\" or \"udp\"");
}

static gboolean
set_client (CsForward *forward, const char *client, GError **error)
{
  g_autofree char *quoted = cs_quote (client);

  if (!cs_client_name_is_valid (client))
    return refuse (error, "client", quoted,
                   "the name, MAC address or IP address of a client");
  cs_forward_set_client (forward, client);
  return TRUE;
}

static gboolean
set_name (CsForward *forward, const char *name, GError **error)
{
  g_autofree char *quoted = cs_quote (name);

  if (!cs_client_name_is_valid (name))
    return refuse (error, "name", quoted,
                   "1 to 64 characters without control characters");
  g_free (forward->name);
  forward->name = g_strdup (name);
  return TRUE;
}

static gboolean
set_text (CsForward *forward, const char *key, const char *text, GError **error)
{
  return g_str_equal (key, "protocol") ? set_protocol (forward, text, error)
         : g_str_equal (key, "client") ? set_client (forward, text, error)
                                       : set_name (forward, text, error);
}

static const struct
{
  const char *key;
  const char *type;
  gsize offset; /* of a number */
} keys[] = {
  { "protocol", "s", 0 },
  { "client", "s", 0 },
  { "name", "s", 0 },
  { "port", "q", G_STRUCT_OFFSET (CsForward, port) },
  { "end-port", "q", G_STRUCT_OFFSET (CsForward, last) },
  { "to-port", "q", G_STRUCT_OFFSET (CsForward, to_port) },
};

static gboolean
set_one (CsForward *forward, const char *key, GVariant *value, GError **error)
{
  g_autofree char *quoted = cs_quote (key);

  for (gsize i = 0; i < G_N_ELEMENTS (keys); i++)
    {
      if (!g_str_equal (keys[i].key, key)
          || !g_variant_is_of_type (value, G_VARIANT_TYPE (keys[i].type)))
        continue;
      if (keys[i].offset == 0)
        return set_text (forward, key, g_variant_get_string (value, NULL), error);
      G_STRUCT_MEMBER (guint16, forward, keys[i].offset) = g_variant_get_uint16 (value);
      return G_STRUCT_MEMBER (guint16, forward, keys[i].offset) != 0
             || refuse (error, key, "0", "a port from 1 to 65535");
    }
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
               "unknown key %s of a port mapping: expected \"protocol\" s, \"port\" q, "
               "\"end-port\" q, \"client\" s, \"to-port\" q or \"name\" s",
               quoted);
  return FALSE;
}

static gboolean
has_all (const CsForward *forward, GError **error)
{
  const char *missing = forward->protocol == 0    ? "protocol"
                        : forward->port == 0      ? "port"
                        : forward->client == NULL ? "client"
                                                  : NULL;

  if (missing == NULL)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT, "a port mapping needs \"%s\"",
               missing);
  return FALSE;
}

static gboolean
has_good_range (const CsForward *forward)
{
  return forward->last >= forward->port
         && forward->last - forward->port < CS_FORWARD_PORTS
         && forward->to_port <= G_MAXUINT16 - (forward->last - forward->port);
}

static gboolean
check_range (const CsForward *forward, GError **error)
{
  g_autofree char *last = g_strdup_printf ("%u", forward->last);
  g_autofree char *to = g_strdup_printf ("%u", forward->to_port);

  if (has_good_range (forward))
    return TRUE;
  if (forward->last < forward->port || forward->last - forward->port >= CS_FORWARD_PORTS)
    return refuse (error, "end-port", last,
                   "a port that is not below \"port\", and at most 1024 of them");
  return refuse (error, "to-port", to, "one that leaves room for all ports up to 65535");
}

/* What is not said. */
static void
fill (CsForward *forward)
{
  if (forward->last == 0)
    forward->last = forward->port;
  if (forward->to_port == 0)
    forward->to_port = forward->port;
}

CsForward *
cs_forward_from_variant (GVariant *mapping, GError **error)
{
  g_autoptr (CsForward) forward = g_new0 (CsForward, 1);
  gboolean good = TRUE;
  GVariantIter iter;
  const char *key;
  GVariant *value;

  g_variant_iter_init (&iter, mapping);
  while (good && g_variant_iter_next (&iter, "{&sv}", &key, &value))
    {
      good = set_one (forward, key, value, error);
      g_variant_unref (value);
    }
  if (!good || !has_all (forward, error))
    return NULL;
  fill (forward);
  return check_range (forward, error) ? g_steal_pointer (&forward) : NULL;
}

void
cs_forward_add_to_dict (const CsForward *forward, GVariantDict *dict)
{
  g_variant_dict_insert (dict, "protocol", "s",
                         cs_forward_protocol_to_string (forward->protocol));
  g_variant_dict_insert (dict, "port", "q", forward->port);
  if (forward->last != forward->port)
    g_variant_dict_insert (dict, "end-port", "q", forward->last);
  g_variant_dict_insert (dict, "client", "s", forward->client);
  g_variant_dict_insert (dict, "to-port", "q", forward->to_port);
  if (forward->name)
    g_variant_dict_insert (dict, "name", "s", forward->name);
  g_variant_dict_insert (dict, "origin", "s", origins[forward->origin]);
  if (forward->expires != 0)
    g_variant_dict_insert (dict, "expires", "t", (guint64)forward->expires);
}

/* --- A line ------------------------------------------------------------------------ */

static gboolean
has_nonce (const CsForward *forward)
{
  static const guint8 none[CS_FORWARD_NONCE];

  return memcmp (forward->nonce, none, sizeof none) != 0;
}

char *
cs_forward_to_line (const CsForward *forward)
{
  g_autoptr (GString) nonce = g_string_new (has_nonce (forward) ? "" : "-");

  for (gsize i = 0; has_nonce (forward) && i < sizeof forward->nonce; i++)
    g_string_append_printf (nonce, "%02x", forward->nonce[i]);
  return g_strdup_printf ("%s %u %u %s %u %s %" G_GINT64_FORMAT " %s%s%s",
                          cs_forward_protocol_to_string (forward->protocol),
                          forward->port, forward->last, forward->client, forward->to_port,
                          origins[forward->origin], forward->expires, nonce->str,
                          forward->name ? " " : "", forward->name ? forward->name : "");
}

static gboolean
read_port (const char *word, guint16 *port)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (word, 10, 1, G_MAXUINT16, &number, NULL))
    return FALSE;
  *port = (guint16)number;
  return TRUE;
}

static gboolean
read_origin (const char *word, CsForwardOrigin *origin)
{
  for (gsize i = 0; i < G_N_ELEMENTS (origins); i++)
    if (g_str_equal (origins[i], word))
      {
        *origin = (CsForwardOrigin)i;
        return TRUE;
      }
  return FALSE;
}

static gboolean
read_nonce (const char *word, guint8 *nonce)
{
  if (g_str_equal (word, "-"))
    return TRUE;
  if (strlen (word) != 2 * CS_FORWARD_NONCE)
    return FALSE;
  for (gsize i = 0; i < CS_FORWARD_NONCE; i++)
    {
      int high = g_ascii_xdigit_value (word[2 * i]);
      int low = g_ascii_xdigit_value (word[2 * i + 1]);

      if (high < 0 || low < 0)
        return FALSE;
      nonce[i] = (guint8)(high << 4 | low);
    }
  return TRUE;
}

/* A MAC or an address, as it was written. */
static gboolean
read_client (CsForward *forward, const char *word)
{
  CsAddress address;
  CsMac mac;

  if (!cs_mac_parse (word, &mac) && !cs_address_parse (word, &address))
    return FALSE;
  cs_forward_set_client (forward, word);
  return g_str_equal (forward->client, word);
}

static gboolean
read_expiry (const char *word, gint64 *expires)
{
  guint64 number;

  if (!g_ascii_string_to_unsigned (word, 10, 0, G_MAXINT64, &number, NULL))
    return FALSE;
  *expires = (gint64)number;
  return TRUE;
}

CsForward *
cs_forward_from_line (const char *line)
{
  g_autoptr (CsForward) forward = g_new0 (CsForward, 1);
  g_auto (GStrv) words = g_strsplit (line, " ", WORDS);
  guint count = g_strv_length (words);

  if (count < WORDS - 1)
    return NULL;
  forward->protocol = cs_forward_protocol_from_string (words[0]);
  if (forward->protocol == 0 || !read_port (words[1], &forward->port)
      || !read_port (words[2], &forward->last) || !read_client (forward, words[3])
      || !read_port (words[4], &forward->to_port)
      || !read_origin (words[5], &forward->origin)
      || !read_expiry (words[6], &forward->expires)
      || !read_nonce (words[7], forward->nonce) || !has_good_range (forward))
    return NULL;
  if (count == WORDS && !cs_client_name_is_valid (words[8]))
    return NULL;
  forward->name = count == WORDS ? g_strdup (words[8]) : NULL;
  return g_steal_pointer (&forward);
}
