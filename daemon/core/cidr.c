/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reading, writing and comparing IPv4 networks; all in host byte order, so that a mask is
 * a shift and a comparison. */
#include "cidr.h"

#include "quote.h"

#include "dbus/errors.h"

#include <arpa/inet.h>
#include <string.h>

/* RFC 6890; what no gateway can be in. */
static const struct
{
  CsCidr network;
  const char *what;
} special[] = {
  { { 0x00000000, 8 }, "an address of \"this network\"" },
  { { 0x7f000000, 8 }, "a loopback address" },
  { { 0xa9fe0000, 16 }, "a link-local address" },
  { { 0xe0000000, 4 }, "a multicast address" },
  { { 0xf0000000, 4 }, "a reserved address" },
};

static guint32
mask_of (guint8 prefix)
{
  return prefix == 0 ? 0 : G_MAXUINT32 << (32 - prefix);
}

gboolean
cs_ipv4_parse (const char *text, guint32 *address)
{
  struct in_addr in;

  if (inet_pton (AF_INET, text, &in) != 1)
    return FALSE;
  *address = ntohl (in.s_addr);
  return TRUE;
}

char *
cs_ipv4_to_string (guint32 address)
{
  return g_strdup_printf ("%u.%u.%u.%u", address >> 24, address >> 16 & 0xff,
                          address >> 8 & 0xff, address & 0xff);
}

/* One or two digits without a leading zero, 0 to 32. */
static gboolean
parse_prefix (const char *text, guint8 *prefix)
{
  guint64 value;

  if (strlen (text) > 2 || (text[0] == '0' && text[1] != '\0')
      || !g_ascii_string_to_unsigned (text, 10, 0, 32, &value, NULL))
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

  if (!slash || !cs_ipv4_parse (address, &result.address)
      || !parse_prefix (slash + 1, &result.prefix))
    {
      g_autofree char *quoted = cs_quote (text);

      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "%s is not an IPv4 address with a prefix length; write it like "
                   "192.168.50.1/24",
                   quoted);
      return FALSE;
    }
  *cidr = result;
  return TRUE;
}

char *
cs_cidr_to_string (CsCidr cidr)
{
  g_autofree char *address = cs_ipv4_to_string (cidr.address);

  return g_strdup_printf ("%s/%u", address, cidr.prefix);
}

CsCidr
cs_cidr_network (CsCidr cidr)
{
  return (CsCidr){ cidr.address & mask_of (cidr.prefix), cidr.prefix };
}

gboolean
cs_cidr_contains (CsCidr cidr, guint32 address)
{
  return ((cidr.address ^ address) & mask_of (cidr.prefix)) == 0;
}

gboolean
cs_cidr_overlaps (CsCidr a, CsCidr b)
{
  return a.prefix < b.prefix ? cs_cidr_contains (a, b.address)
                             : cs_cidr_contains (b, a.address);
}

gboolean
cs_cidr_equal (CsCidr a, CsCidr b)
{
  return a.address == b.address && a.prefix == b.prefix;
}

/* What of "ADDRESS is WHAT" makes @cidr no gateway, or NULL. */
static const char *
gateway_flaw (CsCidr cidr)
{
  guint32 host = cidr.address & ~mask_of (cidr.prefix);

  for (gsize i = 0; i < G_N_ELEMENTS (special); i++)
    if (cs_cidr_contains (special[i].network, cidr.address))
      return special[i].what;
  if (host == 0)
    return "the network itself, not a host in it";
  if (host == ~mask_of (cidr.prefix))
    return "the broadcast address of its network";
  return NULL;
}

gboolean
cs_cidr_check_gateway (CsCidr cidr, GError **error)
{
  g_autofree char *text = cs_cidr_to_string (cidr);
  const char *flaw;

  if (cidr.prefix < 8 || cidr.prefix > 30)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "%s cannot be a gateway's address: the prefix length must be 8 to 30, "
                   "24 is usual",
                   text);
      return FALSE;
    }
  flaw = gateway_flaw (cidr);
  if (flaw)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT,
                   "%s cannot be a gateway's address: it is %s; choose one like "
                   "192.168.50.1/24",
                   text, flaw);
      return FALSE;
    }
  return TRUE;
}
