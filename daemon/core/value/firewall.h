/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Other programs' packet filters as plain values: the chains of all tables that have a
 * base chain where a share's packets pass, and what their rules match, as far as that is
 * understood; and the path of a packet through one of them.
 *
 * A condition is a key of the packet and ranges of values, all as bytes in network
 * order and padded to one length, so that an interface's name, an address and a port
 * compare alike. What is not understood (a limit, a user, the time of day) is
 * CS_MATCH_OTHER: such a rule may match or not. A packet's marks are zero until a rule on
 * its way may have set them, and not known from then on; so of a masked mark only counts
 * whether zero matches. */
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
  CS_MATCH_SADDR6, /* 16 bytes: IPv6 */
  CS_MATCH_DADDR6,
  CS_MATCH_SPORT, /* 2 bytes */
  CS_MATCH_DPORT,
  CS_MATCH_CT_STATE,   /* 4 bytes: one of CS_CT_* */
  CS_MATCH_CT_MARK,    /* 4 bytes */
  CS_MATCH_MARK,       /* 4 bytes */
  CS_MATCH_CGROUP,     /* 4 bytes: net_cls' class of the sender */
  CS_MATCH_DTYPE,      /* 4 bytes: RTN_* of the destination */
  CS_MATCH_PKTTYPE,    /* 1 byte: PACKET_* */
  CS_MATCH_ETHERTYPE,  /* 2 bytes: ETH_P_* */
  CS_MATCH_ICMP6_TYPE, /* 1 byte */
  CS_MATCH_KEYS,
} CsMatchKey;

/* The kernel's bits of "ct state". */
#define CS_CT_INVALID     1u
#define CS_CT_ESTABLISHED 2u
#define CS_CT_RELATED     4u
#define CS_CT_NEW         8u
#define CS_CT_UNTRACKED   64u

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

/* What a rule does to the marks of a packet and of its flow. */
#define CS_MARKS_SET     1u
#define CS_MARKS_SET_CT  2u
#define CS_MARKS_RESTORE 4u /* the packet's becomes the flow's */
#define CS_MARKS_SAVE    8u /* the flow's becomes the packet's */

typedef struct
{
  GPtrArray *matches; /* (owned) of CsMatch (owned); all must hold */
  CsVerdict verdict;
  char *target; /* (owned) (nullable) chain of a jump or goto */
  guint marks;  /* of CS_MARKS_* */
  guint64 handle;
  gboolean ours; /* an accept with the comment "connshare" */
} CsFilterRule;

/* In the order of a packet's way. */
typedef enum
{
  CS_HOOK_NONE, /* not a base chain, or not one that filters packets of a share */
  CS_HOOK_INGRESS,
  CS_HOOK_PREROUTING,
  CS_HOOK_INPUT,
  CS_HOOK_FORWARD,
  CS_HOOK_OUTPUT,
  CS_HOOK_POSTROUTING,
  CS_HOOK_EGRESS,
} CsHook;

/* Where conntrack and the translation of addresses have their place among the chains of a
 * hook (NF_IP_PRI_* in linux/netfilter_ipv4.h). */
#define CS_PRIORITY_CONNTRACK (-200)
#define CS_PRIORITY_DNAT      (-100)
#define CS_PRIORITY_SNAT      100

typedef struct
{
  char *table; /* (owned) "ip filter", "ip6 filter", "inet firewalld" */
  char *name;  /* (owned) */
  CsHook hook;
  int priority;
  char **devices;   /* (owned) (nullable) on CS_HOOK_INGRESS and CS_HOOK_EGRESS */
  gboolean drops;   /* its policy */
  GPtrArray *rules; /* (owned) of CsFilterRule (owned) */
} CsFilterChain;

/* Immutable once made. */
typedef struct
{
  gatomicrefcount references;
  GPtrArray *chains;   /* (owned) of CsFilterChain (owned); none of "inet connshare" */
  gboolean translates; /* somebody may give IPv4 packets that come in another
                          destination */
} CsFirewall;

CsFirewall *cs_firewall_new (void);
CsFirewall *cs_firewall_ref (CsFirewall *self);
void cs_firewall_unref (CsFirewall *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsFirewall, cs_firewall_unref)

/* Both are owned by @self afterwards. */
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

/* What is known of a packet; a key that is not set can have any value. */
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

/* Where a packet ends. */
typedef struct
{
  const CsFilterChain *chain; /* of the rule, or the base chain */
  const CsFilterRule *rule;   /* (nullable) NULL: the policy */
  gboolean certain; /* no rule that may have accepted it was skipped as not understood */
} CsDrop;

/* Whether @packet is dropped in @base and the chains that it jumps to. A rule that may
 * match or not is skipped; with @without_ours, so are those of this program. Afterwards
 * @packet does not know its marks if they may have been set. */
gboolean cs_firewall_drops (const CsFirewall *self,
                            const CsFilterChain *base,
                            CsPacket *packet,
                            gboolean without_ours,
                            CsDrop *drop);
