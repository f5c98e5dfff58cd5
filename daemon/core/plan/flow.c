/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "flow-private.h"

#include "share-ipv6.h"

#include "core/value/firewall-words.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>

const CsFlowKind cs_flow_kinds[CS_FLOWS] = {
  [CS_FLOW_OUT] = { LAN, UPLINK, 0, ANY, FALSE },
  [CS_FLOW_BACK] = { UPLINK, LAN, 0, ANY, TRUE },
  [CS_FLOW_IN] = { UPLINK, LAN, 0, ANY, FALSE },
  [CS_FLOW_DHCP] = { LAN, HOST, IPPROTO_UDP, DHCP, FALSE },
  [CS_FLOW_DNS] = { LAN, HOST, IPPROTO_UDP, DNS, FALSE },
  [CS_FLOW_DNS_TCP] = { LAN, HOST, IPPROTO_TCP, DNS, FALSE },
  [CS_FLOW_PORTS] = { LAN, HOST, IPPROTO_UDP, PORTS, FALSE },
  [CS_FLOW_PORTS_TCP] = { LAN, HOST, IPPROTO_TCP, PORTS, FALSE },
  [CS_FLOW_SEARCH] = { LAN, HOST, IPPROTO_UDP, SEARCH, FALSE, FALSE, 0, TRUE },
  /* for conntrack no reply, as the request went to everybody */
  [CS_FLOW_OFFER] = { HOST, LAN, IPPROTO_UDP, DHCP, FALSE },
  [CS_FLOW_REPLY] = { HOST, LAN, IPPROTO_UDP, DNS, TRUE },
  [CS_FLOW_REPLY_TCP] = { HOST, LAN, IPPROTO_TCP, DNS, TRUE },
  [CS_FLOW_GRANT] = { HOST, LAN, IPPROTO_UDP, PORTS, TRUE },
  [CS_FLOW_GRANT_TCP] = { HOST, LAN, IPPROTO_TCP, PORTS, TRUE },
  /* as the offer */
  [CS_FLOW_RESULT] = { HOST, LAN, IPPROTO_UDP, SEARCH, FALSE },
  [CS_FLOW_QUESTION] = { HOST, UPLINK, IPPROTO_UDP, SERVERS, FALSE },
  [CS_FLOW_QUESTION_TCP] = { HOST, UPLINK, IPPROTO_TCP, SERVERS, FALSE },
  [CS_FLOW_ANSWER] = { UPLINK, HOST, IPPROTO_UDP, SERVERS, TRUE },
  [CS_FLOW_ANSWER_TCP] = { UPLINK, HOST, IPPROTO_TCP, SERVERS, TRUE },
  [CS_FLOW_OUT6] = { LAN, UPLINK, 0, ANY, FALSE, TRUE },
  [CS_FLOW_BACK6] = { UPLINK, LAN, 0, ANY, TRUE, TRUE },
  [CS_FLOW_IN6] = { UPLINK, LAN, 0, ANY, FALSE, TRUE },
  [CS_FLOW_SOLICIT6]
  = { LAN, HOST, IPPROTO_ICMPV6, LINK, FALSE, TRUE, ND_ROUTER_SOLICIT, TRUE },
  [CS_FLOW_NEIGHBOR6]
  = { LAN, HOST, IPPROTO_ICMPV6, LINK, FALSE, TRUE, ND_NEIGHBOR_SOLICIT, TRUE },
  [CS_FLOW_DNS6] = { LAN, HOST, IPPROTO_UDP, DNS, FALSE, TRUE },
  [CS_FLOW_DNS6_TCP] = { LAN, HOST, IPPROTO_TCP, DNS, FALSE, TRUE },
  [CS_FLOW_PORTS6] = { LAN, HOST, IPPROTO_UDP, PORTS, FALSE, TRUE },
  [CS_FLOW_ADVERTISE6]
  = { HOST, LAN, IPPROTO_ICMPV6, LINK, FALSE, TRUE, ND_ROUTER_ADVERT, TRUE },
  [CS_FLOW_FOUND6] = { HOST, LAN, IPPROTO_ICMPV6, LINK, FALSE, TRUE, ND_NEIGHBOR_ADVERT },
  [CS_FLOW_REPLY6] = { HOST, LAN, IPPROTO_UDP, DNS, TRUE, TRUE },
  [CS_FLOW_REPLY6_TCP] = { HOST, LAN, IPPROTO_TCP, DNS, TRUE, TRUE },
  [CS_FLOW_GRANT6] = { HOST, LAN, IPPROTO_UDP, PORTS, TRUE, TRUE },
};

const char *
cs_flow_name_of (const CsSharePlan *share, Side side)
{
  return side == LAN ? share->lan : side == UPLINK ? share->uplink : NULL;
}

gboolean
cs_flow_is_served (CsFlow flow)
{
  return cs_flow_kinds[flow].from
         == (cs_flow_kinds[flow].service == SERVERS ? UPLINK : HOST);
}

/* --- The way -------------------------------------------------------------------- */

CsHook
cs_flow_hook (CsFlow flow)
{
  return cs_flow_kinds[flow].to == HOST     ? CS_HOOK_INPUT
         : cs_flow_kinds[flow].from == HOST ? CS_HOOK_OUTPUT
                                            : CS_HOOK_FORWARD;
}

const char *
cs_flow_chain (CsFlow flow)
{
  CsHook hook = cs_flow_hook (flow);

  return hook == CS_HOOK_INPUT ? "INPUT" : hook == CS_HOOK_OUTPUT ? "OUTPUT" : "FORWARD";
}

