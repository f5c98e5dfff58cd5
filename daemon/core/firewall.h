/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs' packet filters, as plain values: the chains of all tables that have a
 * base chain where a share's packets pass, and what their rules ask of a packet, as far
 * as it can be told; and the way of a packet through them.
 *
 * A condition is a key of the packet and ranges of values, all as bytes in network order
 * and padded to one length, so that an interface's name, an address and a port compare
 * alike. What is not understood (a limit, a mark, the time of day) is CS_MATCH_OTHER:
 * such a rule may match or not. */
#pragma once

#include <glib.h>

#define CS_MATCH_SIZE 16

typedef enum
{
  CS_MATCH_OTHER,
  CS_MATCH_IIFNAME, /* bytes of the name, then NULs */
  CS_MATCH_OIFNAME,
  CS_MATCH_IIF, /* 4 bytes: ifindex */
  CS_MATCH_OIF,
  CS_MATCH_NFPROTO, /* 1 byte: NFPROTO_* */
  CS_MATCH_L4PROTO, /* 1 byte: IPPROTO_* */
  CS_MATCH_SADDR,   /* 4 bytes: IPv4 */
  CS_MATCH_DADDR,
  CS_MATCH_SPORT, /* 2 bytes */
  CS_MATCH_DPORT,
  CS_MATCH_CT_STATE, /* 4 bytes: one of CS_CT_* */
  CS_MATCH_KEYS,
} CsMatchKey;

/* The kernel's bits of "ct state". */
#define CS_CT_INVALID     1u
#define CS_CT_ESTABLISHED 2u
#define CS_CT_RELATED     4u
#define CS_CT_NEW         8u

typedef struct
{
  guint8 low[CS_MATCH_SIZE];
  guint8 high[CS_MATCH_SIZE]; /* included */
} CsMatchRange;

typedef struct
{
  CsMatchKey key;
  gboolean inverted;
  GArray *ranges; /* (owned) of CsMatchRange */
} CsMatch;

typedef enum
{
  CS_VERDICT_NONE, /* it counts, or logs */
  CS_VERDICT_ACCEPT,
  CS_VERDICT_DROP,
  CS_VERDICT_REJECT,
  CS_VERDICT_JUMP,
  CS_VERDICT_GOTO,
  CS_VERDICT_RETURN,
  CS_VERDICT_OTHER, /* a program decides */
} CsVerdict;

typedef struct
{
  GPtrArray *matches; /* (owned) of CsMatch (owned); all must hold */
  CsVerdict verdict;
  char *target; /* (owned) (nullable) chain of a jump or goto */
  guint64 handle;
  gboolean ours; /* an accept with the comment "connshare" */
} CsFilterRule;

typedef enum
{
  CS_HOOK_NONE, /* not a base chain */
  CS_HOOK_FORWARD,
  CS_HOOK_INPUT,
  CS_HOOK_ELSEWHERE,
} CsHook;

typedef struct
{
  char *table; /* (owned) "ip filter", "inet firewalld" */
  char *name;  /* (owned) */
  CsHook hook;
  int priority;
  gboolean drops;   /* its policy */
  GPtrArray *rules; /* (owned) of CsFilterRule (owned) */
} CsFilterChain;

/* Immutable once made. */
typedef struct
{
  gatomicrefcount references;
  GPtrArray *chains; /* (owned) of CsFilterChain (owned); none of "inet connshare" */
} CsFirewall;

CsFirewall *cs_firewall_new (void);
CsFirewall *cs_firewall_ref (CsFirewall *self);
void cs_firewall_unref (CsFirewall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFirewall, cs_firewall_unref)

/* Both belong to @self afterwards. */
CsFilterChain *
cs_firewall_add_chain (CsFirewall *self, const char *table, const char *name);
/* (nullable) */
CsFilterChain *
cs_firewall_find (const CsFirewall *self, const char *table, const char *name);

CsFilterRule *cs_filter_rule_new (void);
void cs_filter_rule_free (CsFilterRule *rule);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFilterRule, cs_filter_rule_free)
CsMatch *cs_match_new (CsMatchKey key, gboolean inverted);
/* CS_MATCH_CT_STATE, with a range for each bit of @states. */
CsMatch *cs_match_new_states (guint32 states, gboolean inverted);
CsMatch *cs_match_copy (const CsMatch *match);
void cs_match_free (CsMatch *match);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsMatch, cs_match_free)
/* @length of at most CS_MATCH_SIZE bytes; what follows them may be anything. */
void cs_match_add (CsMatch *match, const void *low, const void *high, gsize length);

/* What is known of a packet; a key that is not is any value. */
typedef struct
{
  gboolean known[CS_MATCH_KEYS];
  CsMatchRange values[CS_MATCH_KEYS];
} CsPacket;

void cs_packet_set (CsPacket *packet,
                    CsMatchKey key,
                    const void *low,
                    const void *high,
                    gsize length);
void cs_packet_set_name (CsPacket *packet, CsMatchKey key, const char *interface);
/* @length of the lower bytes of @value, in network order. */
void cs_packet_set_number (CsPacket *packet, CsMatchKey key, guint32 value, gsize length);

/* Where a packet ended. */
typedef struct
{
  const CsFilterChain *chain; /* of the rule, or the base chain */
  const CsFilterRule *rule;   /* (nullable) NULL: the policy */
  gboolean certain; /* no rule that may have let it pass was left out as not understood */
} CsDrop;

/* Whether @packet is dropped in @base and the chains that it leads to. A rule that may
 * match or not is left out; with @without_ours, so are those of this program. */
gboolean cs_firewall_drops (const CsFirewall *self,
                            const CsFilterChain *base,
                            const CsPacket *packet,
                            gboolean without_ours,
                            CsDrop *drop);

/* In the words of nft(8), "..." for what is not understood: "iifname "lan0" udp dport 67
 * accept". Conditions come in the order of an own, so that rules that ask the same are
 * equal. */
char *cs_filter_rule_to_string (const CsFilterRule *rule);
