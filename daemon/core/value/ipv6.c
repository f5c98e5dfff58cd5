/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ipv6.h"

#include <string.h>

static const char *const words[] = {
  [CS_IPV6_OFF] = "off",
  [CS_IPV6_NONE] = "none",
  [CS_IPV6_MASQUERADE] = "masquerade",
  [CS_IPV6_EXTENDED] = "extended",
  [CS_IPV6_DELEGATED] = "delegated",
  [CS_IPV6_AUTO] = "auto",
};

const char *
cs_ipv6_mode_to_string (CsIpv6Mode mode)
{
  g_return_val_if_fail ((gsize)mode < G_N_ELEMENTS (words), words[CS_IPV6_OFF]);
  return words[mode];
}

gboolean
cs_ipv6_parse_wish (const char *text, CsIpv6Mode *wish)
{
  *wish = CS_IPV6_AUTO;
  if (!text)
    return TRUE;
  for (gsize i = 0; i < G_N_ELEMENTS (words); i++)
    if (i != CS_IPV6_NONE && g_str_equal (text, words[i]))
      {
        *wish = (CsIpv6Mode)i;
        return TRUE;
      }
  return FALSE;
}

/* The 40 bits of the global ID are a hash of the id with a word of ours (machine-id(5)
 * wants that), where RFC 4193, 3.2.2 has one of the time and an EUI-64. */
CsCidr
cs_ipv6_own_network (const char *machine_id)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  guint8 bytes[16] = { 0xfd };
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, (const guchar *)"org.connshare1 ", -1);
  g_checksum_update (checksum, (const guchar *)machine_id, -1);
  g_checksum_get_digest (checksum, digest, &size);
  memcpy (bytes + 1, digest, 5);
  return (CsCidr){ cs_address_new (AF_INET6, bytes), 48 };
}

CsCidr
cs_ipv6_subnet (CsCidr network, guint index)
{
  CsCidr subnet = cs_cidr_network (network);

  g_return_val_if_fail (network.address.family == AF_INET6 && network.prefix <= 64,
                        network);
  if (network.prefix < 64)
    {
      guint bits = 64u - network.prefix;
      guint number = bits < 32 ? index % (1u << bits) : index;

      for (guint i = 0; i < sizeof number; i++)
        subnet.address.bytes[7 - i] |= (guint8)(number >> (8 * i));
    }
  subnet.prefix = 64;
  return subnet;
}

CsCidr
cs_ipv6_gateway (CsCidr network)
{
  CsCidr gateway = cs_cidr_network (network);

  gateway.address.bytes[15] = 1;
  return gateway;
}

CsCidr
cs_ipv6_gateway_among (CsCidr network, CsCidr own, const char *lan)
{
  g_autoptr (GChecksum) checksum = g_checksum_new (G_CHECKSUM_SHA256);
  CsCidr gateway = cs_cidr_network (network);
  guint8 digest[32];
  gsize size = sizeof digest;

  g_checksum_update (checksum, gateway.address.bytes, 8);
  g_checksum_update (checksum, own.address.bytes, 6);
  g_checksum_update (checksum, (const guchar *)lan, -1);
  g_checksum_get_digest (checksum, digest, &size);
  memcpy (gateway.address.bytes + 8, digest, 8);
  /* not like one that is made of a MAC address, nor among those that are reserved (RFC
   * 5453) */
  gateway.address.bytes[8] = (guint8)((digest[0] & 0x7c) | 0x40);
  return gateway;
}

gboolean
cs_ipv6_is_global (CsAddress address)
{
  return address.family == AF_INET6 && (address.bytes[0] & 0xe0) == 0x20;
}

gboolean
cs_ipv6_is_unique_local (CsAddress address)
{
  return address.family == AF_INET6 && (address.bytes[0] & 0xfe) == 0xfc;
}
