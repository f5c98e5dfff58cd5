/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet of each kind that a share lives by is sent, in thought, through the chains of
 * others. */
#include "flow.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

static void
set_addresses (CsPacket *packet, CsMatchKey key, CsCidr network)
{
  guint32 mask = network.prefix ? G_MAXUINT32 << (32 - network.prefix) : 0;
  guint32 low = GUINT32_TO_BE (network.address & mask);
  guint32 high = GUINT32_TO_BE (network.address | ~mask);

  cs_packet_set (packet, key, &low, &high, sizeof low);
}

static void
set_interfaces (CsPacket *packet, const CsSharePlan *share, gboolean back)
{
  CsMatchKey lan_name = back ? CS_MATCH_OIFNAME : CS_MATCH_IIFNAME;
  CsMatchKey lan = back ? CS_MATCH_OIF : CS_MATCH_IIF;
  CsMatchKey uplink_name = back ? CS_MATCH_IIFNAME : CS_MATCH_OIFNAME;
  CsMatchKey uplink = back ? CS_MATCH_IIF : CS_MATCH_OIF;

  cs_packet_set_name (packet, lan_name, share->lan);
  cs_packet_set_number (packet, lan, (guint32)share->lan_ifindex, 4);
  cs_packet_set_name (packet, uplink_name, share->uplink);
  cs_packet_set_number (packet, uplink, (guint32)share->uplink_ifindex, 4);
}

static void
set_question (CsPacket *packet, const CsSharePlan *share, guint8 protocol, guint port)
{
  cs_packet_set_name (packet, CS_MATCH_IIFNAME, share->lan);
  cs_packet_set_number (packet, CS_MATCH_IIF, (guint32)share->lan_ifindex, 4);
  cs_packet_set_number (packet, CS_MATCH_L4PROTO, protocol, 1);
  cs_packet_set_number (packet, CS_MATCH_DPORT, port, 2);
}

static void
set_forwarded (CsPacket *packet, const CsSharePlan *share, gboolean back)
{
  set_interfaces (packet, share, back);
  set_addresses (packet, back ? CS_MATCH_DADDR : CS_MATCH_SADDR,
                 g_array_index (share->subnets, CsCidr, 0));
}

static void
set_answer (CsPacket *packet, const CsSharePlan *share)
{
  guint32 server = 0;

  cs_ipv4_parse (share->dns[0], &server);
  cs_packet_set_name (packet, CS_MATCH_IIFNAME, share->uplink);
  cs_packet_set_number (packet, CS_MATCH_IIF, (guint32)share->uplink_ifindex, 4);
  cs_packet_set_number (packet, CS_MATCH_SADDR, server, 4);
  cs_packet_set_number (packet, CS_MATCH_L4PROTO, IPPROTO_UDP, 1);
  cs_packet_set_number (packet, CS_MATCH_SPORT, CS_DNS_PORT, 2);
}

static gboolean
has_flow (const CsSharePlan *share, CsFlow flow)
{
  if (flow == CS_FLOW_OUT || flow == CS_FLOW_BACK)
    return share->uplink && share->subnets->len > 0;
  if (flow == CS_FLOW_ANSWER)
    return share->uplink && share->dns && share->dns[0];
  return share->dns_port != 0 && share->subnets->len > 0;
}

static void
make_packet (CsPacket *packet, const CsSharePlan *share, CsFlow flow)
{
  gboolean is_answer = flow == CS_FLOW_BACK || flow == CS_FLOW_ANSWER;

  memset (packet, 0, sizeof *packet);
  cs_packet_set_number (packet, CS_MATCH_NFPROTO, NFPROTO_IPV4, 1);
  cs_packet_set_number (packet, CS_MATCH_CT_STATE,
                        is_answer ? CS_CT_ESTABLISHED : CS_CT_NEW, 4);
  if (flow == CS_FLOW_OUT || flow == CS_FLOW_BACK)
    set_forwarded (packet, share, flow == CS_FLOW_BACK);
  else if (flow == CS_FLOW_ANSWER)
    set_answer (packet, share);
  else if (flow == CS_FLOW_DHCP)
    {
      set_question (packet, share, IPPROTO_UDP, CS_DHCP_PORT);
      cs_packet_set_number (packet, CS_MATCH_SADDR, INADDR_ANY, 4);
      cs_packet_set_number (packet, CS_MATCH_DADDR, INADDR_BROADCAST, 4);
    }
  else
    {
      set_question (packet, share, flow == CS_FLOW_DNS ? IPPROTO_UDP : IPPROTO_TCP,
                    share->dns_port);
      set_addresses (packet, CS_MATCH_SADDR, g_array_index (share->subnets, CsCidr, 0));
      cs_packet_set_number (packet, CS_MATCH_DADDR, share->address.address, 4);
    }
}

static CsHook
hook_of (CsFlow flow)
{
  return flow == CS_FLOW_OUT || flow == CS_FLOW_BACK ? CS_HOOK_FORWARD : CS_HOOK_INPUT;
}

gboolean
cs_block_find (const CsSharePlan *share,
               const CsFirewall *firewall,
               const CsFilterChain *base,
               gboolean without_ours,
               CsFlow first,
               CsFlow last,
               CsBlock *block)
{
  for (int flow = first; flow <= (int)last; flow++)
    {
      CsPacket packet;

      if (hook_of (flow) != base->hook || !has_flow (share, flow))
        continue;
      make_packet (&packet, share, flow);
      if (!cs_firewall_drops (firewall, base, &packet, without_ours, &block->drop))
        continue;
      block->firewall = firewall;
      block->base = base;
      block->flow = flow;
      return TRUE;
    }
  return FALSE;
}

gboolean
cs_block_find_any (const CsSharePlan *share,
                   const CsFirewall *firewall,
                   const CsFilterChain *base,
                   CsBlock *block)
{
  return cs_block_find (share, firewall, base, FALSE, CS_FLOW_OUT, CS_FLOW_ANSWER, block);
}

GArray *
cs_blocks_find (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  const CsFirewall *const firewalls[] = { snapshot->firewall, snapshot->legacy_filter };
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (CsBlock));
  CsBlock block;

  for (gsize i = 0; i < G_N_ELEMENTS (firewalls); i++)
    for (guint k = 0; firewalls[i] && k < firewalls[i]->chains->len; k++)
      if (cs_block_find_any (share, firewalls[i], firewalls[i]->chains->pdata[k], &block))
        g_array_append_val (blocks, block);
  return blocks;
}
