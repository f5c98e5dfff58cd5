/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a packet of a share is dropped, accepts are needed. Computed without our own
 * accepts, so that the result does not depend on whether they are in place. */
#include "opening.h"

#include "block.h"

#include "core/value/firewall-words.h"

#define DOCKER_USER "DOCKER-USER"

/* What goes where. */
static const struct
{
  const char *table;
  const char *chain; /* NULL: that of the flow's hook */
  CsFlow first;
  CsFlow last;
} places[] = {
  [CS_PLACE_DOCKER_USER] = { CS_OPENING_TABLE, DOCKER_USER, CS_FLOW_OUT, CS_FLOW_IN },
  [CS_PLACE_FORWARD] = { CS_OPENING_TABLE, NULL, CS_FLOW_OUT, CS_FLOW_IN },
  [CS_PLACE_INPUT] = { CS_OPENING_TABLE, NULL, CS_FLOW_DHCP, CS_FLOW_SEARCH },
  [CS_PLACE_ANSWERS] = { CS_OPENING_TABLE, NULL, CS_FLOW_ANSWER, CS_FLOW_ANSWER_TCP },
  [CS_PLACE_OUTPUT] = { CS_OPENING_TABLE, NULL, CS_FLOW_OFFER, CS_FLOW_RESULT },
  [CS_PLACE_QUESTIONS]
  = { CS_OPENING_TABLE, NULL, CS_FLOW_QUESTION, CS_FLOW_QUESTION_TCP },
  [CS_PLACE_LEGACY] = { CS_LEGACY_TABLE, NULL, CS_FLOW_OUT, CS_FLOW_SEARCH },
  [CS_PLACE_LEGACY_ANSWERS]
  = { CS_LEGACY_TABLE, NULL, CS_FLOW_ANSWER, CS_FLOW_ANSWER_TCP },
  [CS_PLACE_LEGACY_OUTPUT] = { CS_LEGACY_TABLE, NULL, CS_FLOW_OFFER, CS_FLOW_RESULT },
  [CS_PLACE_LEGACY_QUESTIONS]
  = { CS_LEGACY_TABLE, NULL, CS_FLOW_QUESTION, CS_FLOW_QUESTION_TCP },
  [CS_PLACE_DOCKER_USER6] = { CS_OPENING_TABLE6, DOCKER_USER, CS_FLOW_OUT6, CS_FLOW_IN6 },
  [CS_PLACE_FORWARD6] = { CS_OPENING_TABLE6, NULL, CS_FLOW_OUT6, CS_FLOW_IN6 },
  [CS_PLACE_INPUT6] = { CS_OPENING_TABLE6, NULL, CS_FLOW_SOLICIT6, CS_FLOW_PORTS6 },
  [CS_PLACE_OUTPUT6] = { CS_OPENING_TABLE6, NULL, CS_FLOW_ADVERTISE6, CS_FLOW_GRANT6 },
};

/* Docker puts the jump to that chain above all of its own, each time it starts. */
static gboolean
leads_to_docker_user (const CsBlock *block)
{
  const CsFilterChain *base = block->base;

  if (base->hook != CS_HOOK_FORWARD
      || !cs_firewall_find (block->firewall, base->table, DOCKER_USER))
    return FALSE;
  for (guint i = 0; i < base->rules->len; i++)
    {
      const CsFilterRule *rule = base->rules->pdata[i];

      if (rule->verdict == CS_VERDICT_JUMP && g_str_equal (rule->target, DOCKER_USER))
        return TRUE;
    }
  return FALSE;
}

/* Where it takes to open what @block drops. */
static void
choose_for_block (CsSharePlan *share, const CsBlock *block)
{
  gboolean docker = leads_to_docker_user (block);

  for (guint place = 0; cs_block_is_shared (block) && place < CS_PLACES; place++)
    {
      if (!g_str_equal (places[place].table, block->base->table)
          || !cs_block_has (block, places[place].first, places[place].last)
          || place == (docker ? CS_PLACE_FORWARD : CS_PLACE_DOCKER_USER)
          || place == (docker ? CS_PLACE_FORWARD6 : CS_PLACE_DOCKER_USER6))
        continue;
      share->open |= CS_PLACE_BIT (place);
    }
}

/* What is not understood may drop. */
static void
choose_places (CsSharePlan *share, const GArray *blocks, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < blocks->len; i++)
    choose_for_block (share, &g_array_index (blocks, CsBlock, i));
  if (snapshot->legacy && !snapshot->legacy_filter)
    share->open |= CS_PLACE_BIT (CS_PLACE_LEGACY);
}

static gboolean
firewalld_drops (const GArray *blocks)
{
  for (guint i = 0; i < blocks->len; i++)
    if (cs_block_is_for_zone (&g_array_index (blocks, CsBlock, i)))
      return TRUE;
  return FALSE;
}

/* Once it is ours it stays so, because nothing is dropped in that zone that would
 * tell. After a restart of firewalld, NetworkManager may have put the LAN into it
 * before us, because of our own profile. */
static void
choose_zone (CsSharePlan *share,
             const CsSharePlan *before,
             const GArray *blocks,
             const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);

  if (!snapshot->firewalld || !lan)
    return;
  if (before && before->zone && before->lan_ifindex == share->lan_ifindex)
    {
      share->zone = g_strdup (before->zone);
      share->found_zone = g_strdup (before->found_zone);
    }
  else if (firewalld_drops (blocks))
    {
      share->zone = g_strdup (CS_FIREWALLD_ZONE);
      if (g_strcmp0 (lan->zone, CS_FIREWALLD_ZONE) != 0)
        share->found_zone = g_strdup (lan->zone);
    }
}

