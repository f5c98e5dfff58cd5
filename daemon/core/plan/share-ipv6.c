/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "share-ipv6.h"

#include <string.h>

gboolean
cs_share_plan_has_ipv6 (const CsSharePlan *plan)
{
  return plan->ipv6.addresses->len > 0 || plan->ipv6.kept->len > 0;
}

gboolean
cs_share_plan_serves_ipv6 (const CsSharePlan *plan)
{
  return plan->ipv6.addresses->len > 0;
}

gboolean
cs_share_plan_forwards_ipv6 (const CsSharePlan *plan)
{
  return plan->ipv6.mode >= CS_IPV6_MASQUERADE && cs_share_plan_has_ipv6 (plan)
         && cs_share_plan_forwards (plan);
}

gboolean
cs_share_plan_guards_uplink6 (const CsSharePlan *plan)
{
  return cs_share_plan_forwards_ipv6 (plan) && cs_share_plan_guards (plan)
         && plan->ipv6.found_uplink_forced;
}

gboolean
cs_share_plan_seals_ipv6 (const CsSharePlan *plan)
{
  return cs_share_plan_forwards_ipv6 (plan) && cs_share_plan_guards (plan)
         && (plan->ipv6.found_uplink_forced || plan->ipv6.found_all_forwarding);
}

gboolean
cs_share_plan_extends (const CsSharePlan *plan, CsCidr network)
{
  return cs_cidr_overlaps_any (network, plan->ipv6.extended);
}

static void
add_network (GArray *networks, CsCidr address)
{
  CsCidr network = cs_cidr_network (address);

  g_array_append_val (networks, network);
}

gboolean
cs_share_plan_keeps_raised (const CsSharePlan *plan, const char *interface)
{
  return plan->ipv6.found_all_forwarding
         || (plan->ipv6.found_uplink_forwarding
             && g_strcmp0 (interface, plan->uplink) == 0);
}

GArray *
cs_share_plan_networks6 (const CsSharePlan *plan)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  for (guint i = 0; i < plan->ipv6.addresses->len; i++)
    add_network (networks, g_array_index (plan->ipv6.addresses, CsCidr, i));
  for (guint i = 0; i < plan->ipv6.deprecated->len; i++)
    add_network (networks, g_array_index (plan->ipv6.deprecated, CsCidr, i));
  g_array_append_vals (networks, plan->ipv6.kept->data, plan->ipv6.kept->len);
  return networks;
}

/* Appends those of the kept networks that leave as they are, or all others. */
static void
add_kept (GArray *networks, const CsSharePlan *plan, gboolean own)
{
  gboolean routed = plan->ipv6.mode == CS_IPV6_DELEGATED;

  for (guint i = 0; i < plan->ipv6.kept->len; i++)
    {
      CsCidr network = g_array_index (plan->ipv6.kept, CsCidr, i);

      if ((routed && cs_ipv6_is_global (network.address)) == own)
        g_array_append_val (networks, network);
    }
}

static gboolean
has_uplink_address6 (const CsSharePlan *plan)
{
  for (guint i = 0; i < plan->uplink_addresses->len; i++)
    if (g_array_index (plan->uplink_addresses, CsCidr, i).address.family == AF_INET6)
      return TRUE;
  return FALSE;
}

GArray *
cs_share_plan_masqueraded6 (const CsSharePlan *plan)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  if (!cs_share_plan_forwards_ipv6 (plan) || !has_uplink_address6 (plan))
    return networks;
  if (cs_share_plan_serves_ipv6 (plan))
    add_network (networks, g_array_index (plan->ipv6.addresses, CsCidr, 0));
  for (guint i = 0; i < plan->ipv6.deprecated->len; i++)
    add_network (networks, g_array_index (plan->ipv6.deprecated, CsCidr, i));
  add_kept (networks, plan, FALSE);
  return networks;
}

GArray *
cs_share_plan_own_sources6 (const CsSharePlan *plan)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  if (!cs_share_plan_forwards_ipv6 (plan))
    return networks;
  for (guint i = 1; i < plan->ipv6.addresses->len; i++)
    add_network (networks, g_array_index (plan->ipv6.addresses, CsCidr, i));
  add_kept (networks, plan, TRUE);
  return networks;
}

CsCidr
cs_share_plan_router6 (const CsSharePlan *plan)
{
  CsCidr router = { { AF_INET6, { 0xfe, 0x80 } }, 64 };

  if (!cs_share_plan_serves_ipv6 (plan))
    return (CsCidr){ 0 };
  memcpy (router.address.bytes + 8,
          g_array_index (plan->ipv6.addresses, CsCidr, 0).address.bytes, 8);
  return router;
}
