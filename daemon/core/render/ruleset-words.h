/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What the parts of table "inet connshare" have in common. */
#pragma once

#include "outline.h"

#include "core/plan/share-plan.h"

/* Flows from a LAN to an address of this computer that another program has led elsewhere.
 */
#define CS_RULESET_PUBLISHED \
  "ct status dnat ct mark & " G_STRINGIFY (CS_PUBLISHED_MARK) " == " G_STRINGIFY ( \
      CS_PUBLISHED_MARK)

/* The set of ports that this computer itself listens on. What is in it is not the
 * plan's, and not part of the outline. */
#define CS_OWN_PORTS "own_ports"

/* The sets of the clients' addresses, whose elements count. Likewise. */
#define CS_CLIENTS_SENT      "clients_sent"
#define CS_CLIENTS_RECEIVED  "clients_received"
#define CS_CLIENTS_SENT6     "clients_sent6"
#define CS_CLIENTS_RECEIVED6 "clients_received6"
/* The maps of those whose flows take the short path. */
#define CS_SHORT_SENT      "short_sent"
#define CS_SHORT_RECEIVED  "short_received"
#define CS_SHORT_SENT6     "short_sent6"
#define CS_SHORT_RECEIVED6 "short_received6"

/* What port mappings consist of, all of which changes without a plan. Likewise. */
#define CS_FORWARDS        "forwards"
#define CS_FORWARD_TARGETS "forward_targets"
#define CS_PINHOLES        "pinholes"

/* Flows of mappings that were removed: what their client goes on sending would begin them
 * again, from the same port. Likewise; each is there for as long as packets come. */
#define CS_ENDED_FLOWS  "ended_flows"
#define CS_ENDED_FLOWS6 "ended_flows6"
#define CS_RULESET_ENDED(ip, set) \
  "meta l4proto { tcp, udp } " ip " saddr . meta l4proto . th sport . " ip \
  " daddr . th dport @" set " update @" set " { " ip \
  " saddr . meta l4proto . th sport . " ip " daddr . th dport } drop"

/* The upper half of an address of IPv6, as it is looked up in a set of networks. */
#define CS_NETWORK6 "& ffff:ffff:ffff:ffff::"
#define CS_TO_LANS6 "ip6 daddr " CS_NETWORK6 " @lan_networks6"
/* Neighbour discovery and MLD. */
#define CS_DISCOVERY6 \
  "icmpv6 type { mld-listener-query, mld-listener-report, mld-listener-done," \
  " nd-router-solicit, nd-neighbor-solicit, nd-neighbor-advert, mld2-listener-report }"

/* The segments that carry an MSS. */
#define CS_OPENS "tcp flags & (syn | rst) == syn"

/* A set or map of the frame. */
typedef struct
{
  const char *word; /* "set" or "map" */
  const char *name;
  const char *type;
  gboolean interval;
  gboolean counts; /* each element; and what is in it does not follow from the plan */
} CsFrameSet;

#define CS_FRAME_RULES_MAX 16

/* A chain of the frame. */
typedef struct
{
  const char *name;
  const char *type;                          /* NULL: others jump to it */
  const char *rules[CS_FRAME_RULES_MAX + 1]; /* the last is NULL */
} CsFrameChain;

void cs_ruleset_add_frame_sets (GString *out, const CsFrameSet *sets, gsize count);
void cs_ruleset_add_frame_chains (GString *out, const CsFrameChain *chains, gsize count);
/* @but: names that end with NULL, of sets whose elements do not follow from the plan. */
void cs_ruleset_outline_frame_sets (CsOutline *outline,
                                    const CsFrameSet *sets,
                                    gsize count,
                                    const char *const *but);
void cs_ruleset_outline_frame_chains (CsOutline *outline,
                                      const CsFrameChain *chains,
                                      gsize count);

/* A share's chain. */
typedef struct
{
  const char *prefix; /* of the name: "out" of "out_lan0" */
  void (*list_rules) (GPtrArray *rules, const CsSharePlan *share, const char *id);
} CsShareChain;

/* @type is NULL for a chain that others jump to; @rules ends with NULL. */
void cs_ruleset_add_chain (GString *out,
                           const char *name,
                           const char *type,
                           const char *const *rules);

/* Adds to @rules, of char (unowned), the last ones for a flow that is masqueraded, of
 * either family, and NULL. */
void cs_ruleset_end_masquerading (GPtrArray *rules);
/* Appends to @rules, of char (owned). */
void cs_ruleset_add_rule (GPtrArray *rules, const char *format, ...) G_GNUC_PRINTF (2, 3);
/* " ip FIELD != NETWORK" for each of the @networks; @ip may be "ip6" as well. */
char *
cs_ruleset_format_not_own (const GArray *networks, const char *ip, const char *field);
/* Drops what blocked clients send. */
void cs_ruleset_add_blocked (GPtrArray *rules, const CsSharePlan *share);
/* What is sent on the short path; if @clamps, segments with an MSS return from it. */
void cs_ruleset_add_short_sent (GPtrArray *rules, gboolean clamps, const char *id);
