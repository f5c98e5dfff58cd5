/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule is the same each time, so the kernel's answer shows that it is added twice, or
 * deleted when already gone, and both are fine; so is a kernel without IPv6. */
#include "ipv6-block.h"

#include "core/plan/plan.h"

#include <errno.h>
#include <linux/fib_rules.h>

gboolean
cs_ipv6_block (CsNetlink *netlink, const char *lan, gboolean on, GError **error)
{
  CsNetlinkRequest request;
  guint16 type = on ? RTM_NEWRULE : RTM_DELRULE;
  guint16 flags = on ? NLM_F_CREATE | NLM_F_EXCL : 0;
  struct fib_rule_hdr *rule = cs_netlink_begin (&request, type, flags, sizeof *rule);
  int failure;

  rule->family = AF_INET6;
  rule->action = FR_ACT_BLACKHOLE;
  mnl_attr_put_u32 (&request.header, FRA_PRIORITY, CS_RULE_PRIORITY);
  mnl_attr_put_u8 (&request.header, FRA_PROTOCOL, CS_ROUTE_PROTOCOL);
  mnl_attr_put_strz (&request.header, FRA_IIFNAME, lan);
  failure = cs_netlink_ask (netlink, &request.header, NULL, NULL);
  return failure == EAFNOSUPPORT || failure == EOPNOTSUPP
         || failure == (on ? EEXIST : ENOENT)
         || cs_netlink_check (netlink, failure, error,
                              "cannot %s the IPv6 policy rule \"iif %s blackhole\"",
                              on ? "add" : "delete", lan);
}
