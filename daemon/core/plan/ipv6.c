/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A unique local prefix is on the LAN as long as there is anything of IPv6, so neither
 * the gateway's name nor the name server moves when the uplink's prefix does. Which /64
 * of a prefix a LAN has depends on its name alone, unless another LAN has that already:
 * so it is the same after a restart of the computer.
 *
 * Where nothing is delegated, a LAN can have the uplink's own /64 as well, if routers
 * announce it and the link has room for others: this computer answers there for clients
 * (system/neighbors). One LAN of it alone, since nobody could tell on which a client is.
 *
 * With "keep-lan", the LAN's networks are what they are: masqueraded, or, if the user
 * says that they are delegated, let out as they are.
 *
 * When an uplink goes, what clients have of it is deprecated, and what returns within the
 * time for which that is valid is as before: nobody gets a new address. */
#include "ipv6.h"

#include "lan-networks.h"

#include "core/value/routes.h"

/* How many /64 are tried for one that is free. */
#define ATTEMPTS 65536u
/* More than the prefixes that clients keep addresses of. */
#define DEPRECATED_MAX 8
/* In the unit of CsSnapshot.now. */
#define VALID ((gint64)CS_IPV6_VALID * G_USEC_PER_SEC)

/* --- What the uplink has ------------------------------------------------------------ */

static gboolean
is_usable (const CsIpv6Address *address)
{
  return !address->unusable && cs_address_is_remote (address->local.address)
         && !cs_address_is_link_local (address->local.address);
}

