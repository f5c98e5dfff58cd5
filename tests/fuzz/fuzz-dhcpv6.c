/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What dhcpcd's hook writes down of a DHCPv6 server's answer. */
#include "core/value/delegation.h"
#include "core/value/ipv6.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GArray) prefixes = cs_delegation_parse (text);

  for (guint i = 0; i < prefixes->len; i++)
    {
      CsCidr prefix = g_array_index (prefixes, CsCidr, i);
      CsCidr subnet = cs_ipv6_subnet (prefix, (guint)size * 2654435761u);

      g_assert_true (cs_cidr_equal (prefix, cs_cidr_network (prefix)));
      g_assert_true (cs_ipv6_is_global (prefix.address)
                     || cs_ipv6_is_unique_local (prefix.address));
      g_assert_true (cs_cidr_contains (prefix, cs_ipv6_gateway (subnet).address));
    }
  return 0;
}
