/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Making and freeing, and the path of a packet: through a chain's rules in order, into
 * the chains that they jump to, and finally to the policy. */
#include "firewall.h"

#include <string.h>

/* As deep as the kernel lets chains call each other (NFT_JUMP_STACK_SIZE). */
#define DEPTH_MAX 16

typedef enum
{
  NO,
  MAYBE,
  YES,
} Tristate;

/* What a chain does with a packet. */
typedef enum
{
  GOES_ON,
  PASSES,
  ENDS,
} Fate;

/* One packet's path. */
typedef struct
{
  const CsFirewall *firewall;
  CsPacket *packet;
  gboolean without_ours;
  CsDrop drop;
} Way;

static void
chain_free (CsFilterChain *chain)
{
  g_free (chain->table);
  g_free (chain->name);
  g_strfreev (chain->devices);
  g_ptr_array_unref (chain->rules);
  g_free (chain);
}

CsFirewall *
cs_firewall_new (void)
{
  CsFirewall *self = g_new0 (CsFirewall, 1);

  g_atomic_ref_count_init (&self->references);
  self->chains = g_ptr_array_new_with_free_func ((GDestroyNotify)chain_free);
  return self;
}

CsFirewall *
cs_firewall_ref (CsFirewall *self)
{
  g_atomic_ref_count_inc (&self->references);
  return self;
}

void
cs_firewall_unref (CsFirewall *self)
{
  if (!self || !g_atomic_ref_count_dec (&self->references))
    return;
  g_ptr_array_unref (self->chains);
  g_free (self);
}

CsFilterChain *
cs_firewall_add_chain (CsFirewall *self, const char *table, const char *name)
{
  CsFilterChain *chain = g_new0 (CsFilterChain, 1);

  chain->table = g_strdup (table);
  chain->name = g_strdup (name);
  chain->rules = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_filter_rule_free);
  g_ptr_array_add (self->chains, chain);
  return chain;
}

CsFilterChain *
cs_firewall_find (const CsFirewall *self, const char *table, const char *name)
{
  for (guint i = 0; i < self->chains->len; i++)
    {
      CsFilterChain *chain = self->chains->pdata[i];

      if (g_str_equal (chain->name, name) && g_str_equal (chain->table, table))
        return chain;
    }
  return NULL;
}

CsFilterRule *
cs_filter_rule_new (void)
{
  CsFilterRule *rule = g_new0 (CsFilterRule, 1);

  rule->matches = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_match_free);
  return rule;
}

void
cs_filter_rule_free (CsFilterRule *rule)
{
  if (!rule)
    return;
  g_ptr_array_unref (rule->matches);
  g_free (rule->target);
  g_free (rule);
}

CsMatch *
cs_match_new (CsMatchKey key, gboolean inverted)
{
  CsMatch *match = g_new0 (CsMatch, 1);

  match->key = key;
  match->inverted = inverted;
  match->ranges = g_array_new (FALSE, FALSE, sizeof (CsMatchRange));
  return match;
}

CsMatch *
cs_match_copy (const CsMatch *match)
{
  CsMatch *copy = cs_match_new (match->key, match->inverted);

  g_array_append_vals (copy->ranges, match->ranges->data, match->ranges->len);
  return copy;
}

void
cs_match_free (CsMatch *match)
{
  if (!match)
    return;
  g_array_unref (match->ranges);
  g_free (match);
}

static CsMatchRange
make_range (const void *low, const void *high, gsize length)
{
  CsMatchRange range = { 0 };

  memset (range.high, 0xff, sizeof range.high);
  memcpy (range.low, low, MIN (length, CS_MATCH_SIZE));
  memcpy (range.high, high, MIN (length, CS_MATCH_SIZE));
  return range;
}

void
cs_match_add (CsMatch *match, const void *low, const void *high, gsize length)
{
  CsMatchRange range = make_range (low, high, length);

  g_array_append_val (match->ranges, range);
}

CsMatch *
cs_match_new_states (guint32 states, gboolean inverted)
{
  CsMatch *match = cs_match_new (CS_MATCH_CT_STATE, inverted);

  for (guint32 bit = 1; bit != 0; bit <<= 1)
    if ((states & bit) != 0)
      {
        guint32 wire = GUINT32_TO_BE (bit);

        cs_match_add (match, &wire, &wire, sizeof wire);
      }
  return match;
}

void
cs_packet_set (CsPacket *packet,
               CsMatchKey key,
               const void *low,
               const void *high,
               gsize length)
{
  packet->known[key] = TRUE;
  packet->values[key] = make_range (low, high, length);
}

void
cs_packet_set_name (CsPacket *packet, CsMatchKey key, const char *interface)
{
  char name[CS_MATCH_SIZE] = { 0 };

  g_strlcpy (name, interface, sizeof name);
  cs_packet_set (packet, key, name, name, sizeof name);
}

void
cs_packet_set_number (CsPacket *packet, CsMatchKey key, guint32 value, gsize length)
{
  guint32 wire = GUINT32_TO_BE (value);
  const guint8 *bytes = (const guint8 *)&wire + sizeof wire - length;

  cs_packet_set (packet, key, bytes, bytes, length);
}

