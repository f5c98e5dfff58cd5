/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The rule is the same each time, so adding it twice and deleting it when it is gone are
 * told by the kernel's answer, and are fine; and so is a kernel without IPv6. */
#include "ipv6-block.h"

#include "route.h"

#include "core/plan.h"

#include <errno.h>
#include <netlink/route/rule.h>

typedef struct rtnl_rule CsNlRule;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNlRule, rtnl_rule_put)

gboolean
cs_ipv6_block (CsNetlink *netlink, const char *lan, gboolean on, GError **error)
{
  g_autoptr (CsNlRule) rule = rtnl_rule_alloc ();
  int code;

  if (rule == NULL)
    g_error ("out of memory");
  rtnl_rule_set_family (rule, AF_INET6);
  rtnl_rule_set_action (rule, FR_ACT_UNREACHABLE);
  rtnl_rule_set_prio (rule, CS_RULE_PRIORITY);
  rtnl_rule_set_protocol (rule, CS_ROUTE_PROTOCOL);
  rtnl_rule_set_iif (rule, lan);
  netlink->kernel_error = 0;
  code = on ? rtnl_rule_add (netlink->socket, rule, NLM_F_CREATE | NLM_F_EXCL)
            : rtnl_rule_delete (netlink->socket, rule, 0);
  return netlink->kernel_error == EAFNOSUPPORT || netlink->kernel_error == EOPNOTSUPP
         || code == (on ? -NLE_EXIST : -NLE_OBJ_NOTFOUND)
         || cs_netlink_check (netlink, code, error,
                              "Cannot %s the IPv6 policy rule \"iif %s unreachable\"",
                              on ? "add" : "delete", lan);
}
