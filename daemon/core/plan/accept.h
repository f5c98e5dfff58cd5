/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What other packet filters must have for a flow to pass, in the words of nft(8) and of
 * iptables(8). */
#pragma once

#include "flow.h"

/* What lets the packets of a flow pass. Coarse, by interface: all strictness is in "inet
 * connshare", whose own drops no accept can override. All unowned. */
typedef struct
{
  const char *chain;     /* "FORWARD", "INPUT", "OUTPUT", or another base chain */
  const char *iif;       /* (nullable) */
  const char *oif;       /* (nullable) */
  CsAddress source;      /* may be unset */
  CsAddress destination; /* may be unset */
  const char *protocol;  /* (nullable) "udp", "tcp" or "ipv6-icmp" */
  guint source_port;     /* 0: any */
  guint port;            /* 0: any */
  gboolean established;  /* only replies */
} CsAccept;

/* Appends the accepts for @flow of @share to @accepts (of CsAccept): on the hook of
 * @base, or, NULL, in the filter on its main hook. They are valid as long as @share and
 * @base are. */
void cs_accepts_add (GArray *accepts,
                     const CsSharePlan *share,
                     CsFlow flow,
                     const CsFilterChain *base);
/* "iifname "lan0" udp dport 67", the way cs_filter_rule_to_string () begins. Owned. */
char *cs_accept_to_nft (const CsAccept *accept);
/* "-i lan0 -p udp --dport 67"; with @saved "-i lan0 -p udp -m udp --dport 67", as
 * iptables-save(8) prints it. Owned. */
char *cs_accept_to_iptables (const CsAccept *accept, gboolean saved);
