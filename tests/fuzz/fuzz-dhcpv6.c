/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What DHCPv6 servers say. */
#include "core/value/dhcpv6.h"
#include "core/value/ipv6.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check (const CsDelegation *delegation)
{
  g_autoptr (GArray) prefixes = cs_delegation_list (delegation, 0);
  g_autofree char *text = cs_delegation_print (delegation);
  CsDelegation read;

  for (guint i = 0; i < prefixes->len; i++)
    {
      CsCidr prefix = g_array_index (prefixes, CsCidr, i);
      CsCidr subnet = cs_ipv6_subnet (prefix, i * 2654435761u);

      g_assert_true (cs_cidr_equal (prefix, cs_cidr_network (prefix)));
      g_assert_true (cs_ipv6_is_global (prefix.address)
                     || cs_ipv6_is_unique_local (prefix.address));
      g_assert_true (cs_cidr_contains (prefix, cs_ipv6_gateway (subnet).address));
    }
  if (delegation->count == 0)
    return;
  g_assert_true (cs_delegation_parse (text, &read));
  g_assert_true (cs_duid_equal (&read.server, &delegation->server));
  g_assert_cmpuint (read.count, ==, delegation->count);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  static const CsDuid client = { 1, { 'c' } };
  const CsDhcpv6Request request
      = { .transaction = 0x010203, .association = 7, .client = &client };
  CsDhcpv6Reply reply;

  if (cs_dhcpv6_parse (data, size, &request, &reply))
    check (&reply.delegation);
  return 0;
}
