/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "private-address.h"

#include <arpa/inet.h>

static gboolean
is_in (guint32 address, guint32 network, guint prefix)
{
  return (address ^ network) >> (32 - prefix) == 0;
}

gboolean
cs_ipv4_is_shared (guint32 address)
{
  return is_in (address, 0x64400000, 10)     /* 100.64.0.0 */
         || is_in (address, 0xc0000000, 24); /* 192.0.0.0 */
}

gboolean
cs_ipv4_is_private (guint32 address)
{
  return is_in (address, 0x0a000000, 8)     /* 10.0.0.0 */
         || is_in (address, 0xac100000, 12) /* 172.16.0.0 */
         || is_in (address, 0xc0a80000, 16) /* 192.168.0.0 */
         || is_in (address, 0xa9fe0000, 16) /* 169.254.0.0 */
         || cs_ipv4_is_shared (address);
}

gboolean
cs_ipv4_parse (const char *text, guint32 *address)
{
  struct in_addr value;

  if (inet_pton (AF_INET, text, &value) != 1)
    return FALSE;
  *address = ntohl (value.s_addr);
  return TRUE;
}
