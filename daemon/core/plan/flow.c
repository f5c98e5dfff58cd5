/* SPDX-License-Identifier: GPL-2.0-or-later */
/* On its way a packet changes: it gets another port or address by the translations of our
 * own table, an outgoing interface with the decision about its route, and what conntrack
 * knows of it once it has passed there. */
#include "flow.h"

#include "share-ipv6.h"

#include "core/value/firewall-words.h"

#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <linux/netfilter.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define DHCP_CLIENT_PORT 68

/* Where a packet comes from, or goes to. */
typedef enum
{
  HOST,
  LAN,
  UPLINK,
} Side;

/* Whose port it is about. */
typedef enum
{
  ANY,
  DHCP,
  DNS,     /* the share's own name server, at the host */
  PORTS,   /* of who maps ports */
  SEARCH,  /* likewise */
  SERVERS, /* those that it asks, at the uplink */
  LINK,    /* no port: routers and neighbors find each other (RFC 4861) */
} Service;

static const struct
{
  Side from;
  Side to;
  guint8 protocol; /* 0: any */
  Service service;
  gboolean is_reply;
  gboolean ipv6;
  guint8 type;       /* of ICMPv6 */
  gboolean to_group; /* to all on the link */
} flows[] = {
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

static const char *
name_of (const CsSharePlan *share, Side side)
{
  return side == LAN ? share->lan : side == UPLINK ? share->uplink : NULL;
}

static int
ifindex_of (const CsSharePlan *share, Side side)
{
  return side == LAN ? share->lan_ifindex : side == UPLINK ? share->uplink_ifindex : 0;
}

/* Whether it comes from the service, rather than goes there. */
static gboolean
is_served (CsFlow flow)
{
  return flows[flow].from == (flows[flow].service == SERVERS ? UPLINK : HOST);
}

/* --- The way -------------------------------------------------------------------- */

CsHook
cs_flow_hook (CsFlow flow)
{
  return flows[flow].to == HOST     ? CS_HOOK_INPUT
         : flows[flow].from == HOST ? CS_HOOK_OUTPUT
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
  return flows[flow].ipv6;
}

/* Most tables are of one family, the older iptables' of IPv4. */
static gboolean
is_seen_in (CsFlow flow, const char *table)
{
  static const char *const of_ipv4[] = { "ip ", CS_LEGACY_TABLE };

  if (!flows[flow].ipv6)
    return !g_str_has_prefix (table, "ip6 ");
  for (gsize i = 0; i < G_N_ELEMENTS (of_ipv4); i++)
    if (g_str_has_prefix (table, of_ipv4[i]))
      return FALSE;
  return TRUE;
}

gboolean
cs_flow_passes (const CsSharePlan *share, CsFlow flow, const CsFilterChain *base)
{
  Side from = flows[flow].from, to = flows[flow].to;

  if (!is_seen_in (flow, base->table))
    return FALSE;
  switch (base->hook)
    {
    case CS_HOOK_INGRESS:
      return from != HOST && has_device (base, name_of (share, from));
    case CS_HOOK_EGRESS:
      return to != HOST && has_device (base, name_of (share, to));
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

/* No conntrack yet, and nothing translated. */
static gboolean
is_raw (const CsFilterChain *base)
{
  return base->hook == CS_HOOK_INGRESS
         || ((base->hook == CS_HOOK_PREROUTING || base->hook == CS_HOOK_OUTPUT)
             && base->priority < CS_PRIORITY_CONNTRACK);
}

/* Still with the address and port that it has come with. Our own table translates a
 * little before others. */
static gboolean
is_arriving (const CsFilterChain *base)
{
  return base->hook == CS_HOOK_INGRESS
         || (base->hook == CS_HOOK_PREROUTING && base->priority < CS_PRIORITY_DNAT);
}

/* With those with which it goes. */
static gboolean
is_leaving (const CsFilterChain *base)
{
  return base->hook == CS_HOOK_EGRESS
         || (base->hook == CS_HOOK_POSTROUTING && base->priority > CS_PRIORITY_SNAT);
}

static gboolean
has_iif (const CsFilterChain *base)
{
  return base->hook <= CS_HOOK_FORWARD;
}

static gboolean
has_oif (const CsFilterChain *base)
{
  return base->hook >= CS_HOOK_FORWARD;
}

/* Of the service; @base is nullable: on the main hook. */
static guint
port_of (const CsSharePlan *share, CsFlow flow, const CsFilterChain *base)
{
  switch (flows[flow].service)
    {
    case DHCP:
      return CS_DHCP_PORT;
    case DNS:
      return base && (is_arriving (base) || is_leaving (base)) ? CS_DNS_PORT
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

/* We open other filters for IPv4 only, and not for what this computer says to itself. */
static gboolean
is_beyond_uplink (const CsAddress *server)
{
  return server->family == AF_INET && !cs_address_is_loopback (*server);
}

/* The first of them; NULL: there is none. */
static const CsAddress *
find_server (const CsSharePlan *share)
{
  for (guint i = 0; i < share->dns->len; i++)
    {
      const CsAddress *server = &g_array_index (share->dns, CsAddress, i);

      if (is_beyond_uplink (server))
        return server;
    }
  return NULL;
}

/* Whether the share has both ends of the flow. */
static gboolean
has_ends (const CsSharePlan *share, CsFlow flow)
{
  if (flows[flow].service == DHCP || flows[flow].service == DNS)
    return share->dns_port != 0;
  if (flows[flow].service == PORTS || flows[flow].service == SEARCH)
    return share->upnp;
  if (flows[flow].service == LINK)
    return share->lan_method != CS_LAN_METHOD_KEEP;
  return share->uplink && (flows[flow].service != SERVERS || find_server (share));
}

gboolean
cs_flow_would_exist6 (const CsSharePlan *share, CsFlow flow)
{
  return flows[flow].ipv6 && flow != CS_FLOW_IN6 && cs_share_plan_guards (share)
         && has_ends (share, flow);
}

/* By a port mapping. */
static gboolean
is_mapped (const CsSharePlan *share, CsFlow flow)
{
  g_autoptr (GArray) own = NULL;

  if (!cs_share_plan_maps (share))
    return FALSE;
  if (!flows[flow].ipv6)
    return share->subnets->len > 0;
  own = cs_share_plan_own_sources6 (share);
  return own->len > 0 && !share->ipv6.blocked;
}

gboolean
cs_flow_exists (const CsSharePlan *share, CsFlow flow)
{
  if (flow == CS_FLOW_IN || flow == CS_FLOW_IN6)
    return is_mapped (share, flow);
  if (flows[flow].ipv6)
    return cs_flow_would_exist6 (share, flow) && !share->ipv6.blocked
           && (flows[flow].service == ANY ? cs_share_plan_forwards_ipv6 (share)
                                          : cs_share_plan_has_ipv6 (share));
  return cs_share_plan_guards (share) && has_ends (share, flow)
         && (share->subnets->len > 0 || flows[flow].service == SERVERS);
}

/* --- Accepts -------------------------------------------------------------------- */

/* One for each server, by address. */
static void
add_for_servers (GArray *accepts, const CsSharePlan *share, CsFlow flow, CsAccept accept)
{
  for (guint i = 0; i < share->dns->len; i++)
    {
      CsAddress server = g_array_index (share->dns, CsAddress, i);

      if (!is_beyond_uplink (&server))
        continue;
      if (is_served (flow))
        accept.source = server;
      else
        accept.destination = server;
      g_array_append_val (accepts, accept);
    }
}

/* One for all types: what else there is of ICMPv6 is of the link as well, or tells of
 * errors. */
static gboolean
has_accept_of_link (const GArray *accepts, const CsAccept *accept)
{
  for (guint i = 0; i < accepts->len; i++)
    {
      const CsAccept *other = &g_array_index (accepts, CsAccept, i);

      if (g_strcmp0 (other->protocol, accept->protocol) == 0
          && g_str_equal (other->chain, accept->chain))
        return TRUE;
    }
  return FALSE;
}

void
cs_accepts_add (GArray *accepts,
                const CsSharePlan *share,
                CsFlow flow,
                const CsFilterChain *base)
{
  const CsFilterChain main = { .hook = cs_flow_hook (flow) };
  const CsFilterChain *on = base ? base : &main;
  guint port = port_of (share, flow, on);
  CsAccept accept = {
    .chain = base ? base->name : cs_flow_chain (flow),
    .iif = has_iif (on) ? name_of (share, flows[flow].from) : NULL,
    .oif = has_oif (on) ? name_of (share, flows[flow].to) : NULL,
    .protocol = flows[flow].protocol == IPPROTO_UDP      ? "udp"
                : flows[flow].protocol == IPPROTO_TCP    ? "tcp"
                : flows[flow].protocol == IPPROTO_ICMPV6 ? "ipv6-icmp"
                                                         : NULL,
  };

  if (!has_ends (share, flow))
    return;
  if (is_served (flow))
    accept.source_port = port;
  else
    accept.port = port;
  if (flows[flow].service == SERVERS)
    add_for_servers (accepts, share, flow, accept);
  else if (flows[flow].service != LINK || !has_accept_of_link (accepts, &accept))
    g_array_append_val (accepts, accept);
}

char *
cs_accept_to_nft (const CsAccept *accept)
{
  GString *out = g_string_new (NULL);
  g_autofree char *source = cs_address_to_string (accept->source);
  g_autofree char *destination = cs_address_to_string (accept->destination);

  if (accept->iif)
    g_string_append_printf (out, " iifname \"%s\"", accept->iif);
  if (accept->oif)
    g_string_append_printf (out, " oifname \"%s\"", accept->oif);
  if (source[0] != '\0')
    g_string_append_printf (out, " ip saddr %s", source);
  if (destination[0] != '\0')
    g_string_append_printf (out, " ip daddr %s", destination);
  if (g_strcmp0 (accept->protocol, "ipv6-icmp") == 0)
    g_string_append (out, " " CS_ICMPV6_WORDS);
  else if (accept->protocol)
    g_string_append_printf (out, " %s", accept->protocol);
  if (accept->source_port)
    g_string_append_printf (out, " sport %u", accept->source_port);
  if (accept->port)
    g_string_append_printf (out, " dport %u", accept->port);
  if (accept->established)
    g_string_append (out, " ct state established");
  g_string_erase (out, 0, 1);
  return g_string_free (out, FALSE);
}

char *
cs_accept_to_iptables (const CsAccept *accept, gboolean saved)
{
  GString *out = g_string_new (NULL);
  g_autofree char *source = cs_address_to_string (accept->source);
  g_autofree char *destination = cs_address_to_string (accept->destination);

  if (source[0] != '\0')
    g_string_append_printf (out, " -s %s/32", source);
  if (destination[0] != '\0')
    g_string_append_printf (out, " -d %s/32", destination);
  if (accept->iif)
    g_string_append_printf (out, " -i %s", accept->iif);
  if (accept->oif)
    g_string_append_printf (out, " -o %s", accept->oif);
  if (accept->protocol)
    g_string_append_printf (out, " -p %s", accept->protocol);
  if (accept->protocol && saved)
    g_string_append_printf (out, " -m %s", accept->protocol);
  if (accept->source_port)
    g_string_append_printf (out, " --sport %u", accept->source_port);
  if (accept->port)
    g_string_append_printf (out, " --dport %u", accept->port);
  if (accept->established)
    g_string_append (out, " -m conntrack --ctstate ESTABLISHED");
  g_string_erase (out, 0, 1);
  return g_string_free (out, FALSE);
}

/* --- Packets -------------------------------------------------------------------- */

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
  const char *name = name_of (share, side);

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
                 has_iif (base) || forwarded ? flows[flow].from : HOST);
  set_interface (packet, TRUE, share, has_oif (base) ? flows[flow].to : HOST);
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
  Side side = to ? flows[flow].to : flows[flow].from;
  Service service = flows[flow].service;

  if (flow == CS_FLOW_DHCP)
    cs_packet_set_number (packet, key, to ? INADDR_BROADCAST : INADDR_ANY, 4);
  else if (to && flows[flow].to_group)
    set_address (packet, key, search_group);
  else if (service == SERVERS)
    set_address (packet, key,
                 side == UPLINK ? *find_server (share) : uplink_address (share, AF_INET));
  else if (side == HOST)
    set_address (packet, key, share->address.address);
  else if (side == UPLINK)
    return;
  else if (service == ANY && (to ? is_arriving (base) : is_leaving (base)))
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
  Side side = to ? flows[flow].to : flows[flow].from;

  if (to && flows[flow].to_group)
    set_network (packet, key, groups);
  else if (flows[flow].service == LINK)
    set_network (packet, key, link);
  else if (side == HOST && cs_share_plan_serves_ipv6 (share))
    set_address (packet, key, g_array_index (share->ipv6.addresses, CsCidr, 0).address);
}

/* dnsmasq asks from any port from 1024 on; clients as they like. */
static void
set_other_port (CsPacket *packet, CsFlow flow)
{
  static const guint8 low[] = { 0x04, 0x00 }, high[] = { 0xff, 0xff };
  CsMatchKey key = is_served (flow) ? CS_MATCH_DPORT : CS_MATCH_SPORT;

  if (flows[flow].service == DHCP)
    cs_packet_set_number (packet, key, DHCP_CLIENT_PORT, 2);
  else if (flows[flow].service == SERVERS)
    cs_packet_set (packet, key, low, high, sizeof low);
}

static void
set_ports (CsPacket *packet,
           const CsSharePlan *share,
           CsFlow flow,
           const CsFilterChain *base)
{
  guint port = port_of (share, flow, base);

  if (flows[flow].protocol != 0)
    cs_packet_set_number (packet, CS_MATCH_L4PROTO, flows[flow].protocol, 1);
  if (port != 0)
    cs_packet_set_number (packet, is_served (flow) ? CS_MATCH_SPORT : CS_MATCH_DPORT,
                          port, 2);
  set_other_port (packet, flow);
}

/* What the kernel makes of the destination, and of the frame. */
static void
set_kind (CsPacket *packet, CsFlow flow, const CsFilterChain *base)
{
  gboolean local
      = flows[flow].to == HOST
        || ((flow == CS_FLOW_BACK || flow == CS_FLOW_IN) && is_arriving (base));
  gboolean broadcast = flow == CS_FLOW_DHCP, group = flows[flow].to_group;

  if (flow != CS_FLOW_BACK6 || !is_arriving (base))
    cs_packet_set_number (packet, CS_MATCH_DTYPE,
                          broadcast ? RTN_BROADCAST
                          : group   ? RTN_MULTICAST
                          : local   ? RTN_LOCAL
                                    : RTN_UNICAST,
                          4);
  if (has_iif (base))
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
  if (flows[flow].service == LINK)
    return CS_CT_UNTRACKED;
  return flows[flow].is_reply ? CS_CT_ESTABLISHED : CS_CT_NEW;
}

void
cs_flow_make_packet (CsPacket *packet,
                     const CsSharePlan *share,
                     CsFlow flow,
                     const CsFilterChain *base)
{
  gboolean ipv6 = flows[flow].ipv6;

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
  if (flows[flow].type != 0)
    cs_packet_set_number (packet, CS_MATCH_ICMP6_TYPE, flows[flow].type, 1);
  if (ipv6)
    {
      set_end6 (packet, FALSE, share, flow);
      set_end6 (packet, TRUE, share, flow);
      return;
    }
  set_end (packet, CS_MATCH_SADDR, share, flow, base);
  set_end (packet, CS_MATCH_DADDR, share, flow, base);
}
