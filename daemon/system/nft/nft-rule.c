/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A rule is a small program: some expressions load parts of a packet into registers,
 * others compare them. The parser tracks what each register holds, and each comparison
 * with a known part becomes a condition; anything else that may stop a rule is
 * CS_MATCH_OTHER. Rules of iptables-nft carry some of their conditions as blobs of
 * xtables, see xt-match.c. */
#include "nft-rule.h"

#include "nft-set.h"
#include "nft-value.h"
#include "xt-match.h"

#include "core/value/place.h"

#include <libnftnl/expr.h>
#include <libnftnl/udata.h>
#include <netinet/in.h>
#include <linux/if_ether.h>
#include <linux/netfilter.h>
#include <linux/netfilter/nf_tables.h>
#include <string.h>

/* Registers under both kinds of names: NFT_REG_1 to 4 and NFT_REG32_00 to 15. */
#define REGISTERS 24

typedef struct
{
  CsNftValue registers[REGISTERS + 1]; /* the last: no such register */
  guint16 family;
  const char *table;  /* unowned */
  CsFilterRule *rule; /* (owned) */
  GPtrArray *rules;   /* unowned */
  gboolean mapped;    /* the rule ended in a verdict map */
} Parser;

/* libnftnl's own function dereferences NULL if the attribute is not set. */
static guint32
get_u32 (const struct nftnl_expr *expr, uint16_t attribute)
{
  return nftnl_expr_is_set (expr, attribute) ? nftnl_expr_get_u32 (expr, attribute) : 0;
}

static CsNftValue *
get_register (Parser *parser, guint32 number)
{
  return &parser->registers[MIN (number, REGISTERS)];
}

static void
load (Parser *parser, guint32 number, CsMatchKey key, gsize length)
{
  *get_register (parser, number) = (CsNftValue){ .key = key, .length = length };
}

static void
add (Parser *parser, CsMatch *match)
{
  g_ptr_array_add (parser->rule->matches, match);
}

static void
add_other (Parser *parser)
{
  add (parser, cs_match_new (CS_MATCH_OTHER, FALSE));
}

/* @source holds what a mark is set to. */
static guint
marks_of (Parser *parser, gboolean of_flow, guint32 source)
{
  CsMatchKey key = get_register (parser, source)->key;

  if (of_flow)
    return key == CS_MATCH_MARK ? CS_MARKS_SAVE : CS_MARKS_SET_CT;
  return key == CS_MATCH_CT_MARK ? CS_MARKS_RESTORE : CS_MARKS_SET;
}

static void
on_meta (Parser *parser, const struct nftnl_expr *expr)
{
  static const struct
  {
    guint32 meta;
    CsMatchKey key;
    gsize length;
  } table[] = {
    { NFT_META_IIFNAME, CS_MATCH_IIFNAME, CS_MATCH_SIZE },
    { NFT_META_OIFNAME, CS_MATCH_OIFNAME, CS_MATCH_SIZE },
    { NFT_META_IIF, CS_MATCH_IIF, 4 },
    { NFT_META_OIF, CS_MATCH_OIF, 4 },
    { NFT_META_NFPROTO, CS_MATCH_NFPROTO, 1 },
    { NFT_META_L4PROTO, CS_MATCH_L4PROTO, 1 },
    { NFT_META_PROTOCOL, CS_MATCH_ETHERTYPE, 2 },
    { NFT_META_PKTTYPE, CS_MATCH_PKTTYPE, 1 },
    { NFT_META_MARK, CS_MATCH_MARK, 4 },
    { NFT_META_CGROUP, CS_MATCH_CGROUP, 4 },
  };
  guint32 meta = get_u32 (expr, NFTNL_EXPR_META_KEY);
  gsize i = 0;

  if (!nftnl_expr_is_set (expr, NFTNL_EXPR_META_DREG))
    {
      if (meta == NFT_META_MARK)
        parser->rule->marks
            |= marks_of (parser, FALSE, get_u32 (expr, NFTNL_EXPR_META_SREG));
      return;
    }
  while (i < G_N_ELEMENTS (table) && table[i].meta != meta)
    i++;
  if (i < G_N_ELEMENTS (table))
    load (parser, get_u32 (expr, NFTNL_EXPR_META_DREG), table[i].key, table[i].length);
  else
    load (parser, get_u32 (expr, NFTNL_EXPR_META_DREG), CS_MATCH_OTHER, 4);
}

