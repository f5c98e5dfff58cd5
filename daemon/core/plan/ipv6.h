/* SPDX-License-Identifier: GPL-2.0-or-later */
/* How a share provides IPv6: which mode is possible, which addresses the LAN gets and
 * keeps, which routes lead out. */
#pragma once

#include "share-plan.h"

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

/* Takes back what that has planned. */
void cs_ipv6_unplan (CsSharePlan *share);

/* Whether the LAN has networks of IPv6 that the share is about. */
gboolean cs_share_plan_has_ipv6 (const CsSharePlan *plan);
/* Whether they are ours: the gateway has addresses there, and announces itself. */
gboolean cs_share_plan_serves_ipv6 (const CsSharePlan *plan);
/* Whether what clients send may leave by the uplink. */
gboolean cs_share_plan_forwards_ipv6 (const CsSharePlan *plan);
/* Whether only shares forward what comes in by the uplink. */
gboolean cs_share_plan_guards_uplink6 (const CsSharePlan *plan);
/* Whether accept_ra of one of .raised stays so during the share. */
gboolean cs_share_plan_keeps_raised (const CsSharePlan *plan, const char *interface);
/* The LAN's networks, from which its clients have their addresses, those of earlier
 * prefixes included: of CsCidr (transfer full), all of /64. */
GArray *cs_share_plan_networks6 (const CsSharePlan *plan);
/* Whether @network, one of these, is on an uplink's link, too. */
gboolean cs_share_plan_extends (const CsSharePlan *plan, CsCidr network);
/* Whether what comes in by the uplink is only for LANs, as the host forwards IPv6 for
 * shares alone. */
gboolean cs_share_plan_seals_ipv6 (const CsSharePlan *plan);
/* Those of them whose packets leave by the uplink as they are, because they belong to it,
 * and those that are masqueraded, in any mode: so flows outlive a change of the mode.
 * What is in neither does not leave (RFC 7084, 4.3, L-14). Both (transfer full) of
 * CsCidr. */
GArray *cs_share_plan_own_sources6 (const CsSharePlan *plan);
GArray *cs_share_plan_masqueraded6 (const CsSharePlan *plan);
/* The link-local address by which the gateway is the LAN's router, with its prefix
 * length: made of the unique local network, so that it is the same each time, whatever
 * else the LAN has, and another one on each LAN. Unset without addresses. */
CsCidr cs_share_plan_router6 (const CsSharePlan *plan);
