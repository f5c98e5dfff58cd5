/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet of each kind is sent, in thought, through the chains of others; where one
 * ends, accepts are wanted. Without our own accepts, so that the answer does not depend
 * on whether they are there already. */
#include "opening.h"

#include <netinet/in.h>
#include <linux/netfilter.h>
#include <string.h>

#define FORWARD     "FORWARD"
#define INPUT       "INPUT"
#define DOCKER_USER "DOCKER-USER"

#define DHCP_PORT 67

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

/* A packet of @flow; FALSE if the share has no such now. */
static gboolean
make_packet (CsPacket *packet, const CsSharePlan *share, CsFlow flow)
{
  gboolean forwarded = flow == CS_FLOW_OUT || flow == CS_FLOW_BACK;
  guint32 state = flow == CS_FLOW_BACK ? CS_CT_ESTABLISHED : CS_CT_NEW;

  memset (packet, 0, sizeof *packet);
  if (share->subnets->len == 0 || (forwarded ? !share->uplink : !share->dns_port))
    return FALSE;
  cs_packet_set_number (packet, CS_MATCH_NFPROTO, NFPROTO_IPV4, 1);
  cs_packet_set_number (packet, CS_MATCH_CT_STATE, state, 4);
  if (flow == CS_FLOW_DHCP)
    {
      set_question (packet, share, IPPROTO_UDP, DHCP_PORT);
      cs_packet_set_number (packet, CS_MATCH_SADDR, INADDR_ANY, 4);
      cs_packet_set_number (packet, CS_MATCH_DADDR, INADDR_BROADCAST, 4);
      return TRUE;
    }
  set_addresses (packet, flow == CS_FLOW_BACK ? CS_MATCH_DADDR : CS_MATCH_SADDR,
                 g_array_index (share->subnets, CsCidr, 0));
  if (forwarded)
    set_interfaces (packet, share, flow == CS_FLOW_BACK);
  else
    {
      set_question (packet, share, flow == CS_FLOW_DNS ? IPPROTO_UDP : IPPROTO_TCP,
                    share->dns_port);
      cs_packet_set_number (packet, CS_MATCH_DADDR, share->address.address, 4);
    }
  return TRUE;
}

static CsHook
hook_of (CsFlow flow)
{
  return flow == CS_FLOW_OUT || flow == CS_FLOW_BACK ? CS_HOOK_FORWARD : CS_HOOK_INPUT;
}

/* Whether @base drops any of what passes its hook; if so, which and how. */
static gboolean
find_block (const CsSharePlan *share,
            const CsFirewall *firewall,
            const CsFilterChain *base,
            gboolean without_ours,
            CsBlock *block)
{
  for (int flow = CS_FLOW_OUT; flow < CS_FLOWS; flow++)
    {
      CsPacket packet;

      if (hook_of (flow) != base->hook || !make_packet (&packet, share, flow)
          || !cs_firewall_drops (firewall, base, &packet, without_ours, &block->drop))
        continue;
      block->base = base;
      block->flow = flow;
      return TRUE;
    }
  return FALSE;
}

/* Docker puts the jump to that chain above all of its own, at each of its starts. */
static gboolean
leads_to_docker_user (const CsFilterChain *forward)
{
  for (guint i = 0; i < forward->rules->len; i++)
    {
      const CsFilterRule *rule = forward->rules->pdata[i];

      if (rule->verdict == CS_VERDICT_JUMP && g_str_equal (rule->target, DOCKER_USER))
        return TRUE;
    }
  return FALSE;
}

/* The chain that gets the accepts for what @base drops. */
static const char *
chain_for (const CsFirewall *firewall, const CsFilterChain *base)
{
  if (base->hook == CS_HOOK_INPUT)
    return INPUT;
  return leads_to_docker_user (base)
                 && cs_firewall_find (firewall, CS_OPENING_TABLE, DOCKER_USER)
             ? DOCKER_USER
             : FORWARD;
}

static void
choose_chains (CsSharePlan *share, const CsFirewall *firewall)
{
  GPtrArray *open = g_ptr_array_new ();
  CsBlock block;

  for (guint i = 0; i < firewall->chains->len; i++)
    {
      const CsFilterChain *base = firewall->chains->pdata[i];

      if (g_str_equal (base->table, CS_OPENING_TABLE)
          && g_str_equal (base->name, base->hook == CS_HOOK_INPUT ? INPUT : FORWARD)
          && find_block (share, firewall, base, TRUE, &block))
        g_ptr_array_add (open, g_strdup (chain_for (firewall, base)));
    }
  if (open->len > 0)
    g_ptr_array_add (open, NULL);
  share->open = (char **)g_ptr_array_free (open, FALSE);
}

