/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The protocol between connshared and connshare-portd, over a socket pair that keeps
 * messages apart: a request at a time, and its answer; settings come at any time. Both
 * sides have been built together, so a message is a structure; but neither trusts what
 * the other has put into it. */
#pragma once

#include "core/value/cidr.h"

/* Where clients ask, of the LAN's own address: UDP for NAT-PMP and PCP, which have this
 * number, and TCP for UPnP, which has none. */
#define CS_PORTD_PORT 5351
/* Where they search by UPnP. */
#define CS_PORTD_SEARCH_PORT 1900

/* Its descriptors. */
typedef enum
{
  CS_PORTD_CHANNEL, /* the socket pair */
  CS_PORTD_CONTROL = 3,
  CS_PORTD_CONTROL6,
  CS_PORTD_SEARCH, /* what comes to SSDP's group */
  CS_PORTD_SEARCH_OWN,
  CS_PORTD_HTTP,
  CS_PORTD_FDS,
} CsPortdFd;

/* Seconds; what is beyond gets these. PCP and NAT-PMP renew at half of it; many programs
 * that speak UPnP never do, and ask for 0: permanent in WANIPConnection:1, but to be
 * taken as the longest there is, a week, in WANIPConnection:2 (2.3, PortMapping-
 * LeaseDuration), as miniupnpd does. */
#define CS_PORTD_MIN_LIFETIME  120u
#define CS_PORTD_MAX_LIFETIME  86400u
#define CS_PORTD_UPNP_LIFETIME 604800u
/* The first port that a client may have. */
#define CS_PORTD_FIRST_PORT 1024u

#define CS_PORTD_NAME  64 /* bytes, with the NUL at its end */
#define CS_PORTD_NONCE 12

typedef enum
{
  CS_PORTD_MAP = 1,
  CS_PORTD_UNMAP, /* .port, or if that is 0 all that lead to .to_port, or if that is 0,
                     too, all; of .protocol, or if that is 0 of both */
  CS_PORTD_FIND,  /* by .protocol and .port */
  CS_PORTD_LIST,  /* the one of number .index */
} CsPortdKind;

typedef enum
{
  CS_PORTD_UPNP = 1,
  CS_PORTD_PCP,
  CS_PORTD_NAT_PMP,
} CsPortdOrigin;

/* Always about .client's own mappings. */
typedef struct
{
  guint32 kind; /* CsPortdKind */
  guint32 serial;
  CsAddress client;             /* who asks, and whom a mapping leads to */
  guint8 nonce[CS_PORTD_NONCE]; /* of PCP */
  guint8 protocol;              /* IPPROTO_TCP, IPPROTO_UDP */
  guint8 origin;                /* CsPortdOrigin */
  guint8 exact;                 /* MAP: .port or none */
  guint16 port;                 /* of the uplink's address */
  guint16 to_port;              /* of the client */
  guint32 lifetime;             /* seconds */
  guint32 index;
  char name[CS_PORTD_NAME]; /* UTF-8 */
} CsPortdRequest;

typedef enum
{
  CS_PORTD_DONE = 1,
  CS_PORTD_REFUSED,    /* a port, or a mapping, that this client may not have or change */
  CS_PORTD_TAKEN,      /* the port, for now */
  CS_PORTD_QUOTA,      /* the client has as many as it may */
  CS_PORTD_NO_NETWORK, /* there is no uplink */
  CS_PORTD_FAILED,
  CS_PORTD_NOT_FOUND,
} CsPortdResult;

/* What there is by now, unless .result says otherwise. */
typedef struct
{
  guint32 serial;
  guint32 result; /* CsPortdResult */
  guint8 protocol;
  guint16 port;
  guint16 to_port;
  guint32 lifetime; /* seconds that are left; 0: for good */
  char name[CS_PORTD_NAME];
} CsPortdAnswer;

#define CS_PORTD_NETWORKS 16

typedef struct
{
  CsCidr gateway;                     /* the LAN's address, of IPv4 */
  CsCidr networks[CS_PORTD_NETWORKS]; /* where clients are; those without address: none */
  CsAddress external;                 /* the uplink's, of IPv4 */
  guint8 uuid[16];                    /* of the device that UPnP sees */
  char host_name[64];                 /* this computer's, for people */
} CsPortdSettings;

typedef enum
{
  CS_PORTD_SETTINGS = 1,
  CS_PORTD_ANSWER,
} CsPortdReportKind;

/* From connshared. */
typedef struct
{
  guint32 kind; /* CsPortdReportKind */
  union
  {
    CsPortdSettings settings;
    CsPortdAnswer answer;
  };
} CsPortdReport;
