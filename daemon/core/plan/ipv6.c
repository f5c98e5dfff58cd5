/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ipv6.h"

gboolean
cs_share_plan_has_ipv6 (const CsSharePlan *plan)
{
  return plan->ipv6.addresses->len > 0;
}

gboolean
cs_share_plan_forwards_ipv6 (const CsSharePlan *plan)
{
  return plan->ipv6.mode >= CS_IPV6_MASQUERADE && cs_share_plan_has_ipv6 (plan)
         && cs_share_plan_forwards (plan);
}

static void
add_networks (GArray *networks, const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      CsCidr network = cs_cidr_network (g_array_index (addresses, CsCidr, i));

      g_array_append_val (networks, network);
    }
}

GArray *
cs_share_plan_networks6 (const CsSharePlan *plan)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  add_networks (networks, plan->ipv6.addresses);
  add_networks (networks, plan->ipv6.deprecated);
  return networks;
}