static gboolean
firewalld_drops (const CsSharePlan *share, const CsFirewall *firewall)
{
  CsBlock block;

  for (guint i = 0; firewall && i < firewall->chains->len; i++)
    {
      const CsFilterChain *base = firewall->chains->pdata[i];

      if (g_str_equal (base->table, "inet firewalld")
          && find_block (share, firewall, base, FALSE, &block))
        return TRUE;
    }
  return FALSE;
}

/* Once it is ours it stays so, as in that zone nothing is dropped that would tell. */
static void
choose_zone (CsSharePlan *share, const CsSharePlan *before, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);

  if (!snapshot->firewalld || !lan)
    return;
  if (before && before->zone && before->lan_ifindex == share->lan_ifindex)
    {
      share->zone = g_strdup (before->zone);
      share->found_zone = g_strdup (before->found_zone);
    }
  else if (firewalld_drops (share, snapshot->firewall))
    {
      share->zone = g_strdup (CS_FIREWALLD_ZONE);
      share->found_zone = g_strdup (lan->zone);
    }
}

void
cs_opening_choose (CsSharePlan *share,
                   const CsSharePlan *before,
                   const CsSnapshot *snapshot)
{
  if (snapshot->firewall)
    choose_chains (share, snapshot->firewall);
  choose_zone (share, before, snapshot);
}

gboolean
cs_opening_zone_is_lost (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);

  return share->zone && snapshot->firewalld && lan
         && g_strcmp0 (lan->zone, share->zone) != 0
         && firewalld_drops (share, snapshot->firewall);
}

gboolean
cs_opening_is_valid (char **chains)
{
  static const char *const names[] = { FORWARD, INPUT, DOCKER_USER, NULL };

  for (; chains && *chains; chains++)
    if (!g_strv_contains (names, *chains))
      return FALSE;
  return TRUE;
}

static void
add_forward_rule (GPtrArray *rules, const char *from, const char *to)
{
  g_ptr_array_add (rules,
                   g_strdup_printf ("iifname \"%s\" oifname \"%s\" accept", from, to));
}

static void
add_input_rule (GPtrArray *rules, const char *lan, const char *protocol, guint port)
{
  g_ptr_array_add (
      rules, g_strdup_printf ("iifname \"%s\" %s dport %u accept", lan, protocol, port));
}

char **
cs_opening_rules (const CsSharePlan *share, const char *chain)
{
  GPtrArray *rules = g_ptr_array_new ();
  gboolean wanted
      = share->open && g_strv_contains ((const char *const *)share->open, chain);

  if (wanted && g_str_equal (chain, INPUT))
    {
      add_input_rule (rules, share->lan, "udp", DHCP_PORT);
      add_input_rule (rules, share->lan, "udp", share->dns_port);
      add_input_rule (rules, share->lan, "tcp", share->dns_port);
    }
  else if (wanted && share->uplink)
    {
      add_forward_rule (rules, share->lan, share->uplink);
      add_forward_rule (rules, share->uplink, share->lan);
    }
  g_ptr_array_add (rules, NULL);
  return (char **)g_ptr_array_free (rules, FALSE);
}

static gboolean
has_ours (const CsFilterChain *chain, const char *wanted)
{
  for (guint i = 0; i < chain->rules->len; i++)
    {
      const CsFilterRule *rule = chain->rules->pdata[i];
      g_autofree char *text = rule->ours ? cs_filter_rule_to_string (rule) : NULL;

      if (text && g_str_equal (text, wanted))
        return TRUE;
    }
  return FALSE;
}

char *
cs_opening_missing (const CsSharePlan *share, const CsFirewall *firewall)
{
  for (char **name = firewall ? share->open : NULL; name && *name; name++)
    {
      const CsFilterChain *chain = cs_firewall_find (firewall, CS_OPENING_TABLE, *name);
      g_auto (GStrv) rules = cs_opening_rules (share, *name);

      for (guint i = 0; chain && rules[i]; i++)
        if (!has_ours (chain, rules[i]))
          return g_strdup_printf ("%s: %s", *name, rules[i]);
    }
  return NULL;
}

GArray *
cs_blocks_find (const CsSharePlan *share, const CsFirewall *firewall)
{
  GArray *blocks = g_array_new (FALSE, FALSE, sizeof (CsBlock));
  CsBlock block;

  for (guint i = 0; firewall && i < firewall->chains->len; i++)
    if (find_block (share, firewall, firewall->chains->pdata[i], FALSE, &block))
      g_array_append_val (blocks, block);
  return blocks;
}
