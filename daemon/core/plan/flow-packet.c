/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On its way a packet changes: it gets another port or address by the translations of our
 * own table, an outgoing interface with the decision about its route, and what conntrack
 * knows of it once it has passed there. */
#include "flow-packet.h"

#include "flow-private.h"
#include "share-ipv6.h"

#include <netinet/in.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define DHCP_CLIENT_PORT 68

static int
ifindex_of (const CsSharePlan *share, Side side)
{
  return side == LAN ? share->lan_ifindex : side == UPLINK ? share->uplink_ifindex : 0;
}

/* No conntrack yet, and nothing translated. */
static gboolean
is_raw (const CsFilterChain *base)
{
  return base->hook == CS_HOOK_INGRESS
         || ((base->hook == CS_HOOK_PREROUTING || base->hook == CS_HOOK_OUTPUT)
             && base->priority < CS_PRIORITY_CONNTRACK);
}

static void
set_network (CsPacket *packet, CsMatchKey key, CsCidr network)
{
  CsAddress first = cs_cidr_network (network).address, last = cs_cidr_last (network);

  cs_packet_set (packet, key, first.bytes, last.bytes, cs_address_size (first));
}

/* The same, of an address; an unset one is not known. */
static void
set_address (CsPacket *packet, CsMatchKey key, CsAddress address)
{
  if (cs_address_is_set (address))
    set_network (packet, key, cs_cidr_of_address (address));
}

/* Where a hook has no such interface, it has neither a name nor a number. */
static void
set_interface (CsPacket *packet, gboolean out, const CsSharePlan *share, Side side)
{
  const char *name = cs_flow_name_of (share, side);

  cs_packet_set_name (packet, out ? CS_MATCH_OIFNAME : CS_MATCH_IIFNAME,
                      name ? name : "");
  cs_packet_set_number (packet, out ? CS_MATCH_OIF : CS_MATCH_IIF,
                        (guint32)ifindex_of (share, side), 4);
}

static void
set_interfaces (CsPacket *packet,
                const CsSharePlan *share,
                CsFlow flow,
                const CsFilterChain *base)
{
  gboolean forwarded = base->hook == CS_HOOK_POSTROUTING || base->hook == CS_HOOK_EGRESS;

  set_interface (packet, FALSE, share,
                 cs_flow_has_iif (base) || forwarded ? cs_flow_kinds[flow].from : HOST);
  set_interface (packet, TRUE, share,
                 cs_flow_has_oif (base) ? cs_flow_kinds[flow].to : HOST);
}

static CsAddress
uplink_address (const CsSharePlan *share, int family)
{
  for (guint i = 0; i < share->uplink_addresses->len; i++)
    {
      CsAddress address = g_array_index (share->uplink_addresses, CsCidr, i).address;

      if (address.family == family)
        return address;
    }
  return (CsAddress){ 0 };
}

static const CsAddress search_group = CS_IPV4 (239, 255, 255, 250);

/* Of one end of the flow. A client that asks for an address has none yet. */
static void
set_end (CsPacket *packet,
         CsMatchKey key,
         const CsSharePlan *share,
         CsFlow flow,
         const CsFilterChain *base)
{
  gboolean to = key == CS_MATCH_DADDR;
  Side side = to ? cs_flow_kinds[flow].to : cs_flow_kinds[flow].from;
  Service service = cs_flow_kinds[flow].service;

  if (flow == CS_FLOW_DHCP)
    cs_packet_set_number (packet, key, to ? INADDR_BROADCAST : INADDR_ANY, 4);
  else if (to && cs_flow_kinds[flow].to_group)
    set_address (packet, key, search_group);
  else if (service == SERVERS)
    set_address (packet, key,
                 side == UPLINK ? *cs_flow_find_server (share)
                                : uplink_address (share, AF_INET));
  else if (side == HOST)
    set_address (packet, key, share->address.address);
  else if (side == UPLINK)
    return;
  else if (service == ANY
           && (to ? cs_flow_is_arriving (base) : cs_flow_is_leaving (base)))
    set_address (packet, key, uplink_address (share, AF_INET));
  else
    set_network (packet, key, g_array_index (share->subnets, CsCidr, 0));
}

/* The same of IPv6. What clients send may be masqueraded or not. */
static void
set_end6 (CsPacket *packet, gboolean to, const CsSharePlan *share, CsFlow flow)
{
  static const CsCidr link = { { AF_INET6, { 0xfe, 0x80 } }, 10 };
  static const CsCidr groups = { { AF_INET6, { 0xff, 0x02 } }, 16 };
  CsMatchKey key = to ? CS_MATCH_DADDR6 : CS_MATCH_SADDR6;
  Side side = to ? cs_flow_kinds[flow].to : cs_flow_kinds[flow].from;

  if (to && cs_flow_kinds[flow].to_group)
    set_network (packet, key, groups);
  else if (cs_flow_kinds[flow].service == LINK)
    set_network (packet, key, link);
  else if (side == HOST && cs_share_plan_serves_ipv6 (share))
    set_address (packet, key, g_array_index (share->ipv6.addresses, CsCidr, 0).address);
}