/* Better than none for what is open already, but not a reason to begin. */
gboolean
cs_ipv6_has_address (const CsInterface *uplink)
{
  for (guint i = 0; i < uplink->addresses6->len; i++)
    {
      const CsIpv6Address *address
          = &g_array_index (uplink->addresses6, CsIpv6Address, i);

      if (is_usable (address) && !address->deprecated)
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_beyond_link (CsCidr destination)
{
  return !cs_address_is_link_local (destination.address)
         && !cs_address_is_multicast (destination.address);
}

static gboolean
has_default (const GArray *routes)
{
  for (guint i = 0; i < routes->len; i++)
    if (cs_route_is_default (&g_array_index (routes, CsRoute, i)))
      return TRUE;
  return cs_routes_have_halves (routes);
}

/* Of CsRoute (transfer full): main's through @uplink. Empty if none of them is a default.
 */
static GArray *
list_routes (const CsInterface *uplink, const CsSnapshot *snapshot, guint table)
{
  GArray *routes = g_array_new (FALSE, TRUE, sizeof (CsRoute));

  cs_routes_add_main (routes, uplink->ifindex, is_beyond_link, snapshot->routes6);
  for (guint i = 0; i < routes->len; i++)
    {
      CsRoute *route = &g_array_index (routes, CsRoute, i);

      route->metric = CS_IPV6_METRIC;
      route->table = table;
    }
  if (!has_default (routes))
    g_array_set_size (routes, 0);
  return routes;
}

gboolean
cs_ipv6_leads_out (const CsInterface *uplink, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) routes = list_routes (uplink, snapshot, 0);

  return routes->len > 0;
}

static void
add_uplink_addresses (CsSharePlan *share, const CsInterface *uplink)
{
  for (guint i = 0; i < uplink->addresses6->len; i++)
    {
      const CsIpv6Address *address
          = &g_array_index (uplink->addresses6, CsIpv6Address, i);
      CsCidr single = cs_cidr_of_address (address->local.address);

      if (is_usable (address))
        g_array_append_val (share->uplink_addresses, single);
    }
}

/* --- The LAN's networks --------------------------------------------------------------
 */

static const CsCidr *
find_within (const GArray *addresses, CsCidr network)
{
  for (guint i = 0; addresses && i < addresses->len; i++)
    {
      const CsCidr *address = &g_array_index (addresses, CsCidr, i);

      if (cs_cidr_contains (network, address->address))
        return address;
    }
  return NULL;
}

/* The address that the LAN has, or had, in @network. (nullable) */
static const CsCidr *
find_kept (const CsIpv6Question *q, CsCidr network)
{
  const CsCidr *kept
      = q->before ? find_within (q->before->ipv6.addresses, network) : NULL;

  return q->before && !kept ? find_within (q->before->ipv6.deprecated, network) : kept;
}

/* The /64 of @network for the LAN, as the gateway's address there: the one that it has,
 * or had, or the first free one. FALSE: there is none. */
static gboolean
choose_address (const CsIpv6Question *q, CsCidr network, CsCidr *address)
{
  const CsCidr *kept = find_kept (q, network);
  guint count = network.prefix <= 48 ? ATTEMPTS : 1u << (64 - network.prefix);
  guint first = g_str_hash (q->request->lan) % count;

  if (kept && !cs_cidr_overlaps_any (*kept, q->taken))
    {
      *address = *kept;
      return TRUE;
    }
  for (guint i = 0; i < count; i++)
    {
      CsCidr subnet = cs_ipv6_subnet (network, (first + i) % count);

      if (cs_cidr_overlaps_any (subnet, q->taken))
        continue;
      *address = cs_ipv6_gateway (subnet);
      return TRUE;
    }
  return FALSE;
}

/* Of CsCidr (transfer full): the other LANs' networks, and those that this computer has
 * elsewhere, whatever some network delegates. */
static GArray *
list_elsewhere (const CsIpv6Question *q)
{
  GArray *networks = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  g_array_append_vals (networks, q->taken->data, q->taken->len);
  for (guint i = 0; i < q->snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = q->snapshot->interfaces->pdata[i];

      for (guint k = 0; interface != q->lan && k < interface->addresses6->len; k++)
        g_array_append_val (
            networks, g_array_index (interface->addresses6, CsIpv6Address, k).local);
    }
  return networks;
}

/* This computer's own network is on the LAN already, should somebody delegate that. */
static gboolean
find_delegated (const CsIpv6Question *question, CsCidr *address)
{
  g_autoptr (GArray) elsewhere = list_elsewhere (question);
  CsIpv6Question q = *question;

  q.taken = elsewhere;
  for (guint i = 0; i < q.uplink->delegated->len; i++)
    {
      CsCidr network = g_array_index (q.uplink->delegated, CsCidr, i);

      if (!cs_cidr_overlaps (network, q.snapshot->own_network6)
          && choose_address (&q, network, address))
        return TRUE;
    }
  return FALSE;
}

/* Whether routers tell all computers on the uplink's link to use the network of @address,
 * which is on that link. */
static gboolean
is_announced (const CsIpv6Address *address,
              const CsInterface *uplink,
              const CsSnapshot *snapshot)
{
  CsCidr network = cs_cidr_network (address->local);

  if (!is_usable (address) || address->deprecated || address->permanent
      || address->local.prefix != 64 || !cs_ipv6_is_global (address->local.address))
    return FALSE;
  for (guint i = 0; i < snapshot->routes6->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes6, CsRoute, i);

      if (route->ifindex == uplink->ifindex && route->table == CS_TABLE_MAIN
          && route->unicast && !cs_route_has_gateway (route)
          && cs_cidr_equal (route->destination, network))
        return TRUE;
    }
  return FALSE;
}

/* A line or a tunnel has one computer at its end, and nobody asks who has an address. */
static gboolean
find_extended (const CsIpv6Question *q, CsCidr *address)
{
  const CsInterface *uplink = q->uplink;

  if (uplink->point_to_point || uplink->kind == CS_KIND_PPP
      || uplink->kind == CS_KIND_VPN)
    return FALSE;
  for (guint i = 0; i < uplink->addresses6->len; i++)
    {
      const CsIpv6Address *one = &g_array_index (uplink->addresses6, CsIpv6Address, i);
      CsCidr network = cs_cidr_network (one->local);
      const CsCidr *kept = find_kept (q, network);

      if (!is_announced (one, uplink, q->snapshot)
          || cs_cidr_overlaps_any (network, q->taken))
        continue;
      *address = kept ? *kept
                      : cs_ipv6_gateway_among (network, q->snapshot->own_network6,
                                               q->request->lan);
      return TRUE;
    }
  return FALSE;
}

static gboolean
is_wanted (CsIpv6Mode wish, CsIpv6Mode mode)
{
  return wish == CS_IPV6_AUTO || wish == mode;
}

/* @address: of the LAN in the uplink's network, if the mode has any. A client that leaves
 * the LAN for the uplink's own network may have the same address there, which this
 * computer goes on answering for a while: so nothing is extended unless the user wants
 * that. */
