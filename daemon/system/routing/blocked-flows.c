/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "blocked-flows.h"

#include "core/plan/ipv6.h"
#include "core/value/client-choices.h"
#include "system/netlink/neighbors.h"

struct _CsBlockedFlows
{
  const CsSharePlan *from, *to; /* only while it is made */
  GArray *blocked;              /* (owned) of CsAddress */
  GArray *others;   /* (owned) of CsAddress: of other clients, and of this computer */
  GArray *networks; /* (owned) of CsCidr: of all clients */
};

static void
on_neighbor (const struct nlmsghdr *message, gpointer user_data)
{
  CsBlockedFlows *self = user_data;
  CsNeighbor neighbor;

  if (!cs_neighbor_parse (message, self->to->lan_ifindex, &neighbor))
    return;
  if (!cs_blocked_has (self->to->blocked, neighbor.mac))
    cs_addresses_add (self->others, neighbor.address);
  else if (self->from == NULL || !cs_blocked_has (self->from->blocked, neighbor.mac))
    cs_addresses_add (self->blocked, neighbor.address);
}

static gboolean
blocks_more (const CsSharePlan *from, const CsSharePlan *to)
{
  for (char **one = to != NULL ? to->blocked : NULL; one != NULL && *one != NULL; one++)
    if (from == NULL || from->blocked == NULL
        || !g_strv_contains ((const char *const *)from->blocked, *one))
      return TRUE;
  return FALSE;
}

static void
add_own (GArray *addresses, const GArray *cidrs)
{
  for (guint i = 0; i < cidrs->len; i++)
    cs_addresses_add (addresses, g_array_index (cidrs, CsCidr, i).address);
}

CsBlockedFlows *
cs_blocked_flows_find (const CsSharePlan *from, const CsSharePlan *to)
{
  g_autoptr (CsNetlink) netlink = NULL;
  CsBlockedFlows *self;

  if (!blocks_more (from, to))
    return NULL;
  netlink = cs_netlink_open (NETLINK_ROUTE, NULL);
  if (netlink == NULL)
    return NULL;
  self = g_new (CsBlockedFlows, 1);
  self->from = from;
  self->to = to;
  self->blocked = cs_addresses_new ();
  self->others = cs_addresses_new ();
  self->networks = cs_share_plan_networks6 (to);
  g_array_append_vals (self->networks, to->subnets->data, to->subnets->len);
  cs_addresses_add (self->others, to->address.address);
  add_own (self->others, to->ipv6.addresses);
  add_own (self->others, to->ipv6.deprecated);
  cs_neighbors_dump (netlink, AF_INET, to->lan_ifindex, on_neighbor, self);
  if (cs_share_plan_has_ipv6 (to))
    cs_neighbors_dump (netlink, AF_INET6, to->lan_ifindex, on_neighbor, self);
  self->from = self->to = NULL;
  return self;
}

void
cs_blocked_flows_free (CsBlockedFlows *self)
{
  g_array_unref (self->blocked);
  g_array_unref (self->others);
  g_array_unref (self->networks);
  g_free (self);
}

static gboolean
is_theirs (const CsBlockedFlows *self, CsAddress address)
{
  return cs_addresses_contain (self->blocked, address)
         || (cs_cidrs_contain (self->networks, address)
             && !cs_addresses_contain (self->others, address));
}

gboolean
cs_blocked_flows_have (const CsBlockedFlows *self, const CsConnection *connection)
{
  return is_theirs (self, connection->client) || is_theirs (self, connection->server)
         || is_theirs (self, connection->answers_from)
         || is_theirs (self, connection->answers_to);
}