/* Whether a condition of the rule so far is that @key is the number @value, of @length
 * bytes. */
static gboolean
asks_for (const Parser *parser, CsMatchKey key, guint32 value, gsize length)
{
  guint32 wire = GUINT32_TO_BE (value);
  const guint8 *bytes = (const guint8 *)&wire + sizeof wire - length;

  for (guint i = 0; i < parser->rule->matches->len; i++)
    {
      const CsMatch *match = parser->rule->matches->pdata[i];
      const CsMatchRange *range = &g_array_index (match->ranges, CsMatchRange, 0);

      if (match->key == key && !match->inverted && match->ranges->len == 1
          && memcmp (range->low, bytes, length) == 0
          && memcmp (range->high, bytes, length) == 0)
        return TRUE;
    }
  return FALSE;
}

/* What follows in a packet depends on that, so rules ask first; those of tables of both
 * families and of neither. */
static gboolean
is_ipv6 (const Parser *parser)
{
  return parser->family == NFPROTO_IPV6
         || asks_for (parser, CS_MATCH_NFPROTO, NFPROTO_IPV6, 1)
         || asks_for (parser, CS_MATCH_ETHERTYPE, ETH_P_IPV6, 2);
}

/* Of the network header. An address may be loaded as far as its prefix goes. */
static CsMatchKey
network_key (guint32 offset, guint32 length)
{
  return offset == 9 && length == 1    ? CS_MATCH_L4PROTO
         : offset == 12 && length <= 4 ? CS_MATCH_SADDR
         : offset == 16 && length <= 4 ? CS_MATCH_DADDR
                                       : CS_MATCH_OTHER;
}

static CsMatchKey
network_key6 (guint32 offset, guint32 length)
{
  return offset == 6 && length == 1     ? CS_MATCH_L4PROTO
         : offset == 8 && length <= 16  ? CS_MATCH_SADDR6
         : offset == 24 && length <= 16 ? CS_MATCH_DADDR6
                                        : CS_MATCH_OTHER;
}

static CsMatchKey
transport_key (const Parser *parser, guint32 offset, guint32 length)
{
  if (offset == 0 && length == 1
      && asks_for (parser, CS_MATCH_L4PROTO, IPPROTO_ICMPV6, 1))
    return CS_MATCH_ICMP6_TYPE;
  return offset == 0 && length == 2   ? CS_MATCH_SPORT
         : offset == 2 && length == 2 ? CS_MATCH_DPORT
                                      : CS_MATCH_OTHER;
}

static void
on_payload (Parser *parser, const struct nftnl_expr *expr)
{
  guint32 base = get_u32 (expr, NFTNL_EXPR_PAYLOAD_BASE);
  guint32 offset = get_u32 (expr, NFTNL_EXPR_PAYLOAD_OFFSET);
  guint32 length = get_u32 (expr, NFTNL_EXPR_PAYLOAD_LEN);
  CsMatchKey key = CS_MATCH_OTHER;

  if (!nftnl_expr_is_set (expr, NFTNL_EXPR_PAYLOAD_DREG))
    return;
  if (base == NFT_PAYLOAD_NETWORK_HEADER)
    key = is_ipv6 (parser) ? network_key6 (offset, length) : network_key (offset, length);
  else if (base == NFT_PAYLOAD_TRANSPORT_HEADER)
    key = transport_key (parser, offset, length);
  load (parser, get_u32 (expr, NFTNL_EXPR_PAYLOAD_DREG), key, length);
}