static gboolean
has_device (const CsFilterChain *base, const char *name)
{
  return base->devices && g_strv_contains ((const char *const *)base->devices, name);
}

gboolean
cs_flow_is_ipv6 (CsFlow flow)
{
  return cs_flow_kinds[flow].ipv6;
}

/* Most tables are of one family, the older iptables' of IPv4. */
static gboolean
is_seen_in (CsFlow flow, const char *table)
{
  static const char *const of_ipv4[] = { "ip ", CS_LEGACY_TABLE };

  if (!cs_flow_kinds[flow].ipv6)
    return !g_str_has_prefix (table, "ip6 ");
  for (gsize i = 0; i < G_N_ELEMENTS (of_ipv4); i++)
    if (g_str_has_prefix (table, of_ipv4[i]))
      return FALSE;
  return TRUE;
}

gboolean
cs_flow_passes (const CsSharePlan *share, CsFlow flow, const CsFilterChain *base)
{
  Side from = cs_flow_kinds[flow].from, to = cs_flow_kinds[flow].to;

  if (!is_seen_in (flow, base->table))
    return FALSE;
  switch (base->hook)
    {
    case CS_HOOK_INGRESS:
      return from != HOST && has_device (base, cs_flow_name_of (share, from));
    case CS_HOOK_EGRESS:
      return to != HOST && has_device (base, cs_flow_name_of (share, to));
    case CS_HOOK_PREROUTING:
      return from != HOST;
    case CS_HOOK_POSTROUTING:
      return to != HOST;
    case CS_HOOK_INPUT:
    case CS_HOOK_FORWARD:
    case CS_HOOK_OUTPUT:
      return base->hook == cs_flow_hook (flow);
    case CS_HOOK_NONE:
    default:
      return FALSE;
    }
}

gboolean
cs_flow_is_arriving (const CsFilterChain *base)
{
  return base->hook == CS_HOOK_INGRESS
         || (base->hook == CS_HOOK_PREROUTING && base->priority < CS_PRIORITY_DNAT);
}

gboolean
cs_flow_is_leaving (const CsFilterChain *base)
{
  return base->hook == CS_HOOK_EGRESS
         || (base->hook == CS_HOOK_POSTROUTING && base->priority > CS_PRIORITY_SNAT);
}

gboolean
cs_flow_has_iif (const CsFilterChain *base)
{
  return base->hook <= CS_HOOK_FORWARD;
}

gboolean
cs_flow_has_oif (const CsFilterChain *base)
{
  return base->hook >= CS_HOOK_FORWARD;
}

guint
cs_flow_port_of (const CsSharePlan *share, CsFlow flow, const CsFilterChain *base)
{
  switch (cs_flow_kinds[flow].service)
    {
    case DHCP:
      return CS_DHCP_PORT;
    case DNS:
      return base && (cs_flow_is_arriving (base) || cs_flow_is_leaving (base))
                 ? CS_DNS_PORT
                 : share->dns_port;
    case SERVERS:
      return CS_DNS_PORT;
    case PORTS:
      return CS_PORTS_PORT;
    case SEARCH:
      return CS_SEARCH_PORT;
    case ANY:
    case LINK:
    default:
      return 0;
    }
}

gboolean
cs_flow_is_beyond_uplink (const CsAddress *server)
{
  return server->family == AF_INET && !cs_address_is_loopback (*server);
}

const CsAddress *
cs_flow_find_server (const CsSharePlan *share)
{
  for (guint i = 0; i < share->dns->len; i++)
    {
      const CsAddress *server = &g_array_index (share->dns, CsAddress, i);

      if (cs_flow_is_beyond_uplink (server))
        return server;
    }
  return NULL;
}

gboolean
cs_flow_has_ends (const CsSharePlan *share, CsFlow flow)
{
  if (cs_flow_kinds[flow].service == DHCP || cs_flow_kinds[flow].service == DNS)
    return share->dns_port != 0;
  if (cs_flow_kinds[flow].service == PORTS || cs_flow_kinds[flow].service == SEARCH)
    return share->upnp;
  if (cs_flow_kinds[flow].service == LINK)
    return share->lan_method != CS_LAN_METHOD_KEEP;
  return share->uplink
         && (cs_flow_kinds[flow].service != SERVERS || cs_flow_find_server (share));
}

gboolean
cs_flow_would_exist6 (const CsSharePlan *share, CsFlow flow)
{
  return cs_flow_kinds[flow].ipv6 && flow != CS_FLOW_IN6 && cs_share_plan_guards (share)
         && cs_flow_has_ends (share, flow);
}

/* By a port mapping. */
static gboolean
is_mapped (const CsSharePlan *share, CsFlow flow)
{
  g_autoptr (GArray) own = NULL;

  if (!cs_share_plan_maps (share))
    return FALSE;
  if (!cs_flow_kinds[flow].ipv6)
    return share->subnets->len > 0;
  own = cs_share_plan_own_sources6 (share);
  return own->len > 0 && !share->ipv6.blocked;
}

gboolean
cs_flow_exists (const CsSharePlan *share, CsFlow flow)
{
  if (flow == CS_FLOW_IN || flow == CS_FLOW_IN6)
    return is_mapped (share, flow);
  if (cs_flow_kinds[flow].ipv6)
    return cs_flow_would_exist6 (share, flow) && !share->ipv6.blocked
           && (cs_flow_kinds[flow].service == ANY ? cs_share_plan_forwards_ipv6 (share)
                                                  : cs_share_plan_has_ipv6 (share));
  return cs_share_plan_guards (share) && cs_flow_has_ends (share, flow)
         && (share->subnets->len > 0 || cs_flow_kinds[flow].service == SERVERS);
}
