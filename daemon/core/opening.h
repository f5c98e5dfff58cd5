/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other packet filters would drop of a share, and the accepts that open them.
 *
 * An accept is not final, a drop is: the filter that would drop has to be opened itself.
 * The accepts are coarse, by interface, as all strictness is in "inet connshare", whose
 * own drops no accept can undo. They go only where programs put their rules by way of
 * iptables, who share these chains with everybody: the chains FORWARD and INPUT of
 * "ip filter", or Docker's DOCKER-USER, made for such rules. Tables of others are theirs:
 * what drops there is told, with the command that would open it. */
#pragma once

#include "plan.h"

/* firewalld's table is its own, and it is asked instead: the LAN is put into this zone,
 * which it has for sharing: DHCP, DNS, ICMP and SSH for this host, and all forwarding. */
#define CS_FIREWALLD_ZONE  "nm-shared"
#define CS_FIREWALLD_TABLE "inet firewalld"

/* Where accepts go, and how they are known again. */
#define CS_OPENING_TABLE   "ip filter"
#define CS_OPENING_COMMENT "connshare"
/* The filter table of the older iptables is none of nftables. */
#define CS_LEGACY_TABLE "iptables-legacy"

/* Kinds of packets that a share lives by. */
typedef enum
{
  CS_FLOW_OUT,  /* client to uplink */
  CS_FLOW_BACK, /* uplink to client */
  CS_FLOW_DHCP, /* client to this host */
  CS_FLOW_DNS,
  CS_FLOW_DNS_TCP,
  CS_FLOW_ANSWER, /* name server to this host */
  CS_FLOWS,
} CsFlow;

typedef struct
{
  const CsFirewall *firewall; /* what it is in */
  const CsFilterChain *base;  /* the base chain on the hook */
  CsDrop drop;                /* what in it drops */
  CsFlow flow;                /* the first of those that are dropped */
} CsBlock;

/* Sets .open, .zone and .found_zone of @share, the rest of which is planned. @before
 * (nullable) is what is in force for it. */
void cs_opening_choose (CsSharePlan *share,
                        const CsSharePlan *before,
                        const CsSnapshot *snapshot);
/* Whether @places (nullable) are all such as that puts into .open. */
gboolean cs_opening_is_valid (char **places);

/* The chain of "ip filter" of a place in .open: owned. */
char *cs_opening_chain (const char *place);
/* The accepts that @share wants in @place, as cs_filter_rule_to_string () has them and
 * nft(8) takes them: strv, owned. */
char **cs_opening_rules (const CsSharePlan *share, const char *place);
/* The same for iptables-legacy, if .open says so: as iptables-legacy-save has them. */
char **cs_opening_legacy_rules (const CsSharePlan *share);
/* The first accept that @share wants in @table of @firewall (nullable), and which is not
 * there, "FORWARD: iifname ...": owned, or NULL. */
char *cs_opening_missing (const CsSharePlan *share,
                          const CsFirewall *firewall,
                          const char *table);
/* Whether firewalld, in whose hands the LAN's zone is, has it in another one, and drops.
 */
gboolean cs_opening_zone_is_lost (const CsSharePlan *share, const CsSnapshot *snapshot);

/* What drops packets of @share although the accepts are in: of CsBlock, at most one for a
 * base chain, valid as long as @snapshot is. Owned. */
GArray *cs_blocks_find (const CsSharePlan *share, const CsSnapshot *snapshot);
/* The owners of those of them that are not opened by us, so that clients are blocked for
 * certain: strv, owned, or NULL. Of a plan whose accepts need not be in yet. */
char **cs_blocked_by (const CsSharePlan *share, const CsSnapshot *snapshot);
/* Whose filter it is: "ufw", "Docker", "firewalld", "iptables", or "nftables (inet
 * mine)". Owned, as the following are. */
char *cs_block_owner (const CsBlock *block);
/* "chain forward of table inet mine drops what clients of lan0 send to ppp0 (its policy)"
 */
char *cs_block_describe (const CsBlock *block, const CsSharePlan *share);
/* The commands that would open it. */
char *cs_block_remedy (const CsBlock *block, const CsSharePlan *share);
/* Why we could not open it ourselves; NULL: we have not tried, or it is open. */
const char *cs_block_refusal (const CsBlock *block,
                              const CsSharePlan *share,
                              const CsSnapshot *snapshot);
