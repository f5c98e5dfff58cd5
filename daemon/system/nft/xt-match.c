/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Understands connection states, ports, marks and kinds of addresses; anything else may
 * match or not. The structs are the kernel's (linux/netfilter/xt_*.h). */
#include "xt-match.h"

#include "nft-value.h"

#include "core/value/place.h"

#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter/xt_CONNMARK.h>
#include <linux/netfilter/xt_addrtype.h>
#include <linux/netfilter/xt_comment.h>
#include <linux/netfilter/xt_conntrack.h>
#include <linux/netfilter/xt_mark.h>
#include <linux/netfilter/xt_pkttype.h>
#include <linux/netfilter/xt_state.h>
#include <linux/netfilter/xt_tcpudp.h>
#include <linux/netfilter_ipv6/ip6_tables.h>
#include <string.h>

/* The states that nft knows as well; the other bits have another meaning there. */
#define STATES (CS_CT_INVALID | CS_CT_ESTABLISHED | CS_CT_RELATED | CS_CT_NEW)

static void
add_states (GPtrArray *matches, guint32 states, gboolean inverted)
{
  g_ptr_array_add (matches, cs_match_new_states (states & STATES, inverted));
}

static gboolean
append_conntrack (GPtrArray *matches, guint32 revision, const void *info, gsize length)
{
  struct xt_conntrack_mtinfo3 conntrack = { 0 };
  guint16 states;

  if (length < sizeof (struct xt_conntrack_mtinfo1))
    return FALSE;
  memcpy (&conntrack, info, MIN (length, sizeof conntrack));
  /* The first revision has bytes instead of words. */
  states = revision == 1 ? conntrack.state_mask & 0xff : conntrack.state_mask;
  if ((conntrack.match_flags & ~XT_CONNTRACK_STATE_ALIAS) != XT_CONNTRACK_STATE)
    return FALSE;
  add_states (matches, states, (conntrack.invert_flags & XT_CONNTRACK_STATE) != 0);
  return TRUE;
}

static gboolean
append_state (GPtrArray *matches, const void *info, gsize length)
{
  struct xt_state_info state;

  if (length < sizeof state)
    return FALSE;
  memcpy (&state, info, sizeof state);
  add_states (matches, state.statemask, FALSE);
  return TRUE;
}

static void
add_ports (GPtrArray *matches, CsMatchKey key, const guint16 ports[2], gboolean inverted)
{
  guint16 low = GUINT16_TO_BE (ports[0]), high = GUINT16_TO_BE (ports[1]);
  CsMatch *match;

  if (low == 0 && high == G_MAXUINT16 && !inverted)
    return; /* any */
  match = cs_match_new (key, inverted);

  cs_match_add (match, &low, &high, sizeof low);
  g_ptr_array_add (matches, match);
}

static gboolean
append_udp (GPtrArray *matches, const void *info, gsize length)
{
  struct xt_udp udp;

  if (length < sizeof udp)
    return FALSE;
  memcpy (&udp, info, sizeof udp);
  add_ports (matches, CS_MATCH_SPORT, udp.spts, (udp.invflags & XT_UDP_INV_SRCPT) != 0);
  add_ports (matches, CS_MATCH_DPORT, udp.dpts, (udp.invflags & XT_UDP_INV_DSTPT) != 0);
  return TRUE;
}

static gboolean
append_tcp (GPtrArray *matches, const void *info, gsize length)
{
  struct xt_tcp tcp;

  if (length < sizeof tcp)
    return FALSE;
  memcpy (&tcp, info, sizeof tcp);
  add_ports (matches, CS_MATCH_SPORT, tcp.spts, (tcp.invflags & XT_TCP_INV_SRCPT) != 0);
  add_ports (matches, CS_MATCH_DPORT, tcp.dpts, (tcp.invflags & XT_TCP_INV_DSTPT) != 0);
  return tcp.option == 0 && tcp.flg_mask == 0;
}

static gboolean
append_icmp6 (GPtrArray *matches, const void *info, gsize length)
{
  struct ip6t_icmp icmp;
  CsMatch *match;

  if (length < sizeof icmp)
    return FALSE;
  memcpy (&icmp, info, sizeof icmp);
  match = cs_match_new (CS_MATCH_ICMP6_TYPE, (icmp.invflags & IP6T_ICMP_INV) != 0);
  cs_match_add (match, &icmp.type, &icmp.type, sizeof icmp.type);
  g_ptr_array_add (matches, match);
  return icmp.code[0] == 0 && icmp.code[1] == G_MAXUINT8;
}

