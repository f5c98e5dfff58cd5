/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Parsing, printing and comparing networks, byte by byte. */
#include "cidr.h"

#include "quote.h"

#include "dbus/errors.h"

#include <string.h>

/* RFC 6890; no gateway can be in these. */
static const struct
{
  CsCidr network;
  const char *what;
} special[] = {
  { CS_CIDR4 (0, 0, 0, 0, 8), "an address of \"this network\"" },
  { CS_CIDR4 (127, 0, 0, 0, 8), "a loopback address" },
  { CS_CIDR4 (169, 254, 0, 0, 16), "a link-local address" },
  { CS_CIDR4 (224, 0, 0, 0, 4), "a multicast address" },
  { CS_CIDR4 (240, 0, 0, 0, 4), "a reserved address" },
};

/* Which bits of byte @i are the network's. */
static guint8
mask_of (guint8 prefix, guint i)
{
  guint bits = prefix > i * 8 ? MIN (prefix - i * 8, 8) : 0;

  return (guint8)(0xff00 >> bits);
}

/* Digits without a leading zero, 0 to @max. */
static gboolean
parse_prefix (const char *text, guint max, guint8 *prefix)
{
  guint64 value;

  if ((text[0] == '0' && text[1] != '\0')
      || !g_ascii_string_to_unsigned (text, 10, 0, max, &value, NULL))
    return FALSE;
  *prefix = (guint8)value;
  return TRUE;
}

gboolean
cs_cidr_parse (const char *text, CsCidr *cidr, GError **error)
{
  const char *slash = strchr (text, '/');
  g_autofree char *address = slash ? g_strndup (text, slash - text) : NULL;
  CsCidr result;

  if (!slash || !cs_address_parse (address, &result.address)
      || !parse_prefix (slash + 1, cs_address_bits (result.address), &result.prefix))
    {
      g_autofree char *quoted = cs_quote (text);

      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "invalid address %s: expected something like 192.168.50.1/24", quoted);
      return FALSE;
    }
  *cidr = result;
  return TRUE;
}

char *
cs_cidr_to_string (CsCidr cidr)
{
  g_autofree char *address = cs_address_to_string (cidr.address);

  return g_strdup_printf ("%s/%u", address, cidr.prefix);
}

CsCidr
cs_cidr_of_address (CsAddress address)
{
  return (CsCidr){ address, (guint8)cs_address_bits (address) };
}

gboolean
cs_cidr_is_address (CsCidr cidr)
{
  return cs_address_is_set (cidr.address)
         && cidr.prefix == cs_address_bits (cidr.address);
}

CsCidr
cs_cidr_network (CsCidr cidr)
{
  for (guint i = 0; i < cs_address_size (cidr.address); i++)
    cidr.address.bytes[i] &= mask_of (cidr.prefix, i);
  return cidr;
}

CsAddress
cs_cidr_last (CsCidr cidr)
{
  for (guint i = 0; i < cs_address_size (cidr.address); i++)
    cidr.address.bytes[i] |= (guint8)~mask_of (cidr.prefix, i);
  return cidr.address;
}

gboolean
cs_cidr_contains (CsCidr cidr, CsAddress address)
{
  gboolean same = cidr.address.family == address.family;

  for (guint i = 0; same && i * 8 < cidr.prefix; i++)
    same = ((cidr.address.bytes[i] ^ address.bytes[i]) & mask_of (cidr.prefix, i)) == 0;
  return same;
}

gboolean
cs_cidrs_contain (const GArray *networks, CsAddress address)
{
  for (guint i = 0; networks && i < networks->len; i++)
    if (cs_cidr_contains (g_array_index (networks, CsCidr, i), address))
      return TRUE;
  return FALSE;
}

gboolean
cs_cidr_overlaps (CsCidr a, CsCidr b)
{
  return a.prefix < b.prefix ? cs_cidr_contains (a, b.address)
                             : cs_cidr_contains (b, a.address);
}

gboolean
cs_cidr_overlaps_any (CsCidr cidr, const GArray *networks)
{
  for (guint i = 0; i < networks->len; i++)
    if (cs_cidr_overlaps (cidr, g_array_index (networks, CsCidr, i)))
      return TRUE;
  return FALSE;
}

gboolean
cs_cidr_equal (CsCidr a, CsCidr b)
{
  return a.prefix == b.prefix && cs_address_equal (a.address, b.address);
}

gboolean
cs_cidrs_equal (const GArray *a, const GArray *b)
{
  gboolean equal = a->len == b->len;

  for (guint i = 0; equal && i < a->len; i++)
    equal = cs_cidr_equal (g_array_index (a, CsCidr, i), g_array_index (b, CsCidr, i));
  return equal;
}

/* What makes @cidr no gateway, to follow "it is", or NULL. */
static const char *
gateway_flaw (CsCidr cidr)
{
  for (gsize i = 0; i < G_N_ELEMENTS (special); i++)
    if (cs_cidr_contains (special[i].network, cidr.address))
      return special[i].what;
  if (cs_address_equal (cidr.address, cs_cidr_network (cidr).address))
    return "the network itself, not a host in it";
  if (cs_address_equal (cidr.address, cs_cidr_last (cidr)))
    return "the broadcast address of its network";
  return NULL;
}

gboolean
cs_cidr_check_gateway (CsCidr cidr, GError **error)
{
  g_autofree char *text = cs_cidr_to_string (cidr);
  const char *flaw;

  if (cidr.address.family != AF_INET)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "%s cannot be a gateway address: it is not IPv4; use something like "
                   "192.168.50.1/24",
                   text);
      return FALSE;
    }
  if (cidr.prefix < 8 || cidr.prefix > 30)
    {
      g_set_error (
          error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
          "%s cannot be a gateway address: the prefix length must be 8 to 30, usually 24",
          text);
      return FALSE;
    }
  flaw = gateway_flaw (cidr);
  if (flaw)
    {
      g_set_error (
          error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
          "%s cannot be a gateway address: it is %s; use something like 192.168.50.1/24",
          text, flaw);
      return FALSE;
    }
  return TRUE;
}
