/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "solicitation.h"

#include "base/bytes.h"

#include <string.h>

#define IPV6_HEADER  40
#define FIXED        24 /* of the message itself, before its options */
#define ICMPV6       58
#define SOLICITATION 135
#define HOP_LIMIT    255
/* Where things are in the packet. */
#define AT_LENGTH      4
#define AT_NEXT_HEADER 6
#define AT_HOP_LIMIT   7
#define AT_SOURCE      8
#define AT_DESTINATION 24
#define AT_TYPE        40
#define AT_CODE        41
#define AT_TARGET      48
#define AT_OPTIONS     64

static gboolean
is_unicast (CsAddress address)
{
  return cs_address_is_remote (address) && !cs_address_is_multicast (address)
         && !cs_address_is_link_local (address);
}

/* ff02::1:ff and the last three bytes of the target. */
static gboolean
is_to_solicited_node (const guint8 *packet)
{
  static const guint8 start[13] = { 0xff, 0x02, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0x01, 0xff };

  return memcmp (packet + AT_DESTINATION, start, sizeof start) == 0
         && memcmp (packet + AT_DESTINATION + 13, packet + AT_TARGET + 13, 3) == 0;
}

/* Each with a length of its own, in units of 8 bytes, that is not 0. */
static gboolean
has_good_options (const guint8 *packet, gsize end)
{
  gsize at = AT_OPTIONS;

  while (at + 2 <= end && packet[at + 1] != 0)
    at += packet[at + 1] * 8u;
  return at == end;
}

gboolean
cs_solicitation_parse (const guint8 *packet, gsize size, CsAddress *address)
{
  gsize length;
  CsAddress source;

  if (size < IPV6_HEADER + FIXED)
    return FALSE;
  length = cs_bytes_get16 (packet + AT_LENGTH);
  if (packet[0] >> 4 != 6 || packet[AT_NEXT_HEADER] != ICMPV6
      || packet[AT_HOP_LIMIT] != HOP_LIMIT || length < FIXED
      || length > size - IPV6_HEADER || packet[AT_TYPE] != SOLICITATION
      || packet[AT_CODE] != 0 || !has_good_options (packet, IPV6_HEADER + length))
    return FALSE;
  source = cs_address_new (AF_INET6, packet + AT_SOURCE);
  *address = source;
  if (cs_address_is_any (source))
    {
      if (!is_to_solicited_node (packet))
        return FALSE;
      *address = cs_address_new (AF_INET6, packet + AT_TARGET);
    }
  return is_unicast (*address);
}