/* "mark" and "connmark" have the same struct. */
static gboolean
append_mark (GPtrArray *matches, CsMatchKey key, const void *info, gsize length)
{
  struct xt_mark_mtinfo1 mark;
  CsNftValue value = { .key = key, .length = sizeof mark.mark };

  if (length < sizeof mark)
    return FALSE;
  memcpy (&mark, info, sizeof mark);
  cs_nft_value_mask (&value, &mark.mask, sizeof mark.mask);
  g_ptr_array_add (matches,
                   cs_nft_value_compare (&value, mark.invert ? NFT_CMP_NEQ : NFT_CMP_EQ,
                                         &mark.mark, sizeof mark.mark));
  return TRUE;
}

static gboolean
append_addrtype (GPtrArray *matches, guint32 revision, const void *info, gsize length)
{
  struct xt_addrtype_info_v1 types;
  CsMatch *match;

  if (revision != 1 || length < sizeof types)
    return FALSE;
  memcpy (&types, info, sizeof types);
  if (types.source != 0)
    return FALSE;
  match = cs_match_new (CS_MATCH_DTYPE, (types.flags & XT_ADDRTYPE_INVERT_DEST) != 0);
  for (guint32 type = 0; type < 16; type++)
    if ((types.dest & (1u << type)) != 0)
      cs_nft_match_add (match, &type, &type, sizeof type);
  g_ptr_array_add (matches, match);
  return TRUE;
}

static gboolean
append_pkttype (GPtrArray *matches, const void *info, gsize length)
{
  struct xt_pkttype_info pkttype;
  CsMatch *match;
  guint8 type;

  if (length < sizeof pkttype)
    return FALSE;
  memcpy (&pkttype, info, sizeof pkttype);
  type = (guint8)pkttype.pkttype;
  match = cs_match_new (CS_MATCH_PKTTYPE, pkttype.invert != 0);
  cs_match_add (match, &type, &type, sizeof type);
  g_ptr_array_add (matches, match);
  return TRUE;
}

static gboolean
is_our_comment (const void *info, gsize length)
{
  return info != NULL && length >= sizeof CS_OPENING_COMMENT
         && memcmp (info, CS_OPENING_COMMENT, sizeof CS_OPENING_COMMENT) == 0;
}

void
cs_xt_rule_match (CsFilterRule *rule,
                  const char *name,
                  guint32 revision,
                  const void *info,
                  gsize length)
{
  gboolean all = FALSE;

  if (info == NULL || name == NULL)
    ;
  else if (strcmp (name, "comment") == 0)
    {
      rule->ours = is_our_comment (info, length);
      all = TRUE;
    }
  else if (strcmp (name, "conntrack") == 0)
    all = append_conntrack (rule->matches, revision, info, length);
  else if (strcmp (name, "state") == 0)
    all = append_state (rule->matches, info, length);
  else if (strcmp (name, "udp") == 0)
    all = append_udp (rule->matches, info, length);
  else if (strcmp (name, "tcp") == 0)
    all = append_tcp (rule->matches, info, length);
  else if (strcmp (name, "icmp6") == 0)
    all = append_icmp6 (rule->matches, info, length);
  else if (strcmp (name, "mark") == 0)
    all = append_mark (rule->matches, CS_MATCH_MARK, info, length);
  else if (strcmp (name, "connmark") == 0)
    all = append_mark (rule->matches, CS_MATCH_CT_MARK, info, length);
  else if (strcmp (name, "addrtype") == 0)
    all = append_addrtype (rule->matches, revision, info, length);
  else if (strcmp (name, "pkttype") == 0)
    all = append_pkttype (rule->matches, info, length);
  if (!all)
    g_ptr_array_add (rule->matches, cs_match_new (CS_MATCH_OTHER, FALSE));
}

static guint
marks_of_connmark (const void *info, gsize length)
{
  struct xt_connmark_tginfo1 connmark;

  if (info == NULL || length < sizeof connmark)
    return CS_MARKS_SET | CS_MARKS_SET_CT;
  memcpy (&connmark, info, sizeof connmark);
  return connmark.mode == XT_CONNMARK_RESTORE ? CS_MARKS_RESTORE
         : connmark.mode == XT_CONNMARK_SAVE  ? CS_MARKS_SAVE
                                              : CS_MARKS_SET_CT;
}

void
cs_xt_rule_target (CsFilterRule *rule, const char *name, const void *info, gsize length)
{
  if (g_strcmp0 (name, "REJECT") == 0)
    rule->verdict = CS_VERDICT_REJECT;
  else if (g_strcmp0 (name, "NFQUEUE") == 0 || g_strcmp0 (name, "QUEUE") == 0)
    rule->verdict = CS_VERDICT_OTHER;
  else if (g_strcmp0 (name, "MARK") == 0)
    rule->marks |= CS_MARKS_SET;
  else if (g_strcmp0 (name, "CONNMARK") == 0)
    rule->marks |= marks_of_connmark (info, length);
}
