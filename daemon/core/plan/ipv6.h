/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a share provides IPv6: which mode is possible, which addresses the LAN gets and
 * keeps, which routes lead out. */
#pragma once

#include "share-ipv6.h"

/* Metric of routes that are copied: what the kernel makes of 0, so that what is read back
 * is the same. */
#define CS_IPV6_METRIC 1024
/* How long clients may use the addresses of a prefix that is announced no more, and how
 * long they prefer those of one that is: seconds (RFC 9096, 3.4: no longer than that). */
#define CS_IPV6_VALID     5400
#define CS_IPV6_PREFERRED 2700

typedef struct
{
  const CsRequest *request;
  const CsSharePlan *before; /* (nullable) what is in force for it */
  const CsInterface *lan;    /* (nullable) */
  const CsInterface *uplink; /* (nullable) ready */
  const GArray *taken;       /* of CsCidr: the networks of other shares' LANs */
  gboolean blocked;          /* by other packet filters, so there is none */
  const CsSnapshot *snapshot;
} CsIpv6Question;

/* Sets .ipv6 of @share, less what was found, and adds to .routes and .uplink_addresses
 * what is of IPv6. Returns when to plan again, as CsSnapshot.now; 0: for no reason of
 * IPv6's. */
gint64 cs_ipv6_plan (CsSharePlan *share, const CsIpv6Question *question);

/* Whether packets to all of the Internet may leave by @uplink. */
gboolean cs_ipv6_leads_out (const CsInterface *uplink, const CsSnapshot *snapshot);

/* Whether it has an address behind which clients can be masqueraded. */
gboolean cs_ipv6_has_address (const CsInterface *uplink);

/* Takes back what that has planned. */
void cs_ipv6_unplan (CsSharePlan *share);
