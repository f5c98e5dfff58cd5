/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The datagrams by which a router is asked for port mappings, and what it replies: PCP
 * (RFC 6887) and NAT-PMP (RFC 6886), as far as a client of IPv4 needs them. */
#pragma once

#include "core/value/address.h"

/* Where a router is asked, and where its announcements come, to the group of all hosts.
 */
#define CS_ROUTER_PORT          5351
#define CS_ROUTER_ANNOUNCE_PORT 5350

#define CS_ROUTER_NONCE       12
#define CS_ROUTER_REQUEST_MAX 64   /* bytes of a datagram */
#define CS_ROUTER_REPLY_MAX   1100 /* likewise, by RFC 6887, section 7 */

typedef enum
{
  CS_ROUTER_PCP,
  CS_ROUTER_NAT_PMP,
} CsRouterProtocol;

/* For a mapping that leads to a port of this computer. */
typedef struct
{
  guint8 protocol;       /* IPPROTO_TCP or IPPROTO_UDP */
  guint16 port;          /* of this computer */
  guint16 external_port; /* of the router, if it can be had */
  CsAddress external;    /* likewise; unset: any */
  gboolean exact;        /* that port or none, as far as the protocol can say so */
  guint32 lifetime;      /* seconds; 0: delete it */
  guint8 nonce[CS_ROUTER_NONCE];
} CsRouterRequest;

/* Why there is no mapping. */
typedef enum
{
  CS_ROUTER_GRANTED,
  CS_ROUTER_REFUSED,
  CS_ROUTER_FULL,        /* it has no room for any more, or not for this computer's */
  CS_ROUTER_OFFLINE,     /* it has no network itself */
  CS_ROUTER_INEXACT,     /* it does not know PCP's PREFER_FAILURE */
  CS_ROUTER_UNSUPPORTED, /* it does not speak this version of the protocol */
} CsRouterResult;

typedef enum
{
  CS_ROUTER_MAPPING,  /* a reply to cs_router_print_mapping () */
  CS_ROUTER_ADDRESS,  /* one to cs_router_print_question (), or announced */
  CS_ROUTER_ANNOUNCE, /* announced: the router has forgotten mappings */
} CsRouterKind;

typedef struct
{
  CsRouterProtocol spoken;
  CsRouterKind kind;
  CsRouterResult result;
  guint32 epoch;    /* since when the router knows its mappings, in seconds */
  guint32 lifetime; /* seconds; of an error of PCP, for how long it holds */
  guint8 protocol;  /* from here on of a mapping, as in the request */
  guint16 port;
  guint8 nonce[CS_ROUTER_NONCE]; /* of PCP */
  guint16 external_port;         /* if it is granted */
  CsAddress external;            /* unset: not said */
} CsRouterReply;

/* These return the size of @data. @own is this computer's address of IPv4, from which it
 * is sent. */
gsize cs_router_print_mapping (CsRouterProtocol spoken,
                               const CsRouterRequest *request,
                               CsAddress own,
                               guint8 data[CS_ROUTER_REQUEST_MAX]);
/* For the router's external address, which NAT-PMP asks for by itself. */
gsize cs_router_print_question (guint8 data[CS_ROUTER_REQUEST_MAX]);

/* FALSE for what is no reply. One that does not support the version answers any request
 * but those in .spoken, which is then what to try next, and is of no kind. */
gboolean cs_router_parse (const guint8 *data, gsize size, CsRouterReply *reply);
/* Whether it is about the mapping of @request. */
gboolean
cs_router_reply_answers (const CsRouterReply *reply, const CsRouterRequest *request);
