/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kinds of packets that a share lives by, and so what other packet filters must let
 * pass: one table, which yields the accepts (accept.h), and the packets that test whether
 * they would pass (flow-packet.h). */
#pragma once

#include "share-plan.h"

#define CS_DHCP_PORT 67
#define CS_DNS_PORT  53
/* What clients ask for port mappings (portd/wire.h), and where they search for it. */
#define CS_PORTS_PORT  5351
#define CS_SEARCH_PORT 1900

/* What asks comes before what replies. */
typedef enum
{
  CS_FLOW_OUT,  /* client to uplink */
  CS_FLOW_BACK, /* uplink to client */
  CS_FLOW_IN,   /* the same unasked, by a port mapping; the same accept lets both pass */
  CS_FLOW_DHCP, /* client to this host */
  CS_FLOW_DNS,
  CS_FLOW_DNS_TCP,
  CS_FLOW_PORTS,     /* requests for port mappings: NAT-PMP and PCP, ... */
  CS_FLOW_PORTS_TCP, /* ... UPnP, ... */
  CS_FLOW_SEARCH,    /* ... and SSDP, to a group */
  CS_FLOW_OFFER,     /* this host to client: DHCP */
  CS_FLOW_REPLY,     /* DNS */
  CS_FLOW_REPLY_TCP,
  CS_FLOW_GRANT, /* to requests for port mappings */
  CS_FLOW_GRANT_TCP,
  CS_FLOW_RESULT,
  CS_FLOW_QUESTION, /* this host to name server */
  CS_FLOW_QUESTION_TCP,
  CS_FLOW_ANSWER, /* name server to this host */
  CS_FLOW_ANSWER_TCP,
  CS_FLOW_OUT6, /* the same by IPv6 */
  CS_FLOW_BACK6,
  CS_FLOW_IN6,
  CS_FLOW_SOLICIT6,  /* client to this host: for a router, ... */
  CS_FLOW_NEIGHBOR6, /* ... or for a neighbor's hardware address */
  CS_FLOW_DNS6,
  CS_FLOW_DNS6_TCP,
  CS_FLOW_PORTS6,     /* PCP */
  CS_FLOW_ADVERTISE6, /* this host to clients: as their router ... */
  CS_FLOW_FOUND6,     /* ... and neighbor */
  CS_FLOW_REPLY6,
  CS_FLOW_REPLY6_TCP,
  CS_FLOW_GRANT6,
  CS_FLOWS,
} CsFlow;

#define CS_FLOW_BIT(flow) (1u << (flow))

gboolean cs_flow_is_ipv6 (CsFlow flow);
/* CS_HOOK_FORWARD, CS_HOOK_INPUT or CS_HOOK_OUTPUT. */
CsHook cs_flow_hook (CsFlow flow);
/* The chain of iptables(8) there. */
const char *cs_flow_chain (CsFlow flow);
/* Whether @share currently has packets of that kind. */
gboolean cs_flow_exists (const CsSharePlan *share, CsFlow flow);
/* Whether it is one of IPv6 that @share would have, if it had IPv6. */
gboolean cs_flow_would_exist6 (const CsSharePlan *share, CsFlow flow);
/* Whether its packets come by @base. */
gboolean
cs_flow_passes (const CsSharePlan *share, CsFlow flow, const CsFilterChain *base);