static CsIpv6Mode
choose_mode (const CsIpv6Question *q, const GArray *routes, CsCidr *address)
{
  CsIpv6Mode wish = cs_request_ipv6 (q->request);

  if (routes->len == 0 || q->blocked)
    return CS_IPV6_NONE;
  if (is_wanted (wish, CS_IPV6_DELEGATED) && find_delegated (q, address))
    return CS_IPV6_DELEGATED;
  if (wish == CS_IPV6_EXTENDED && find_extended (q, address))
    return CS_IPV6_EXTENDED;
  if (is_wanted (wish, CS_IPV6_MASQUERADE) && cs_ipv6_has_address (q->uplink))
    return CS_IPV6_MASQUERADE;
  return CS_IPV6_NONE;
}

/* Which router leads to the LAN's own networks, nobody can tell but the user. */
static CsIpv6Mode
choose_mode_of_kept (const CsIpv6Question *q, const GArray *routes, const GArray *kept)
{
  CsIpv6Mode wish = cs_request_ipv6 (q->request);

  if (routes->len == 0 || q->blocked)
    return CS_IPV6_NONE;
  for (guint i = 0; wish == CS_IPV6_DELEGATED && i < kept->len; i++)
    if (cs_ipv6_is_global (g_array_index (kept, CsCidr, i).address))
      return CS_IPV6_DELEGATED;
  if (is_wanted (wish, CS_IPV6_MASQUERADE) && cs_ipv6_has_address (q->uplink))
    return CS_IPV6_MASQUERADE;
  return CS_IPV6_NONE;
}

static gboolean
contains (const GArray *addresses, CsCidr address)
{
  for (guint i = 0; i < addresses->len; i++)
    if (cs_cidr_equal (g_array_index (addresses, CsCidr, i), address))
      return TRUE;
  return FALSE;
}

static void
deprecate (CsIpv6Plan *ipv6, const GArray *addresses)
{
  for (guint i = 0; i < addresses->len; i++)
    {
      CsCidr address = g_array_index (addresses, CsCidr, i);

      if (!contains (ipv6->addresses, address) && !contains (ipv6->deprecated, address))
        g_array_append_val (ipv6->deprecated, address);
    }
}

/* Each prefix that is added begins the time of all anew, which does no harm; nor does it
 * if the oldest is forgotten, where a network delegates another one again and again. */
static gint64
plan_deprecated (CsSharePlan *share, const CsIpv6Question *q)
{
  CsIpv6Plan *ipv6 = &share->ipv6;
  const CsIpv6Plan *before = &q->before->ipv6;
  guint earlier;

  if (before->deprecated_since + VALID > q->snapshot->now)
    deprecate (ipv6, before->deprecated);
  earlier = ipv6->deprecated->len;
  deprecate (ipv6, before->addresses);
  if (ipv6->deprecated->len == 0)
    return 0;
  ipv6->deprecated_since
      = ipv6->deprecated->len > earlier ? q->snapshot->now : before->deprecated_since;
  if (ipv6->deprecated->len > DEPRECATED_MAX)
    g_array_remove_range (ipv6->deprecated, 0, ipv6->deprecated->len - DEPRECATED_MAX);
  return ipv6->deprecated_since + VALID;
}

/* Whether what is in force was made for the device that now is the LAN. */
static gboolean
is_same_lan (const CsIpv6Question *q)
{
  return q->before && !q->before->closed && q->before->lan_ifindex == q->lan->ifindex;
}

/* What has been extended stays so for as long as clients may have addresses of it. */
static void
list_extended (CsIpv6Plan *ipv6, const CsIpv6Question *q)
{
  g_autoptr (GArray) all = g_array_new (FALSE, FALSE, sizeof (CsCidr));

  if (ipv6->mode == CS_IPV6_EXTENDED)
    {
      CsCidr network = cs_cidr_network (g_array_index (ipv6->addresses, CsCidr, 1));

      g_array_append_val (ipv6->extended, network);
    }
  g_array_append_vals (all, ipv6->addresses->data, ipv6->addresses->len);
  g_array_append_vals (all, ipv6->deprecated->data, ipv6->deprecated->len);
  for (guint i = 0; q->before && i < q->before->ipv6.extended->len; i++)
    {
      CsCidr network = g_array_index (q->before->ipv6.extended, CsCidr, i);

      if (cs_cidr_overlaps_any (network, all) && !contains (ipv6->extended, network))
        g_array_append_val (ipv6->extended, network);
    }
}

