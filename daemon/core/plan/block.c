/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Sends, in thought, a packet of each kind that a share lives by past the chains of
 * others on all hooks, and describes what drops it in words for people. */
#include "block.h"

#include "accept.h"
#include "flow-packet.h"

#include "core/value/firewall-words.h"

/* One walk past all chains. */
typedef struct
{
  const CsSharePlan *share;
  gboolean without_ours;
  GArray *blocks; /* (owned) of CsBlock: one for each base chain, in order */
  gboolean ct_mark_known;
} Walk;

static void
add_chains (GArray *blocks, const CsFirewall *firewall)
{
  for (guint i = 0; firewall && i < firewall->chains->len; i++)
    {
      CsBlock block = { .firewall = firewall, .base = firewall->chains->pdata[i] };

      if (block.base->hook != CS_HOOK_NONE)
        g_array_append_val (blocks, block);
    }
}

static int
compare_chains (gconstpointer a, gconstpointer b)
{
  const CsFilterChain *first = ((const CsBlock *)a)->base;
  const CsFilterChain *second = ((const CsBlock *)b)->base;

  if (first->hook != second->hook)
    return first->hook < second->hook ? -1 : 1;
  return (first->priority > second->priority) - (first->priority < second->priority);
}

static void
note_drop (CsBlock *block, CsFlow flow, const CsDrop *drop)
{
  if (block->flows == 0 || (drop->certain && !block->drop.certain))
    {
      block->flow = flow;
      block->drop = *drop;
    }
  block->flows |= CS_FLOW_BIT (flow);
  if (drop->certain)
    block->certain |= CS_FLOW_BIT (flow);
}

/* Past all chains, even if one drops it: the others may as well. What a rule has made of
 * its marks, the next one sees; and what of its flow's, the replies. */
static void
send_packet (Walk *walk, CsFlow flow)
{
  gboolean mark_known = TRUE;

  for (guint i = 0; i < walk->blocks->len; i++)
    {
      CsBlock *block = &g_array_index (walk->blocks, CsBlock, i);
      CsPacket packet;
      CsDrop drop;

      if (!cs_flow_passes (walk->share, flow, block->base))
        continue;
      cs_flow_make_packet (&packet, walk->share, flow, block->base);
      packet.known[CS_MATCH_MARK] = mark_known;
      packet.known[CS_MATCH_CT_MARK] = walk->ct_mark_known;
      if (cs_firewall_drops (block->firewall, block->base, &packet, walk->without_ours,
                             &drop))
        note_drop (block, flow, &drop);
      mark_known = packet.known[CS_MATCH_MARK];
      walk->ct_mark_known = packet.known[CS_MATCH_CT_MARK];
    }
}

/* What would be dropped of this alone is no block: few name servers are ever asked by
 * TCP, and few clients ask for ports by IPv6, which is not given up for that. */
static gboolean
is_spare (CsFlow flow)
{
  return flow == CS_FLOW_QUESTION_TCP || flow == CS_FLOW_ANSWER_TCP
         || flow == CS_FLOW_PORTS6 || flow == CS_FLOW_GRANT6;
}

static GArray *
find_blocks (const CsSharePlan *share,
             const CsSnapshot *snapshot,
             gboolean without_ours,
             gboolean (*is_sent) (const CsSharePlan *share, CsFlow flow))
{
  Walk walk = { .share = share, .without_ours = without_ours, .ct_mark_known = TRUE };

  walk.blocks = g_array_new (FALSE, TRUE, sizeof (CsBlock));
  add_chains (walk.blocks, snapshot->firewall);
  add_chains (walk.blocks, snapshot->legacy_filter);
  g_array_sort (walk.blocks, compare_chains);
  for (int flow = 0; flow < CS_FLOWS; flow++)
    {
      if (flow == CS_FLOW_OUT6)
        walk.ct_mark_known = TRUE;
      if (!is_spare (flow) && is_sent (share, flow))
        send_packet (&walk, flow);
    }
  for (guint i = walk.blocks->len; i-- > 0;)
    if (g_array_index (walk.blocks, CsBlock, i).flows == 0)
      g_array_remove_index (walk.blocks, i);
  return walk.blocks;
}