static void
on_ct (Parser *parser, const struct nftnl_expr *expr)
{
  guint32 what = get_u32 (expr, NFTNL_EXPR_CT_KEY);
  CsMatchKey key = CS_MATCH_OTHER;

  if (!nftnl_expr_is_set (expr, NFTNL_EXPR_CT_DREG))
    {
      if (what == NFT_CT_MARK)
        parser->rule->marks
            |= marks_of (parser, TRUE, get_u32 (expr, NFTNL_EXPR_CT_SREG));
      return;
    }
  if (what == NFT_CT_STATE)
    key = CS_MATCH_CT_STATE;
  else if (what == NFT_CT_MARK)
    key = CS_MATCH_CT_MARK;
  load (parser, get_u32 (expr, NFTNL_EXPR_CT_DREG), key, 4);
}

static void
on_fib (Parser *parser, const struct nftnl_expr *expr)
{
  gboolean is_type = get_u32 (expr, NFTNL_EXPR_FIB_RESULT) == NFT_FIB_RESULT_ADDRTYPE
                     && (get_u32 (expr, NFTNL_EXPR_FIB_FLAGS) & NFTA_FIB_F_DADDR) != 0;

  load (parser, get_u32 (expr, NFTNL_EXPR_FIB_DREG),
        is_type ? CS_MATCH_DTYPE : CS_MATCH_OTHER, 4);
}

static void
on_bitwise (Parser *parser, const struct nftnl_expr *expr)
{
  CsNftValue value = *get_register (parser, get_u32 (expr, NFTNL_EXPR_BITWISE_SREG));
  guint32 length = 0, xor_length = 0;
  const void *mask = nftnl_expr_get (expr, NFTNL_EXPR_BITWISE_MASK, &length);
  const guint8 *bits = nftnl_expr_get (expr, NFTNL_EXPR_BITWISE_XOR, &xor_length);

  if (mask == NULL || value.masked)
    value.key = CS_MATCH_OTHER;
  for (guint32 i = 0; bits != NULL && i < xor_length; i++)
    if (bits[i] != 0)
      value.key = CS_MATCH_OTHER;
  cs_nft_value_mask (&value, mask, length);
  *get_register (parser, get_u32 (expr, NFTNL_EXPR_BITWISE_DREG)) = value;
}

static void
on_cmp (Parser *parser, const struct nftnl_expr *expr)
{
  const CsNftValue *value = get_register (parser, get_u32 (expr, NFTNL_EXPR_CMP_SREG));
  guint32 length = 0;
  const void *data = nftnl_expr_get (expr, NFTNL_EXPR_CMP_DATA, &length);

  add (parser,
       cs_nft_value_compare (value, get_u32 (expr, NFTNL_EXPR_CMP_OP), data, length));
}

static void
on_range (Parser *parser, const struct nftnl_expr *expr)
{
  const CsNftValue *value = get_register (parser, get_u32 (expr, NFTNL_EXPR_RANGE_SREG));
  guint32 length = 0;
  const void *from = nftnl_expr_get (expr, NFTNL_EXPR_RANGE_FROM_DATA, &length);
  const void *to = nftnl_expr_get (expr, NFTNL_EXPR_RANGE_TO_DATA, &length);
  CsMatch *match = cs_match_new (value->masked ? CS_MATCH_OTHER : value->key,
                                 get_u32 (expr, NFTNL_EXPR_RANGE_OP) == NFT_RANGE_NEQ);

  cs_nft_match_add (match, from, to, length);
  add (parser, match);
}

static void
set_verdict (CsFilterRule *rule, int verdict, const char *chain)
{
  switch (verdict)
    {
    case NF_ACCEPT:
      rule->verdict = CS_VERDICT_ACCEPT;
      break;
    case NF_DROP:
      rule->verdict = CS_VERDICT_DROP;
      break;
    case NFT_JUMP:
      rule->verdict = CS_VERDICT_JUMP;
      break;
    case NFT_GOTO:
      rule->verdict = CS_VERDICT_GOTO;
      break;
    case NFT_RETURN:
      rule->verdict = CS_VERDICT_RETURN;
      break;
    case NFT_CONTINUE:
      rule->verdict = CS_VERDICT_NONE;
      break;
    default:
      rule->verdict = CS_VERDICT_OTHER;
    }
  g_free (rule->target);
  rule->target = g_strdup (chain != NULL ? chain : "");
}