/* dnsmasq asks from any port from 1024 on; clients as they like. */
static void
set_other_port (CsPacket *packet, CsFlow flow)
{
  static const guint8 low[] = { 0x04, 0x00 }, high[] = { 0xff, 0xff };
  CsMatchKey key = cs_flow_is_served (flow) ? CS_MATCH_DPORT : CS_MATCH_SPORT;

  if (cs_flow_kinds[flow].service == DHCP)
    cs_packet_set_number (packet, key, DHCP_CLIENT_PORT, 2);
  else if (cs_flow_kinds[flow].service == SERVERS)
    cs_packet_set (packet, key, low, high, sizeof low);
}

static void
set_ports (CsPacket *packet,
           const CsSharePlan *share,
           CsFlow flow,
           const CsFilterChain *base)
{
  guint port = cs_flow_port_of (share, flow, base);

  if (cs_flow_kinds[flow].protocol != 0)
    cs_packet_set_number (packet, CS_MATCH_L4PROTO, cs_flow_kinds[flow].protocol, 1);
  if (port != 0)
    cs_packet_set_number (
        packet, cs_flow_is_served (flow) ? CS_MATCH_SPORT : CS_MATCH_DPORT, port, 2);
  set_other_port (packet, flow);
}

/* What the kernel makes of the destination, and of the frame. */
static void
set_kind (CsPacket *packet, CsFlow flow, const CsFilterChain *base)
{
  gboolean local
      = cs_flow_kinds[flow].to == HOST
        || ((flow == CS_FLOW_BACK || flow == CS_FLOW_IN) && cs_flow_is_arriving (base));
  gboolean broadcast = flow == CS_FLOW_DHCP, group = cs_flow_kinds[flow].to_group;

  if (flow != CS_FLOW_BACK6 || !cs_flow_is_arriving (base))
    cs_packet_set_number (packet, CS_MATCH_DTYPE,
                          broadcast ? RTN_BROADCAST
                          : group   ? RTN_MULTICAST
                          : local   ? RTN_LOCAL
                                    : RTN_UNICAST,
                          4);
  if (cs_flow_has_iif (base))
    cs_packet_set_number (packet, CS_MATCH_PKTTYPE,
                          broadcast ? PACKET_BROADCAST
                          : group   ? PACKET_MULTICAST
                                    : PACKET_HOST,
                          1);
}

/* Conntrack leaves neighbor discovery alone. */
static guint32
state_of (CsFlow flow, const CsFilterChain *base)
{
  if (is_raw (base))
    return CS_CT_INVALID;
  if (cs_flow_kinds[flow].service == LINK)
    return CS_CT_UNTRACKED;
  return cs_flow_kinds[flow].is_reply ? CS_CT_ESTABLISHED : CS_CT_NEW;
}

void
cs_flow_make_packet (CsPacket *packet,
                     const CsSharePlan *share,
                     CsFlow flow,
                     const CsFilterChain *base)
{
  gboolean ipv6 = cs_flow_kinds[flow].ipv6;

  memset (packet, 0, sizeof *packet);
  cs_packet_set_number (packet, CS_MATCH_NFPROTO, ipv6 ? NFPROTO_IPV6 : NFPROTO_IPV4, 1);
  cs_packet_set_number (packet, CS_MATCH_ETHERTYPE, ipv6 ? ETH_P_IPV6 : ETH_P_IP, 2);
  cs_packet_set_number (packet, CS_MATCH_MARK, 0, 4);
  cs_packet_set_number (packet, CS_MATCH_CT_MARK, 0, 4);
  cs_packet_set_number (packet, CS_MATCH_CGROUP, 0, 4);
  cs_packet_set_number (packet, CS_MATCH_CT_STATE, state_of (flow, base), 4);
  set_interfaces (packet, share, flow, base);
  set_ports (packet, share, flow, base);
  set_kind (packet, flow, base);
  if (cs_flow_kinds[flow].type != 0)
    cs_packet_set_number (packet, CS_MATCH_ICMP6_TYPE, cs_flow_kinds[flow].type, 1);
  if (ipv6)
    {
      set_end6 (packet, FALSE, share, flow);
      set_end6 (packet, TRUE, share, flow);
      return;
    }
  set_end (packet, CS_MATCH_SADDR, share, flow, base);
  set_end (packet, CS_MATCH_DADDR, share, flow, base);
}