GArray *
cs_blocks_find (const CsSharePlan *share,
                const CsSnapshot *snapshot,
                gboolean without_ours)
{
  return find_blocks (share, snapshot, without_ours, cs_flow_exists);
}

GArray *
cs_blocks_find6 (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  return find_blocks (share, snapshot, FALSE, cs_flow_would_exist6);
}

gboolean
cs_block_has (const CsBlock *block, CsFlow first, CsFlow last)
{
  for (int flow = first; flow <= (int)last; flow++)
    if ((block->flows & CS_FLOW_BIT (flow)) != 0)
      return TRUE;
  return FALSE;
}

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
is_legacy (const CsBlock *block)
{
  return g_str_has_prefix (block->base->table, CS_LEGACY_TABLE);
}

/* The table as iptables(8) calls it; NULL: it is none of those. */
static const char *
iptables_table (const CsBlock *block)
{
  static const char *const tables[][2] = {
    { CS_OPENING_TABLE, "filter" },
    { CS_LEGACY_TABLE, "filter" },
    { "ip raw", "raw" },
    { CS_LEGACY_TABLE " raw", "raw" },
    { "ip mangle", "mangle" },
    { CS_LEGACY_TABLE " mangle", "mangle" },
    { "ip security", "security" },
    { CS_OPENING_TABLE6, "filter" },
    { "ip6 raw", "raw" },
    { "ip6 mangle", "mangle" },
    { "ip6 security", "security" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (tables); i++)
    if (g_str_equal (block->base->table, tables[i][0]))
      return tables[i][1];
  return NULL;
}

/* ... and its program. */
static const char *
iptables_program (const CsBlock *block)
{
  return is_legacy (block)                               ? "iptables-legacy"
         : g_str_has_prefix (block->base->table, "ip6 ") ? "ip6tables"
                                                         : "iptables";
}

gboolean
cs_block_is_iptables (const CsBlock *block)
{
  static const char *const chains[]
      = { "PREROUTING", "INPUT", "FORWARD", "OUTPUT", "POSTROUTING", NULL };

  return iptables_table (block) && g_strv_contains (chains, block->base->name);
}

gboolean
cs_block_is_shared (const CsBlock *block)
{
  return cs_block_is_iptables (block) && g_str_equal (iptables_table (block), "filter");
}

gboolean
cs_block_is_firewalld (const CsBlock *block)
{
  return g_str_equal (block->base->table, CS_FIREWALLD_TABLE);
}

gboolean
cs_block_is_for_zone (const CsBlock *block)
{
  return cs_block_is_firewalld (block)
         && (block->base->hook == CS_HOOK_INPUT || block->base->hook == CS_HOOK_FORWARD);
}

char *
cs_block_owner (const CsBlock *block)
{
  if (cs_block_is_firewalld (block))
    return g_strdup ("firewalld");
  if (!cs_block_is_iptables (block))
    return g_strdup_printf ("nftables (%s)", block->base->table);
  if (has_chain (block->firewall, block->base->table, "ufw-")
      || has_chain (block->firewall, block->base->table, "ufw6-"))
    return g_strdup ("ufw");
  if (has_chain (block->firewall, block->base->table, "DOCKER"))
    return g_strdup ("Docker");
  return g_strdup (is_legacy (block) ? "iptables-legacy" : "iptables");
}

static char *
describe_flow (const CsBlock *block, const CsSharePlan *share)
{
  switch (block->flow)
    {
    case CS_FLOW_OUT:
      return g_strdup_printf ("what clients of %s send to %s", share->lan, share->uplink);
    case CS_FLOW_BACK:
      return g_strdup_printf ("replies from %s to clients of %s", share->uplink,
                              share->lan);
    case CS_FLOW_IN:
      return g_strdup_printf ("what %s lets in for port mappings of %s", share->uplink,
                              share->lan);
    case CS_FLOW_IN6:
      return g_strdup_printf ("what %s lets in for port mappings of %s by IPv6",
                              share->uplink, share->lan);
    case CS_FLOW_DHCP:
      return g_strdup_printf ("clients' requests for an address (DHCP) on %s",
                              share->lan);
    case CS_FLOW_OFFER:
      return g_strdup_printf ("addresses that clients are offered (DHCP) on %s",
                              share->lan);
    case CS_FLOW_REPLY:
    case CS_FLOW_REPLY_TCP:
      return g_strdup_printf ("replies to clients' DNS queries on %s", share->lan);
    case CS_FLOW_PORTS:
    case CS_FLOW_PORTS_TCP:
    case CS_FLOW_SEARCH:
    case CS_FLOW_PORTS6:
      return g_strdup_printf ("clients' requests for port mappings on %s", share->lan);
    case CS_FLOW_GRANT:
    case CS_FLOW_GRANT_TCP:
    case CS_FLOW_RESULT:
    case CS_FLOW_GRANT6:
      return g_strdup_printf ("replies to clients' requests for port mappings on %s",
                              share->lan);
    case CS_FLOW_QUESTION:
    case CS_FLOW_QUESTION_TCP:
      return g_strdup_printf ("queries to name servers on %s", share->uplink);
    case CS_FLOW_ANSWER:
    case CS_FLOW_ANSWER_TCP:
      return g_strdup_printf ("replies of name servers on %s", share->uplink);
    case CS_FLOW_OUT6:
      return g_strdup_printf ("what clients of %s send to %s by IPv6", share->lan,
                              share->uplink);
    case CS_FLOW_BACK6:
      return g_strdup_printf ("replies from %s to clients of %s by IPv6", share->uplink,
                              share->lan);
    case CS_FLOW_SOLICIT6:
      return g_strdup_printf ("clients' requests for an IPv6 router on %s", share->lan);
    case CS_FLOW_NEIGHBOR6:
      return g_strdup_printf ("clients' IPv6 neighbor discovery on %s", share->lan);
    case CS_FLOW_ADVERTISE6:
      return g_strdup_printf ("what tells clients of their IPv6 router on %s",
                              share->lan);
    case CS_FLOW_FOUND6:
      return g_strdup_printf ("replies to clients' IPv6 neighbor discovery on %s",
                              share->lan);
    case CS_FLOW_DNS6:
    case CS_FLOW_DNS6_TCP:
      return g_strdup_printf ("clients' DNS queries by IPv6 on %s", share->lan);
    case CS_FLOW_REPLY6:
    case CS_FLOW_REPLY6_TCP:
      return g_strdup_printf ("replies to clients' DNS queries by IPv6 on %s",
                              share->lan);
    case CS_FLOW_DNS:
    case CS_FLOW_DNS_TCP:
    case CS_FLOWS:
    default:
      return g_strdup_printf ("clients' DNS queries on %s", share->lan);
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

/* iptables(8) for its own chains, otherwise nft(8). Where a table is of both families,
 * they may need the same. */
static void
add_command (GPtrArray *commands, const CsBlock *block, const CsAccept *accept)
{
  g_autofree char *iptables = cs_accept_to_iptables (accept, FALSE);
  g_autofree char *nft = cs_accept_to_nft (accept);
  const CsFilterChain *base = block->base;
  const char *table = iptables_table (block);
  g_autofree char *command
      = cs_block_is_iptables (block)
            ? g_strdup_printf ("%s%s%s -I %s %s -j ACCEPT", iptables_program (block),
                               g_str_equal (table, "filter") ? "" : " -t ",
                               g_str_equal (table, "filter") ? "" : table, base->name,
                               iptables)
            : g_strdup_printf ("nft insert rule %s %s '%s accept'", base->table,
                               base->name, nft);

  if (!g_ptr_array_find_with_equal_func (commands, command, g_str_equal, NULL))
    g_ptr_array_add (commands, g_steal_pointer (&command));
}

/* What comes from the uplink, and is not known to be forwarded, is accepted as a reply to
 * whatever this host or a client asks, where conntrack can tell. */
static gboolean
is_by_state (const CsBlock *block, CsFlow flow)
{
  const CsFilterChain *base = block->base;

  return (flow == CS_FLOW_ANSWER || flow == CS_FLOW_BACK || flow == CS_FLOW_BACK6)
         && (base->hook == CS_HOOK_INPUT
             || (base->hook == CS_HOOK_PREROUTING
                 && base->priority > CS_PRIORITY_CONNTRACK));
}

static guint
flow_bits (CsFlow first, CsFlow last)
{
  guint bits = 0;

  for (int flow = first; flow <= (int)last; flow++)
    bits |= CS_FLOW_BIT (flow);
  return bits;
}

/* Of the flows that @block drops, those whose accepts are not part of another's: before
 * the route is known, and behind it, an accept has one of the interfaces. */
static guint
flows_to_accept (const CsBlock *block)
{
  const guint from_lan = flow_bits (CS_FLOW_DHCP, CS_FLOW_SEARCH);
  const guint to_lan = flow_bits (CS_FLOW_OFFER, CS_FLOW_RESULT);
  const guint questions
      = CS_FLOW_BIT (CS_FLOW_QUESTION) | CS_FLOW_BIT (CS_FLOW_QUESTION_TCP);
  const guint answers = CS_FLOW_BIT (CS_FLOW_ANSWER) | CS_FLOW_BIT (CS_FLOW_ANSWER_TCP);
  gboolean before = block->base->hook <= CS_HOOK_PREROUTING;
  guint flows = block->flows;

  /* what is too rare to be a block, but goes with the rest */
  if (flows & CS_FLOW_BIT (CS_FLOW_QUESTION))
    flows |= CS_FLOW_BIT (CS_FLOW_QUESTION_TCP);
  if ((flows & CS_FLOW_BIT (CS_FLOW_ANSWER)) && !is_by_state (block, CS_FLOW_ANSWER))
    flows |= CS_FLOW_BIT (CS_FLOW_ANSWER_TCP);
  if ((flows & CS_FLOW_BIT (CS_FLOW_BACK)) && !is_by_state (block, CS_FLOW_BACK))
    flows &= ~CS_FLOW_BIT (CS_FLOW_IN);
  if ((flows & CS_FLOW_BIT (CS_FLOW_BACK6)) && !is_by_state (block, CS_FLOW_BACK6))
    flows &= ~CS_FLOW_BIT (CS_FLOW_IN6);
  if (!before && block->base->hook < CS_HOOK_POSTROUTING)
    return flows;
  if (flows & CS_FLOW_BIT (CS_FLOW_OUT))
    flows &= ~(before ? from_lan : questions);
  if (flows & CS_FLOW_BIT (CS_FLOW_BACK))
    flows &= ~(before ? answers : to_lan);
  if (before && (flows & CS_FLOW_BIT (CS_FLOW_OUT6)))
    flows &= ~flow_bits (CS_FLOW_SOLICIT6, CS_FLOW_PORTS6);
  if (!before && (flows & CS_FLOW_BIT (CS_FLOW_BACK6)))
    flows &= ~flow_bits (CS_FLOW_ADVERTISE6, CS_FLOW_GRANT6);
  return flows;
}

static void
add_accepts (GPtrArray *commands, const CsBlock *block, const CsSharePlan *share)
{
  guint flows = flows_to_accept (block);

  for (int flow = 0; flow < CS_FLOWS; flow++)
    {
      g_autoptr (GArray) accepts = g_array_new (FALSE, FALSE, sizeof (CsAccept));
      const CsAccept established = { .iif = share->uplink, .established = TRUE };

      if ((flows & CS_FLOW_BIT (flow)) == 0)
        continue;
      if (is_by_state (block, flow))
        g_array_append_val (accepts, established);
      else
        cs_accepts_add (accepts, share, flow, block->base);
      for (guint i = 0; i < accepts->len; i++)
        add_command (commands, block, &g_array_index (accepts, CsAccept, i));
    }
}

char *
cs_block_remedy (const CsBlock *block, const CsSharePlan *share)
{
  g_autoptr (GPtrArray) commands = g_ptr_array_new_with_free_func (g_free);

  if (!cs_block_is_firewalld (block))
    add_accepts (commands, block, share);
  else if (cs_block_is_for_zone (block))
    g_ptr_array_add (commands,
                     g_strdup_printf ("firewall-cmd --zone=%s --change-interface=%s",
                                      CS_FIREWALLD_ZONE, share->lan));
  else
    g_ptr_array_add (commands, g_strdup ("allow it in firewalld's policies: firewall-cmd "
                                         "--list-all-policies"));
  g_ptr_array_add (commands, NULL);
  return g_strjoinv ("; ", (char **)commands->pdata);
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
