/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who looks into a share's table: clients; sockets that are bound to the uplink, as the
 * name server's are; and, if nobody else knows a way, whoever has the uplink's address.
 * The last is for the kernel's reverse path filter. It refuses an answer that comes in by
 * the uplink while there is no route back to its sender, and asks for that route as if
 * from the address that the answer went to (fib_validate_source () in fib_frontend.c): a
 * line without a default route of its own would bring no names.
 *
 * The kernel holds every packet against one rule after the other, so for sockets there is
 * one an uplink, whichever share's table it leads to; and what comes in by the uplink is
 * sent past all that ask for a LAN. */
#include "plan.h"

static void
add (GArray *rules, CsPolicyRule rule)
{
  g_array_append_val (rules, rule);
}

GArray *
cs_share_plan_list_rules (const CsSharePlan *plan)
{
  GArray *rules = g_array_new (FALSE, FALSE, sizeof (CsPolicyRule));

  if (!cs_share_plan_guards (plan))
    return rules;
  add (rules, (CsPolicyRule){ .priority = CS_RULE_PRIORITY, .iif = plan->lan });
  if (plan->uplink == NULL)
    return rules;
  if (!plan->uplink_led)
    {
      add (rules,
           (CsPolicyRule){ .priority = CS_UPLINK_RULE_PRIORITY, .oif = plan->uplink });
      add (rules, (CsPolicyRule){ .priority = CS_SKIP_RULE_PRIORITY,
                                  .iif = plan->uplink,
                                  .skip_to = CS_UPLINK_RULE_PRIORITY });
    }
  for (guint i = 0; i < plan->uplink_addresses->len; i++)
    {
      const CsCidr *address = &g_array_index (plan->uplink_addresses, CsCidr, i);

      add (rules, (CsPolicyRule){ .priority = CS_LAST_RULE_PRIORITY,
                                  .source = address->address });
    }
  return rules;
}