gboolean
cs_opening_zone_is_lost (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);
  gboolean is_there = lan && g_strcmp0 (lan->zone, share->zone) == 0;
  g_autoptr (GArray) blocks = NULL;

  if (!share->zone || !snapshot->firewalld || !lan || (is_there && !share->upnp))
    return FALSE;
  blocks = cs_blocks_find (share, snapshot, FALSE);
  return firewalld_drops (blocks);
}

GArray *
cs_opening_list (const CsSharePlan *share, const char *table)
{
  GArray *accepts = g_array_new (FALSE, FALSE, sizeof (CsAccept));

  for (gsize place = 0; share && place < G_N_ELEMENTS (places); place++)
    {
      guint begin = accepts->len;

      if (!(share->open & CS_PLACE_BIT (place))
          || !g_str_equal (places[place].table, table))
        continue;
      for (int flow = places[place].first; flow <= (int)places[place].last; flow++)
        if (flow != CS_FLOW_IN && flow != CS_FLOW_IN6)
          cs_accepts_add (accepts, share, flow, NULL);
      for (guint i = begin; places[place].chain && i < accepts->len; i++)
        g_array_index (accepts, CsAccept, i).chain = places[place].chain;
    }
  return accepts;
}

GHashTable *
cs_opening_list_all (const CsPlan *plan,
                     const char *table,
                     char *(*to_text) (const CsAccept *accept))
{
  GHashTable *set = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);
      g_autoptr (GArray) accepts = cs_opening_list (share, table);

      for (guint k = 0; k < accepts->len; k++)
        g_hash_table_add (set, to_text (&g_array_index (accepts, CsAccept, k)));
    }
  return set;
}

char *
cs_opening_to_legacy (const CsAccept *accept)
{
  g_autofree char *conditions = cs_accept_to_iptables (accept, TRUE);

  return g_strdup_printf ("%s %s -m comment --comment " CS_OPENING_COMMENT " -j ACCEPT",
                          accept->chain, conditions);
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
cs_opening_missing (const CsSharePlan *share,
                    const CsFirewall *firewall,
                    const char *table)
{
  g_autoptr (GArray) accepts = cs_opening_list (share, table);

  for (guint i = 0; firewall && i < accepts->len; i++)
    {
      const CsAccept *accept = &g_array_index (accepts, CsAccept, i);
      const CsFilterChain *chain = cs_firewall_find (firewall, table, accept->chain);
      g_autofree char *conditions = cs_accept_to_nft (accept);
      g_autofree char *rule = g_strconcat (conditions, " accept", NULL);

      if (chain && !has_ours (chain, rule))
        return g_strdup_printf ("%s: %s", accept->chain, rule);
    }
  return NULL;
}

/* Whether the plan itself is about to open it, and nobody has refused that. */
static gboolean
is_to_be_opened (const CsBlock *block,
                 const CsSharePlan *share,
                 const CsSnapshot *snapshot)
{
  const char *table = block->base->table;
  g_autofree char *missing = cs_opening_missing (share, block->firewall, table);

  if (cs_block_refusal (block, share, snapshot)
      || (g_str_equal (table, CS_LEGACY_TABLE) && !snapshot->legacy_tool))
    return FALSE;
  return (cs_block_is_shared (block) && missing)
         || (cs_block_is_for_zone (block) && share->zone);
}

gboolean
cs_opening_blocks_ipv6 (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) blocks = cs_blocks_find6 (share, snapshot);

  for (guint i = 0; i < blocks->len; i++)
    {
      const CsBlock *block = &g_array_index (blocks, CsBlock, i);

      if (block->drop.certain && !is_to_be_opened (block, share, snapshot))
        return TRUE;
    }
  return FALSE;
}

char **
cs_opening_blocked_by (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) blocks = cs_blocks_find (share, snapshot, FALSE);
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

/* Whose filter drops @flow for certain (nullable). */
static char *
find_blocker (const CsSharePlan *share,
              const CsSnapshot *snapshot,
              const GArray *blocks,
              CsFlow flow)
{
  for (guint i = 0; i < blocks->len; i++)
    {
      const CsBlock *block = &g_array_index (blocks, CsBlock, i);

      if ((block->certain & CS_FLOW_BIT (flow)) != 0
          && !is_to_be_opened (block, share, snapshot))
        return cs_block_owner (block);
    }
  return NULL;
}

static void
find_ports_blockers (CsSharePlan *share, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) blocks = cs_blocks_find (share, snapshot, FALSE);

  share->ports_blocked_by = find_blocker (share, snapshot, blocks, CS_FLOW_IN);
  share->ports_blocked_by6 = find_blocker (share, snapshot, blocks, CS_FLOW_IN6);
}

void
cs_opening_choose (CsSharePlan *share,
                   const CsSharePlan *before,
                   const CsSnapshot *snapshot)
{
  g_autoptr (GArray) blocks = cs_blocks_find (share, snapshot, TRUE);

  choose_places (share, blocks, snapshot);
  choose_zone (share, before, blocks, snapshot);
  share->blocked_by = cs_opening_blocked_by (share, snapshot);
  if (share->blocked_by)
    find_ports_blockers (share, snapshot);
}