static void
add_uplink (CsSharePlan *share, const CsIpv6Question *q, const GArray *routes)
{
  if (share->ipv6.mode < CS_IPV6_MASQUERADE)
    return;
  g_array_append_vals (share->routes, routes->data, routes->len);
  add_uplink_addresses (share, q->uplink);
}

/* What is in force for the LAN stays there without a way out, so that its end is known.
 */
static void
plan_kept (CsSharePlan *share, const CsIpv6Question *q, const GArray *routes)
{
  CsIpv6Plan *ipv6 = &share->ipv6;
  guint first = share->routes->len;

  cs_lan_networks6 (q->lan, q->before, q->taken, q->snapshot, ipv6->kept);
  ipv6->mode = choose_mode_of_kept (q, routes, ipv6->kept);
  if (ipv6->mode == CS_IPV6_NONE && !(q->before && cs_share_plan_has_ipv6 (q->before)))
    g_array_set_size (ipv6->kept, 0);
  if (ipv6->kept->len == 0)
    {
      ipv6->mode = CS_IPV6_NONE;
      return;
    }
  cs_lan_routes6 (q->lan, ipv6->kept, q->snapshot, share->routes);
  for (guint i = first; i < share->routes->len; i++)
    {
      CsRoute *route = &g_array_index (share->routes, CsRoute, i);

      route->metric = CS_IPV6_METRIC;
      route->table = share->table;
    }
  add_uplink (share, q, routes);
}

gint64
cs_ipv6_plan (CsSharePlan *share, const CsIpv6Question *question)
{
  CsIpv6Question q = *question;
  CsIpv6Plan *ipv6 = &share->ipv6;
  g_autoptr (GArray) routes = NULL;
  gboolean farewell = q.before && q.before->ipv6.farewell;
  CsCidr own, address = { 0 };
  gint64 wake_at;

  if (!q.lan || !cs_share_plan_guards (share)
      || cs_request_ipv6 (q.request) == CS_IPV6_OFF
      || !cs_address_is_set (q.snapshot->own_network6.address))
    return 0;
  if (!is_same_lan (&q))
    q.before = NULL;
  routes = q.uplink ? list_routes (q.uplink, q.snapshot, share->table)
                    : g_array_new (FALSE, FALSE, sizeof (CsRoute));
  ipv6->blocked = q.blocked;
  if (share->lan_method == CS_LAN_METHOD_KEEP)
    {
      plan_kept (share, &q, routes);
      return 0;
    }
  ipv6->mode = choose_mode (&q, routes, &address);
  ipv6->asks
      = routes->len > 0 && is_wanted (cs_request_ipv6 (q.request), CS_IPV6_DELEGATED);
  if (ipv6->mode == CS_IPV6_NONE && !farewell
      && !(q.before && cs_share_plan_has_ipv6 (q.before)))
    return 0;
  if (!choose_address (&q, q.snapshot->own_network6, &own))
    {
      ipv6->mode = CS_IPV6_NONE;
      return 0;
    }
  g_array_append_val (ipv6->addresses, own);
  if (address.prefix)
    g_array_append_val (ipv6->addresses, address);
  add_uplink (share, &q, routes);
  wake_at = q.before ? plan_deprecated (share, &q) : 0;
  list_extended (ipv6, &q);
  return wake_at;
}

void
cs_ipv6_unplan (CsSharePlan *share)
{
  CsIpv6Plan *ipv6 = &share->ipv6;

  for (guint i = share->routes->len; i-- > 0;)
    if (g_array_index (share->routes, CsRoute, i).destination.address.family == AF_INET6)
      g_array_remove_index (share->routes, i);
  for (guint i = share->uplink_addresses->len; i-- > 0;)
    if (g_array_index (share->uplink_addresses, CsCidr, i).address.family == AF_INET6)
      g_array_remove_index (share->uplink_addresses, i);
  g_array_set_size (ipv6->addresses, 0);
  g_array_set_size (ipv6->deprecated, 0);
  g_array_set_size (ipv6->extended, 0);
  g_array_set_size (ipv6->kept, 0);
  ipv6->mode = CS_IPV6_OFF;
  ipv6->deprecated_since = 0;
  ipv6->asks = FALSE;
}
