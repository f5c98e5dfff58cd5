/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The C library parses and prints; unused bytes are 0, so that whole values can be
 * compared. */
#include "address.h"

#include "dbus/private-address.h"

#include <arpa/inet.h>
#include <string.h>

static guint
size_of (int family)
{
  switch (family)
    {
    case AF_INET:
      return sizeof (struct in_addr);
    case AF_INET6:
      return sizeof (struct in6_addr);
    default:
      return 0;
    }
}

CsAddress
cs_address_new (int family, const void *bytes)
{
  CsAddress address = { .family = (guint8)family };

  memcpy (address.bytes, bytes, size_of (family));
  return address;
}

gboolean
cs_address_parse (const char *text, CsAddress *address)
{
  int family = strchr (text, ':') ? AF_INET6 : AF_INET;
  struct in6_addr bytes;

  if (inet_pton (family, text, &bytes) != 1)
    return FALSE;
  *address = cs_address_new (family, &bytes);
  return TRUE;
}

char *
cs_address_to_string (CsAddress address)
{
  char text[INET6_ADDRSTRLEN] = "";

  inet_ntop (address.family, address.bytes, text, sizeof text);
  return g_strdup (text);
}

gboolean
cs_address_is_set (CsAddress address)
{
  return address.family != AF_UNSPEC;
}

gboolean
cs_address_equal (CsAddress a, CsAddress b)
{
  return a.family == b.family && memcmp (a.bytes, b.bytes, sizeof a.bytes) == 0;
}

guint
cs_address_hash (gconstpointer key)
{
  const CsAddress *address = key;
  guint hash = address->family;

  for (gsize i = 0; i < sizeof address->bytes; i++)
    hash = hash * 31 + address->bytes[i];
  return hash;
}

gboolean
cs_address_key_equal (gconstpointer a, gconstpointer b)
{
  const CsAddress *one = a, *other = b;

  return cs_address_equal (*one, *other);
}

gboolean
cs_address_is_any (CsAddress address)
{
  return cs_address_is_set (address)
         && cs_address_equal (address, (CsAddress){ .family = address.family });
}

gboolean
cs_address_is_loopback (CsAddress address)
{
  const CsAddress loopback = { AF_INET6, { [15] = 1 } };

  return (address.family == AF_INET && address.bytes[0] == 127)
         || cs_address_equal (address, loopback);
}

gboolean
cs_address_is_link_local (CsAddress address)
{
  if (address.family == AF_INET6)
    return address.bytes[0] == 0xfe && (address.bytes[1] & 0xc0) == 0x80;
  return address.bytes[0] == 169 && address.bytes[1] == 254;
}

gboolean
cs_address_is_multicast (CsAddress address)
{
  if (address.family == AF_INET6)
    return address.bytes[0] == 0xff;
  return address.bytes[0] >> 4 == 14;
}

static gboolean
is_mapped (CsAddress address)
{
  static const guint8 mapped[] = { [10] = 0xff, [11] = 0xff };

  return address.family == AF_INET6 && memcmp (address.bytes, mapped, sizeof mapped) == 0;
}

gboolean
cs_address_is_remote (CsAddress address)
{
  return cs_address_is_set (address) && !cs_address_is_any (address)
         && !cs_address_is_loopback (address) && !cs_address_is_multicast (address)
         && !is_mapped (address);
}

gboolean
cs_address_is_private (CsAddress address)
{
  return address.family == AF_INET && cs_ipv4_is_private (cs_address_to_number (address));
}

gboolean
cs_address_is_shared (CsAddress address)
{
  return address.family == AF_INET && cs_ipv4_is_shared (cs_address_to_number (address));
}

guint
cs_address_size (CsAddress address)
{
  return size_of (address.family);
}

guint
cs_address_bits (CsAddress address)
{
  return size_of (address.family) * 8;
}

GArray *
cs_addresses_new (void)
{
  return g_array_new (FALSE, FALSE, sizeof (CsAddress));
}

void
cs_addresses_add (GArray *addresses, CsAddress address)
{
  g_array_append_val (addresses, address);
}

gboolean
cs_addresses_contain (const GArray *addresses, CsAddress address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (cs_address_equal (g_array_index (addresses, CsAddress, i), address))
      return TRUE;
  return FALSE;
}

gboolean
cs_addresses_equal (const GArray *a, const GArray *b)
{
  gboolean equal = a->len == b->len;

  for (guint i = 0; equal && i < a->len; i++)
    equal = cs_address_equal (g_array_index (a, CsAddress, i),
                              g_array_index (b, CsAddress, i));
  return equal;
}

void
cs_addresses_drop_link_local (GArray *addresses)
{
  for (guint i = addresses->len; i-- > 0;)
    {
      CsAddress address = g_array_index (addresses, CsAddress, i);

      if (address.family == AF_INET6 && cs_address_is_link_local (address))
        g_array_remove_index (addresses, i);
    }
}

CsAddress
cs_address_from_number (guint32 number)
{
  guint32 wire = GUINT32_TO_BE (number);

  return cs_address_new (AF_INET, &wire);
}

guint32
cs_address_to_number (CsAddress address)
{
  guint32 wire;

  memcpy (&wire, address.bytes, sizeof wire);
  return GUINT32_FROM_BE (wire);
}
