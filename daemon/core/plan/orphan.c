/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All we know is the LAN's interface, its routing table and the uplink in that; the
 * rest follows from them, because the steps look at the host themselves. */
#include "orphan.h"

#include "flow.h"
#include "share-ipv6.h"
#include "rules.h"
#include "share-uplink.h"

#include "core/value/ifname.h"
#include "core/value/routes.h"

static void
orphan_free (gpointer data)
{
  CsOrphan *orphan = data;

  g_free (orphan->lan);
  g_free (orphan->uplink);
  g_free (orphan);
}

GPtrArray *
cs_orphan_list_new (void)
{
  return g_ptr_array_new_with_free_func (orphan_free);
}

CsOrphan *
cs_orphan_list_get (GPtrArray *orphans, const char *lan)
{
  CsOrphan *orphan;

  for (guint i = 0; i < orphans->len; i++)
    if (g_str_equal (((CsOrphan *)orphans->pdata[i])->lan, lan))
      return orphans->pdata[i];
  orphan = g_new0 (CsOrphan, 1);
  orphan->lan = g_strdup (lan);
  g_ptr_array_add (orphans, orphan);
  return orphan;
}

void
cs_orphan_list_add_profiles (GPtrArray *orphans, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = snapshot->interfaces->pdata[i];

      if (interface->connection_ours && cs_ifname_check (interface->name, "LAN", NULL))
        cs_orphan_list_get (orphans, interface->name);
    }
}

static gboolean
is_taken (guint32 table, const CsSnapshot *snapshot, const CsPlan *known)
{
  for (guint i = 0; i < known->shares->len; i++)
    if (((const CsSharePlan *)known->shares->pdata[i])->table == table)
      return TRUE;
  return cs_snapshot_has_table (snapshot, table);
}

static guint32
find_free_table (const CsSnapshot *snapshot, const CsPlan *known)
{
  guint32 table = CS_TABLE_FIRST + CS_TABLE_COUNT - 1;

  while (table > CS_TABLE_FIRST && is_taken (table, snapshot, known))
    table--;
  return table;
}

/* By its table's routes, if no rule names it. */
static const CsInterface *
find_uplink (const CsOrphan *orphan, const CsSnapshot *snapshot)
{
  if (orphan->uplink)
    return cs_snapshot_find (snapshot, orphan->uplink);
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (route->table == orphan->table && cs_route_is_default (route))
        return cs_snapshot_find_index (snapshot, route->ifindex);
    }
  return NULL;
}

static char *
found_forwarding (const CsInterface *interface, const CsSnapshot *snapshot)
{
  return interface->forwarding == 1 && !snapshot->host_forwards ? g_strdup ("0") : NULL;
}

/* A share has switched it on if there is its rule by a mark; another program's rule by a
 * mark, like wg-quick's, may need it as well. */
static char *
found_src_valid_mark (const CsSnapshot *snapshot)
{
  gboolean ours = FALSE;

  for (guint i = 0; snapshot->valid_marks && i < snapshot->rules->len; i++)
    {
      const CsRule *rule = &g_array_index (snapshot->rules, CsRule, i);

      if (rule->mark == 0 || rule->ipv6)
        continue;
      if (!cs_rule_is_ours (rule))
        return NULL;
      ours = TRUE;
    }
  return ours ? g_strdup ("0") : NULL;
}

static void
set_address (CsSharePlan *share, CsLanMethod method, CsCidr address)
{
  CsCidr network = cs_cidr_network (address);

  if (!cs_cidr_check_gateway (address, NULL))
    return;
  share->lan_method = method;
  share->address = address;
  g_array_append_val (share->subnets, network);
}

/* Whether the table of all LANs has @network by way of @lan, or of an interface that
 * is gone. */
static gboolean
leads_to (const CsInterface *lan, CsCidr network, const GArray *routes)
{
  gboolean leads = TRUE;

  for (guint i = 0; i < routes->len; i++)
    {
      const CsRoute *route = &g_array_index (routes, CsRoute, i);

      if (route->table == CS_TABLE_LANS && route->unicast
          && cs_cidr_equal (route->destination, network))
        leads = route->ifindex == lan->ifindex;
    }
  return leads;
}

/* For a LAN whose address is not ours, or missing: what the table of all LANs has of
 * it (lan-table.c). */