static Tristate
ask_range (const CsMatchRange *value, const CsMatchRange *range)
{
  if (memcmp (value->high, range->low, CS_MATCH_SIZE) < 0
      || memcmp (value->low, range->high, CS_MATCH_SIZE) > 0)
    return NO;
  if (memcmp (value->low, range->low, CS_MATCH_SIZE) >= 0
      && memcmp (value->high, range->high, CS_MATCH_SIZE) <= 0)
    return YES;
  return MAYBE;
}

static Tristate
ask_match (const CsMatch *match, const CsPacket *packet)
{
  Tristate result = NO;

  if (match->key == CS_MATCH_OTHER || !packet->known[match->key])
    return MAYBE;
  for (guint i = 0; i < match->ranges->len && result != YES; i++)
    {
      Tristate one = ask_range (&packet->values[match->key],
                                &g_array_index (match->ranges, CsMatchRange, i));

      result = MAX (result, one);
    }
  return match->inverted ? YES - result : result;
}

static Tristate
ask_rule (const CsFilterRule *rule, const CsPacket *packet)
{
  Tristate result = YES;

  for (guint i = 0; i < rule->matches->len && result != NO; i++)
    result = MIN (result, ask_match (rule->matches->pdata[i], packet));
  return result;
}

static Fate walk (Way *way, const CsFilterChain *chain, int depth);

static Fate
call (Way *way, const CsFilterChain *chain, const CsFilterRule *rule, int depth)
{
  const CsFilterChain *target
      = cs_firewall_find (way->firewall, chain->table, rule->target);

  return target && depth < DEPTH_MAX ? walk (way, target, depth + 1) : GOES_ON;
}

/* What a matching rule does; @last: the chain ends here. */
static Fate
follow (Way *way,
        const CsFilterChain *chain,
        const CsFilterRule *rule,
        int depth,
        gboolean *last)
{
  *last = TRUE;
  switch (rule->verdict)
    {
    case CS_VERDICT_ACCEPT:
    case CS_VERDICT_OTHER:
      return PASSES;
    case CS_VERDICT_DROP:
    case CS_VERDICT_REJECT:
      way->drop.chain = chain;
      way->drop.rule = rule;
      return ENDS;
    case CS_VERDICT_RETURN:
      return GOES_ON;
    case CS_VERDICT_GOTO:
      return call (way, chain, rule, depth);
    case CS_VERDICT_JUMP:
      *last = FALSE;
      return call (way, chain, rule, depth);
    case CS_VERDICT_NONE:
    default:
      *last = FALSE;
      return GOES_ON;
    }
}

static void
change_marks (CsPacket *packet, guint marks)
{
  gboolean *mark = &packet->known[CS_MATCH_MARK];
  gboolean *flow = &packet->known[CS_MATCH_CT_MARK];

  *mark = *mark && !(marks & CS_MARKS_SET) && (*flow || !(marks & CS_MARKS_RESTORE));
  *flow = *flow && !(marks & CS_MARKS_SET_CT) && (*mark || !(marks & CS_MARKS_SAVE));
}

/* Of a rule that may match or not: what the chain that it leads to may do. */
static guint
marks_behind (const Way *way, const CsFilterChain *chain, const CsFilterRule *rule)
{
  const CsFilterChain *target
      = rule->target ? cs_firewall_find (way->firewall, chain->table, rule->target)
                     : NULL;
  guint marks = rule->marks;

  for (guint i = 0; target && i < target->rules->len; i++)
    {
      const CsFilterRule *next = target->rules->pdata[i];

      marks |= next->marks;
      if (next->verdict == CS_VERDICT_JUMP || next->verdict == CS_VERDICT_GOTO)
        marks |= CS_MARKS_SET | CS_MARKS_SET_CT; /* as deep as that nobody looks */
    }
  return marks;
}

static gboolean
may_let_pass (const CsFilterRule *rule)
{
  return rule->verdict != CS_VERDICT_NONE && rule->verdict != CS_VERDICT_DROP
         && rule->verdict != CS_VERDICT_REJECT;
}

static Fate
walk (Way *way, const CsFilterChain *chain, int depth)
{
  for (guint i = 0; i < chain->rules->len; i++)
    {
      const CsFilterRule *rule = chain->rules->pdata[i];
      Tristate result = ask_rule (rule, way->packet);
      gboolean last;
      Fate fate;

      if (result == NO || (way->without_ours && rule->ours))
        continue;
      if (result == MAYBE)
        {
          way->drop.certain = way->drop.certain && !may_let_pass (rule);
          change_marks (way->packet, marks_behind (way, chain, rule));
          continue;
        }
      change_marks (way->packet, rule->marks);
      fate = follow (way, chain, rule, depth, &last);
      if (fate != GOES_ON || last)
        return fate;
    }
  return GOES_ON;
}

gboolean
cs_firewall_drops (const CsFirewall *self,
                   const CsFilterChain *base,
                   CsPacket *packet,
                   gboolean without_ours,
                   CsDrop *drop)
{
  Way way = { .firewall = self,
              .packet = packet,
              .without_ours = without_ours,
              .drop = { .chain = base, .certain = TRUE } };
  Fate fate = walk (&way, base, 0);

  *drop = way.drop;
  return fate == ENDS || (fate == GOES_ON && base->drops);
}