static void
on_immediate (Parser *parser, const struct nftnl_expr *expr)
{
  if (nftnl_expr_is_set (expr, NFTNL_EXPR_IMM_VERDICT))
    set_verdict (parser->rule, (int)get_u32 (expr, NFTNL_EXPR_IMM_VERDICT),
                 nftnl_expr_is_set (expr, NFTNL_EXPR_IMM_CHAIN)
                     ? nftnl_expr_get_str (expr, NFTNL_EXPR_IMM_CHAIN)
                     : NULL);
  else
    load (parser, get_u32 (expr, NFTNL_EXPR_IMM_DREG), CS_MATCH_OTHER, 4);
}

/* Adds a rule for each element, with the conditions so far. */
static void
add_mapped (Parser *parser, const CsNftValue *value, const GArray *elements, gsize length)
{
  for (guint i = 0; i < elements->len; i++)
    {
      const CsNftElement *element = &g_array_index (elements, CsNftElement, i);
      CsFilterRule *rule = cs_filter_rule_new ();
      CsMatch *match = cs_match_new (value->key, FALSE);

      for (guint k = 0; k < parser->rule->matches->len; k++)
        g_ptr_array_add (rule->matches, cs_match_copy (parser->rule->matches->pdata[k]));
      cs_nft_match_add (match, element->low, element->high, length);
      g_ptr_array_add (rule->matches, match);
      rule->handle = parser->rule->handle;
      rule->marks = parser->rule->marks;
      set_verdict (rule, element->verdict, element->chain);
      g_ptr_array_add (parser->rules, rule);
    }
}

static void
on_lookup (Parser *parser, const struct nftnl_expr *expr)
{
  const CsNftValue *value = get_register (parser, get_u32 (expr, NFTNL_EXPR_LOOKUP_SREG));
  gboolean is_map = nftnl_expr_is_set (expr, NFTNL_EXPR_LOOKUP_DREG);
  guint32 target = is_map ? get_u32 (expr, NFTNL_EXPR_LOOKUP_DREG) : 0;
  g_autoptr (GArray) elements = NULL;
  CsMatch *match;
  gsize length = 0;

  if (value->key != CS_MATCH_OTHER && !value->masked)
    elements
        = cs_nft_set_read (parser->family, parser->table,
                           nftnl_expr_get_str (expr, NFTNL_EXPR_LOOKUP_SET), &length);
  if (elements == NULL || length > MAX (value->length, 4))
    {
      add_other (parser);
      /* the map may hold any verdict */
      if (is_map && target == NFT_REG_VERDICT)
        parser->rule->verdict = CS_VERDICT_OTHER;
      else if (is_map)
        load (parser, target, CS_MATCH_OTHER, 4);
      return;
    }
  if (is_map && target == NFT_REG_VERDICT)
    {
      add_mapped (parser, value, elements, length);
      parser->mapped = TRUE;
      return;
    }
  match = cs_match_new (
      value->key, (get_u32 (expr, NFTNL_EXPR_LOOKUP_FLAGS) & NFT_LOOKUP_F_INV) != 0);
  for (guint i = 0; i < elements->len; i++)
    {
      const CsNftElement *element = &g_array_index (elements, CsNftElement, i);

      cs_nft_match_add (match, element->low, element->high, length);
    }
  add (parser, match);
  if (is_map)
    load (parser, target, CS_MATCH_OTHER, 4);
}

