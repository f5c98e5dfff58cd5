/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What blocks a share, in words for people. */
#include "opening.h"

#include <string.h>

static gboolean
has_chain (const CsFirewall *firewall, const char *table, const char *prefix)
{
  for (guint i = 0; i < firewall->chains->len; i++)
    {
      const CsFilterChain *chain = firewall->chains->pdata[i];

      if (g_str_equal (chain->table, table) && g_str_has_prefix (chain->name, prefix))
        return TRUE;
    }
  return FALSE;
}

static gboolean
is_legacy (const CsFilterChain *base)
{
  return g_str_equal (base->table, CS_LEGACY_TABLE);
}

static gboolean
is_iptables (const CsFilterChain *base)
{
  return (g_str_equal (base->table, CS_OPENING_TABLE) || is_legacy (base))
         && (g_str_equal (base->name, "FORWARD") || g_str_equal (base->name, "INPUT"));
}

static gboolean
is_firewalld (const CsFilterChain *base)
{
  return g_str_equal (base->table, CS_FIREWALLD_TABLE);
}

char *
cs_block_owner (const CsBlock *block)
{
  if (is_firewalld (block->base))
    return g_strdup ("firewalld");
  if (!is_iptables (block->base))
    return g_strdup_printf ("nftables (%s)", block->base->table);
  if (has_chain (block->firewall, block->base->table, "ufw-"))
    return g_strdup ("ufw");
  if (has_chain (block->firewall, block->base->table, "DOCKER"))
    return g_strdup ("Docker");
  return g_strdup (is_legacy (block->base) ? "iptables-legacy" : "iptables");
}

static char *
describe_flow (const CsBlock *block, const CsSharePlan *share)
{
  switch (block->flow)
    {
    case CS_FLOW_OUT:
      return g_strdup_printf ("what clients of %s send to %s", share->lan, share->uplink);
    case CS_FLOW_BACK:
      return g_strdup_printf ("the answers from %s to clients of %s", share->uplink,
                              share->lan);
    case CS_FLOW_DHCP:
      return g_strdup_printf ("clients' requests for an address (DHCP) on %s",
                              share->lan);
    case CS_FLOW_ANSWER:
      return g_strdup_printf ("the answers of name servers on %s", share->uplink);
    case CS_FLOW_DNS:
    case CS_FLOW_DNS_TCP:
    case CS_FLOWS:
    default:
      return g_strdup_printf ("clients' questions for names (DNS) on %s", share->lan);
    }
}

char *
cs_block_describe (const CsBlock *block, const CsSharePlan *share)
{
  g_autofree char *flow = describe_flow (block, share);
  g_autofree char *rule
      = block->drop.rule ? cs_filter_rule_to_string (block->drop.rule) : NULL;

  if (!rule)
    return g_strdup_printf ("chain %s of table %s %s %s (its policy)", block->base->name,
                            block->base->table,
                            block->drop.certain ? "drops" : "may drop", flow);
  return g_strdup_printf ("chain %s of table %s %s %s (rule \"%s\")",
                          block->drop.chain->name, block->base->table,
                          block->drop.certain ? "drops" : "may drop", flow, rule);
}

/* iptables(8) for its chains, nft(8) else. */
static void
add_command (GString *out,
             const CsFilterChain *base,
             const char *iptables,
             const char *nft)
{
  if (out->len > 0)
    g_string_append (out, "; ");
  if (is_iptables (base))
    g_string_append_printf (out, "%s -I %s %s -j ACCEPT",
                            is_legacy (base) ? "iptables-legacy" : "iptables", base->name,
                            iptables);
  else
    g_string_append_printf (out, "nft insert rule %s %s %s accept", base->table,
                            base->name, nft);
}

static void
add_forward (GString *out, const CsFilterChain *base, const char *from, const char *to)
{
  g_autofree char *iptables = g_strdup_printf ("-i %s -o %s", from, to);
  g_autofree char *nft = g_strdup_printf ("iifname %s oifname %s", from, to);

  add_command (out, base, iptables, nft);
}

static void
add_input (GString *out,
           const CsFilterChain *base,
           const char *lan,
           const char *protocol,
           guint port)
{
  g_autofree char *iptables
      = g_strdup_printf ("-i %s -p %s --dport %u", lan, protocol, port);
  g_autofree char *nft = g_strdup_printf ("iifname %s %s dport %u", lan, protocol, port);

  add_command (out, base, iptables, nft);
}

char *
cs_block_remedy (const CsBlock *block, const CsSharePlan *share)
{
  GString *out = g_string_new (NULL);

  if (is_firewalld (block->base))
    g_string_append_printf (out, "firewall-cmd --zone=nm-shared --change-interface=%s",
                            share->lan);
  else if (block->base->hook == CS_HOOK_FORWARD)
    {
      add_forward (out, block->base, share->lan, share->uplink);
      add_forward (out, block->base, share->uplink, share->lan);
    }
  else if (block->flow == CS_FLOW_ANSWER)
    {
      g_autofree char *iptables
          = g_strdup_printf ("-i %s -m conntrack --ctstate ESTABLISHED", share->uplink);
      g_autofree char *nft
          = g_strdup_printf ("iifname %s ct state established", share->uplink);

      add_command (out, block->base, iptables, nft);
    }
  else
    {
      add_input (out, block->base, share->lan, "udp", 67);
      add_input (out, block->base, share->lan, "udp", share->dns_port);
      add_input (out, block->base, share->lan, "tcp", share->dns_port);
    }
  return g_string_free (out, FALSE);
}

const char *
cs_block_refusal (const CsBlock *block,
                  const CsSharePlan *share,
                  const CsSnapshot *snapshot)
{
  const CsRefusal *refusal
      = cs_refusals_find (snapshot->refusals, share->lan, block->base->table);

  return refusal ? refusal->words : NULL;
}

/* Whether the plan itself is about to open it, and nobody has refused that. */
static gboolean
is_to_be_opened (const CsBlock *block,
                 const CsSharePlan *share,
                 const CsSnapshot *snapshot)
{
  g_autofree char *missing
      = cs_opening_missing (share, block->firewall, block->base->table);

  if (cs_block_refusal (block, share, snapshot)
      || (is_legacy (block->base) && !snapshot->legacy_tool))
    return FALSE;
  return (is_iptables (block->base) && missing)
         || (is_firewalld (block->base) && share->zone);
}

char **
cs_blocked_by (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) blocks = cs_blocks_find (share, snapshot);
  g_autoptr (GPtrArray) owners = g_ptr_array_new_with_free_func (g_free);

  for (guint i = 0; i < blocks->len; i++)
    {
      const CsBlock *block = &g_array_index (blocks, CsBlock, i);
      g_autofree char *owner = cs_block_owner (block);

      if (block->drop.certain && !is_to_be_opened (block, share, snapshot)
          && !g_ptr_array_find_with_equal_func (owners, owner, g_str_equal, NULL))
        g_ptr_array_add (owners, g_steal_pointer (&owner));
    }
  if (snapshot->legacy && !snapshot->legacy_filter && !snapshot->legacy_tool)
    g_ptr_array_add (owners, g_strdup ("iptables-legacy"));
  if (owners->len == 0)
    return NULL;
  g_ptr_array_add (owners, NULL);
  return (char **)g_ptr_array_free (g_steal_pointer (&owners), FALSE);
}