static void
add_networks (CsSharePlan *share, const CsInterface *lan, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);
      CsRoute own = *route;

      if (route->table != CS_TABLE_LANS || route->destination.prefix < 8)
        continue;
      own.table = share->table;
      if (route->unicast && route->ifindex == lan->ifindex)
        g_array_append_val (share->routes, own);
      if (route->end == CS_END_GO_ON)
        g_array_append_val (share->elsewhere, route->destination);
      else if (leads_to (lan, route->destination, snapshot->routes)
               && !cs_cidr_overlaps_any (route->destination, share->subnets))
        g_array_append_val (share->subnets, route->destination);
    }
  for (guint i = share->elsewhere->len; i-- > 0;)
    if (!cs_cidr_overlaps_any (g_array_index (share->elsewhere, CsCidr, i),
                               share->subnets))
      g_array_remove_index (share->elsewhere, i);
}

static void
add_lan (CsSharePlan *share,
         const CsOrphan *orphan,
         const CsInterface *lan,
         const CsSnapshot *snapshot)
{
  share->lan_ifindex = lan->ifindex;
  share->lan_wireless = lan->kind == CS_KIND_WIFI;
  share->lan_method = CS_LAN_METHOD_KEEP;
  for (guint i = 0; i < lan->addresses->len && share->address.prefix == 0; i++)
    {
      CsCidr local = g_array_index (lan->addresses, CsInterfaceAddress, i).local;

      if (lan->connection_ours)
        set_address (share, CS_LAN_METHOD_PROFILE, local);
      else if (cs_address_equal (local.address, orphan->served))
        set_address (share,
                     lan->connection_shared ? CS_LAN_METHOD_KEEP : CS_LAN_METHOD_ADDRESS,
                     local);
    }
  if (share->address.prefix == 0)
    add_networks (share, lan, snapshot);
  /* NetworkManager uses a profile of this name for its own sharing. */
  if (g_strcmp0 (lan->zone, CS_FIREWALLD_ZONE) == 0 && !lan->connection_shared)
    share->zone = g_strdup (lan->zone);
  if (snapshot->legacy)
    share->open = CS_PLACE_BIT (CS_PLACE_LEGACY);
}

/* --- IPv6 ------------------------------------------------------------------------- */

/* The gateway's address in @network, as @lan has it, or would have it. */
static CsCidr
gateway_in (const CsInterface *lan, CsCidr network)
{
  for (guint i = 0; i < lan->addresses6->len; i++)
    {
      CsCidr local = g_array_index (lan->addresses6, CsIpv6Address, i).local;

      if (cs_cidr_equal (cs_cidr_network (local), network))
        return local;
    }
  return cs_ipv6_gateway (network);
}

/* The unique local one goes first. */
static void
add_gateway (CsIpv6Plan *ipv6, CsCidr gateway)
{
  if (cs_cidr_overlaps_any (gateway, ipv6->addresses))
    return;
  if (cs_ipv6_is_unique_local (gateway.address))
    g_array_prepend_val (ipv6->addresses, gateway);
  else
    g_array_append_val (ipv6->addresses, gateway);
}

/* Whether a rule leads what comes in by the LAN, or by the uplink, to its end, in its
 * table. */
static gboolean
has_rule6 (const CsSharePlan *share, gboolean ends, const CsSnapshot *snapshot)
{
  const char *iif = ends ? share->uplink : share->lan;

  for (guint i = 0; i < snapshot->rules->len; i++)
    {
      const CsRule *rule = &g_array_index (snapshot->rules, CsRule, i);

      if (rule->ipv6 && cs_rule_is_ours (rule) && rule->table == share->table
          && rule->ends == ends && rule->skip_to == 0 && g_strcmp0 (rule->iif, iif) == 0)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_of_lan6 (const CsRoute *route, const CsInterface *lan, const CsSnapshot *snapshot)
{
  return route->table == CS_TABLE_LANS && route->destination.prefix == 64
         && leads_to (lan, route->destination, snapshot->routes6);
}

/* A LAN without a network of this computer's own keeps those that it has: its addresses
 * are not ours. */
static void
keep_networks6 (CsSharePlan *share, const CsInterface *lan, const CsSnapshot *snapshot)
{
  CsIpv6Plan *ipv6 = &share->ipv6;

  g_array_set_size (ipv6->addresses, 0);
  for (guint i = 0; i < snapshot->routes6->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes6, CsRoute, i);
      CsRoute own = *route;

      if (!is_of_lan6 (route, lan, snapshot))
        continue;
      own.table = share->table;
      if (route->unicast)
        g_array_append_val (share->routes, own);
      if (!cs_cidr_overlaps_any (route->destination, ipv6->kept))
        g_array_append_val (ipv6->kept, route->destination);
    }
}

/* By the table of all LANs; without anything there, by the host's own network. */
static void
add_lan6 (CsSharePlan *share, const CsInterface *lan, const CsSnapshot *snapshot)
{
  CsIpv6Plan *ipv6 = &share->ipv6;

  for (guint i = 0; i < snapshot->routes6->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes6, CsRoute, i);

      if (is_of_lan6 (route, lan, snapshot))
        add_gateway (ipv6, gateway_in (lan, route->destination));
    }
  if (share->lan_method == CS_LAN_METHOD_KEEP && ipv6->addresses->len > 0
      && !cs_cidr_overlaps_any (snapshot->own_network6, ipv6->addresses))
    keep_networks6 (share, lan, snapshot);
  for (guint i = 0; !cs_share_plan_has_ipv6 (share) && i < lan->addresses6->len; i++)
    {
      CsCidr local = g_array_index (lan->addresses6, CsIpv6Address, i).local;

      if (local.prefix == 64 && cs_cidr_overlaps (local, snapshot->own_network6))
        add_gateway (ipv6, local);
    }
}