static void
on_match (Parser *parser, const struct nftnl_expr *expr)
{
  guint32 length = 0;
  const void *info = nftnl_expr_get (expr, NFTNL_EXPR_MT_INFO, &length);

  cs_xt_rule_match (parser->rule, nftnl_expr_get_str (expr, NFTNL_EXPR_MT_NAME),
                    get_u32 (expr, NFTNL_EXPR_MT_REV), info, length);
}

static void
on_target (Parser *parser, const struct nftnl_expr *expr)
{
  guint32 length = 0;
  const void *info = nftnl_expr_get (expr, NFTNL_EXPR_TG_INFO, &length);

  cs_xt_rule_target (parser->rule, nftnl_expr_get_str (expr, NFTNL_EXPR_TG_NAME), info,
                     length);
}

static void
on_reject (Parser *parser, const struct nftnl_expr *expr)
{
  parser->rule->verdict = CS_VERDICT_REJECT;
}

static void
on_queue (Parser *parser, const struct nftnl_expr *expr)
{
  parser->rule->verdict = CS_VERDICT_OTHER;
}

/* Expressions that let every packet pass on. */
static void
on_nothing (Parser *parser, const struct nftnl_expr *expr)
{
}

static int
on_expression (struct nftnl_expr *expr, void *user_data)
{
  static const struct
  {
    const char *name;
    void (*func) (Parser *parser, const struct nftnl_expr *expr);
  } table[] = {
    { "meta", on_meta },
    { "payload", on_payload },
    { "ct", on_ct },
    { "fib", on_fib },
    { "bitwise", on_bitwise },
    { "cmp", on_cmp },
    { "range", on_range },
    { "immediate", on_immediate },
    { "lookup", on_lookup },
    { "match", on_match },
    { "target", on_target },
    { "reject", on_reject },
    { "queue", on_queue },
    { "counter", on_nothing },
    { "log", on_nothing },
    { "objref", on_nothing },
    { "last", on_nothing },
    { "notrack", on_nothing },
    { "flow_offload", on_nothing },
    { "dup", on_nothing },
  };
  Parser *parser = user_data;
  const char *name = nftnl_expr_get_str (expr, NFTNL_EXPR_NAME);

  for (gsize i = 0; i < G_N_ELEMENTS (table); i++)
    if (g_strcmp0 (name, table[i].name) == 0)
      {
        table[i].func (parser, expr);
        return 0;
      }
  /* It may load a register, or end the rule: both are covered. */
  add_other (parser);
  return 0;
}

static gboolean
has_our_comment (const struct nftnl_rule *rule)
{
  guint32 length = 0;
  const void *data = nftnl_rule_get_data (rule, NFTNL_RULE_USERDATA, &length);
  const struct nftnl_udata *item;

  if (data == NULL)
    return FALSE;
  nftnl_udata_for_each_data (data, length, item)
  {
    const char *text = nftnl_udata_get (item);

    if (nftnl_udata_type (item) == NFTNL_UDATA_RULE_COMMENT
        && nftnl_udata_len (item) == sizeof CS_OPENING_COMMENT
        && memcmp (text, CS_OPENING_COMMENT, sizeof CS_OPENING_COMMENT) == 0)
      return TRUE;
  }
  return FALSE;
}

void
cs_nft_rule_append (GPtrArray *rules, const struct nftnl_rule *rule)
{
  Parser parser = { .rule = cs_filter_rule_new (),
                    .rules = rules,
                    .family = (guint16)nftnl_rule_get_u32 (rule, NFTNL_RULE_FAMILY),
                    .table = nftnl_rule_get_str (rule, NFTNL_RULE_TABLE) };

  parser.rule->handle = nftnl_rule_get_u64 (rule, NFTNL_RULE_HANDLE);
  parser.rule->ours = has_our_comment (rule);
  nftnl_expr_foreach ((struct nftnl_rule *)rule, on_expression, &parser);
  parser.rule->ours = parser.rule->ours && parser.rule->verdict == CS_VERDICT_ACCEPT;
  if (parser.mapped)
    cs_filter_rule_free (parser.rule);
  else
    g_ptr_array_add (rules, parser.rule);
}
