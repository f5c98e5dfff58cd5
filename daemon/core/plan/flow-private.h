/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What flow.c, accept.c and flow-packet.c know of a flow. */
#pragma once

#include "flow.h"

/* Where a packet comes from, or goes to. */
typedef enum
{
  HOST,
  LAN,
  UPLINK,
} Side;

/* Whose port it is about. */
typedef enum
{
  ANY,
  DHCP,
  DNS,     /* the share's own name server, at the host */
  PORTS,   /* of who maps ports */
  SEARCH,  /* likewise */
  SERVERS, /* those that it asks, at the uplink */
  LINK,    /* no port: routers and neighbors find each other (RFC 4861) */
} Service;

typedef struct
{
  Side from;
  Side to;
  guint8 protocol; /* 0: any */
  Service service;
  gboolean is_reply;
  gboolean ipv6;
  guint8 type;       /* of ICMPv6 */
  gboolean to_group; /* to all on the link */
} CsFlowKind;

extern const CsFlowKind cs_flow_kinds[CS_FLOWS];

/* (nullable) */
const char *cs_flow_name_of (const CsSharePlan *share, Side side);
/* Of the service; @base is nullable: on the main hook. */
guint cs_flow_port_of (const CsSharePlan *share, CsFlow flow, const CsFilterChain *base);
/* Whether it comes from the service, rather than goes there. */
gboolean cs_flow_is_served (CsFlow flow);
/* Whether the share has both ends of the flow. */
gboolean cs_flow_has_ends (const CsSharePlan *share, CsFlow flow);
gboolean cs_flow_has_iif (const CsFilterChain *base);
gboolean cs_flow_has_oif (const CsFilterChain *base);
/* Still with the address and port that it has come with. Our own table translates a
 * little before others. */
gboolean cs_flow_is_arriving (const CsFilterChain *base);
/* With those with which it goes. */
gboolean cs_flow_is_leaving (const CsFilterChain *base);
/* We open other filters for IPv4 only, and not for what this computer says to itself. */
gboolean cs_flow_is_beyond_uplink (const CsAddress *server);
/* (nullable) The first of those servers. */
const CsAddress *cs_flow_find_server (const CsSharePlan *share);
