/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of the kernel, several in a buffer, as the network monitor walks through them.
 * Whatever they are, what is parsed has its strings ended and its prefixes in range. */
#include "system/netlink/rtnetlink.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
check_text (const char *text, gsize size)
{
  g_assert_cmpuint (strnlen (text, size), <, size);
}

static void
parse (const struct nlmsghdr *message, gpointer user_data)
{
  CsRouteAnswer answer;
  CsInterfaceAddress address;
  CsIpv6Address address6;
  CsIpv6Conf conf;
  CsRoute route;
  CsLink link;
  CsRule rule;
  g_autoptr (GArray) hops = g_array_new (FALSE, FALSE, sizeof (CsRoute));
  g_autoptr (GArray) members = g_array_new (FALSE, FALSE, sizeof (guint32));
  guint32 object;
  int ifindex;

  if (cs_rtnetlink_parse_link (message, &link))
    {
      check_text (link.name, sizeof link.name);
      check_text (link.info_kind, sizeof link.info_kind);
    }
  if (cs_rtnetlink_parse_address (message, &ifindex, &address))
    g_assert_cmpuint (address.local.prefix, <=, 32);
  if (cs_rtnetlink_parse_address6 (message, &ifindex, &address6))
    g_assert_cmpuint (address6.local.prefix, <=, 128);
  if (cs_rtnetlink_parse_conf6 (message, &ifindex, &conf))
    g_assert_true (message->nlmsg_type == RTM_NEWLINK);
  if (cs_rtnetlink_parse_route (message, &route, hops, &object))
    for (guint i = 0; i < hops->len; i++)
      g_assert_cmpuint (g_array_index (hops, CsRoute, i).destination.prefix, <=, 128);
  if (cs_rtnetlink_parse_next_hop (message, &object, &route, members))
    g_assert_cmpuint (route.destination.prefix, ==, 0);
  if (cs_rtnetlink_parse_answer (message, &answer))
    g_assert_cmpint (answer.failure, ==, 0);
  if (cs_rtnetlink_parse_rule (message, &rule))
    {
      check_text (rule.iif, sizeof rule.iif);
      check_text (rule.oif, sizeof rule.oif);
    }
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree void *copy = g_memdup2 (data, size); /* aligned, and no longer */

  cs_netlink_walk (copy, size, parse, NULL);
  return 0;
}
