/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share's entries in the maps and sets of table "inet connshare". */
#pragma once

#include "core/plan/share-plan.h"

/* Of IP and TCP headers without options (RFC 9293, 3.7.1). Bytes. */
#define CS_TCP_HEADERS  40
#define CS_TCP_HEADERS6 60 /* with IPv6's (RFC 8200, 8.3) */

/* An interface's number, padded, so that nft does not take it for an interface's name,
 * which would be shorter. */
#define CS_IFINDEX_FORMAT "\"%016d\""

typedef struct
{
  const char *set; /* or map */
  char *value;     /* (owned) as nft(8) has it: "\"lan0\" : jump from_lan0" */
} CsElement;

/* An empty list of CsElement (owned), each of which is in it once. */
GPtrArray *cs_ruleset_new_elements (void);
gboolean cs_ruleset_has_element (const GPtrArray *elements, const CsElement *element);
/* Adds those of @share (nullable). @flows: with those of the short path. */
void
cs_ruleset_add_elements (GPtrArray *elements, const CsSharePlan *share, gboolean flows);
/* Adds those that are about its uplink, which other shares with the same uplink have,
 * too. */
void cs_ruleset_add_uplink_elements (GPtrArray *elements, const CsSharePlan *share);
/* Whether segments to clients need a smaller MSS, because the LAN's MTU is above the
 * uplink's. */
gboolean cs_ruleset_clamps (const CsSharePlan *share);
/* The same for IPv6, whose header is larger. */
gboolean cs_ruleset_clamps6 (const CsSharePlan *share);
/* The networks of the LAN whose packets may leave by the uplink, those that do so as they
 * are first: of CsCidr (transfer full). */
GArray *cs_ruleset_list_leaving6 (const CsSharePlan *share);
/* Whether flows that were accepted once take a short path. */
gboolean cs_ruleset_has_short_path (const CsSharePlan *share);