/* Both are in one network. */
static void
add_extended (CsSharePlan *share, const CsInterface *lan, const CsInterface *uplink)
{
  for (guint i = 0; i < lan->addresses6->len; i++)
    {
      CsCidr local = g_array_index (lan->addresses6, CsIpv6Address, i).local;
      CsCidr network = cs_cidr_network (local);

      for (guint k = 0; k < uplink->addresses6->len && local.prefix == 64; k++)
        if (!cs_address_is_link_local (local.address)
            && cs_cidr_contains (
                network,
                g_array_index (uplink->addresses6, CsIpv6Address, k).local.address))
          {
            add_gateway (&share->ipv6, local);
            g_array_append_val (share->ipv6.extended, network);
            break;
          }
    }
}

/* A share sets it to 1, unless the host forwards anyway; -1: not known. */
static char *
found_setting (int value, const CsSnapshot *snapshot)
{
  return value != 0 && !snapshot->host_forwards6 ? g_strdup ("0") : NULL;
}

/* The end of what comes in by the uplink stands where only shares forward. */
static void
add_ipv6 (CsSharePlan *share,
          const CsInterface *lan,
          const CsInterface *uplink,
          const CsSnapshot *snapshot)
{
  CsIpv6Plan *ipv6 = &share->ipv6;

  if (!has_rule6 (share, FALSE, snapshot))
    return;
  ipv6->mode = CS_IPV6_NONE;
  add_lan6 (share, lan, snapshot);
  if (snapshot->forces_ipv6)
    {
      ipv6->found_lan_forced = found_setting (lan->ipv6.force_forwarding, snapshot);
      ipv6->found_lan_forwarding = found_setting (lan->ipv6.forwarding, snapshot);
    }
  if (!uplink)
    return;
  add_extended (share, lan, uplink);
  if (snapshot->forces_ipv6)
    ipv6->found_uplink_forced = found_setting (uplink->ipv6.force_forwarding, snapshot);
  else if (has_rule6 (share, TRUE, snapshot))
    ipv6->found_all_forwarding = g_strdup ("0");
  if (ipv6->extended->len == 0)
    return;
  ipv6->found_uplink_forwarding = found_setting (uplink->ipv6.forwarding, snapshot);
  ipv6->found_uplink_proxy_ndp = uplink->ipv6.proxy_ndp != 0 ? g_strdup ("0") : NULL;
  if (uplink->ipv6.proxy_delay == 0)
    ipv6->found_uplink_proxy_delay = g_strdup (CS_IPV6_PROXY_DELAY);
}

CsSharePlan *
cs_orphan_plan (const CsOrphan *orphan, const CsSnapshot *snapshot, const CsPlan *known)
{
  CsSharePlan *share = cs_share_plan_new (orphan->lan);
  const CsInterface *lan = cs_snapshot_find (snapshot, orphan->lan);
  const CsInterface *uplink = find_uplink (orphan, snapshot);

  share->table = orphan->table != 0 ? orphan->table : find_free_table (snapshot, known);
  share->dns_port = CS_DNS_PORT;
  share->closed = TRUE;
  share->found_src_valid_mark = found_src_valid_mark (snapshot);
  if (lan)
    {
      add_lan (share, orphan, lan, snapshot);
      share->found_lan_forwarding = found_forwarding (lan, snapshot);
    }
  if (uplink && uplink != lan && cs_ifname_check (uplink->name, "uplink", NULL))
    {
      cs_share_uplink_name (share, uplink);
      share->found_uplink_forwarding = found_forwarding (uplink, snapshot);
      share->closed = FALSE;
    }
  if (lan)
    add_ipv6 (share, lan, share->closed ? NULL : uplink, snapshot);
  return share;
}
