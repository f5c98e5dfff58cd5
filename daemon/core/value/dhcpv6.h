/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The messages of DHCPv6 by which a network is asked for prefixes (RFC 8415), as far as a
 * requesting router needs them: one IA_PD, and no addresses. */
#pragma once

#include "delegation.h"

#define CS_DHCPV6_CLIENT_PORT 546
#define CS_DHCPV6_SERVER_PORT 547

#define CS_DHCPV6_REQUEST_MAX 1024 /* bytes of a message */

typedef enum
{
  CS_DHCPV6_SOLICIT = 1,
  CS_DHCPV6_ADVERTISE = 2,
  CS_DHCPV6_REQUEST = 3,
  CS_DHCPV6_RENEW = 5,
  CS_DHCPV6_REBIND = 6,
  CS_DHCPV6_REPLY = 7,
} CsDhcpv6Type;

/* Status codes, of the registry of RFC 8415, section 21.13. */
typedef enum
{
  CS_DHCPV6_SUCCESS = 0,
  CS_DHCPV6_UNSPECIFIED = 1,
  CS_DHCPV6_NO_BINDING = 3, /* the server knows nothing of these prefixes */
  CS_DHCPV6_NO_PREFIX = 6,  /* it delegates none */
} CsDhcpv6Status;

typedef struct
{
  CsDhcpv6Type type;
  guint32 transaction;            /* 24 bits */
  guint32 association;            /* IAID */
  const CsDuid *client;           /* (unowned) */
  const CsDelegation *delegation; /* (unowned) (nullable) of it, but for a SOLICIT, the
                                     prefixes, and, but for a REBIND, the server */
  guint elapsed; /* hundredths of a second since the first such message */
} CsDhcpv6Request;

typedef struct
{
  CsDhcpv6Type type; /* ADVERTISE or REPLY */
  guint8 preference; /* of its server */
  gboolean rapid;    /* a REPLY to a SOLICIT */
  int status;        /* the first that is not SUCCESS, of the message or of its IA_PD */
  gboolean answers;  /* it has the IA_PD that was asked for */
  guint32 longest;   /* SOL_MAX_RT in seconds; 0: not said */
  CsDelegation delegation; /* but for .since; without prefixes where none are of use */
} CsDhcpv6Reply;

/* Returns the size of @data. */
gsize
cs_dhcpv6_print (const CsDhcpv6Request *request, guint8 data[CS_DHCPV6_REQUEST_MAX]);
/* FALSE for all that is no reply to @request: by its transaction, its client and its
 * association; nor complete. @data counts as hostile. */
gboolean cs_dhcpv6_parse (const guint8 *data,
                          gsize size,
                          const CsDhcpv6Request *request,
                          CsDhcpv6Reply *reply);
