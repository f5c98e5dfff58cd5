/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A share that is in force but in no ledger: /run was cleared, or the package removed.
 * What is left of it on the host makes a plan, as if it had been recorded, so that it
 * is taken over or ended like any other. What was there before it cannot be found out. */
#pragma once

#include "plan-list.h"

typedef struct
{
  char *lan;        /* (owned) */
  guint32 table;    /* its routing table; 0: not found */
  char *uplink;     /* (owned) (nullable) as a policy rule names it */
  CsAddress served; /* address that its dnsmasq has; unset: none was found */
} CsOrphan;

/* Array of CsOrphan (owned). */
GPtrArray *cs_orphan_list_new (void);
/* The one of @lan, which is added if it is missing. */
CsOrphan *cs_orphan_list_get (GPtrArray *orphans, const char *lan);
/* Adds the LANs that have our profile in @snapshot. */
void cs_orphan_list_add_profiles (GPtrArray *orphans, const CsSnapshot *snapshot);

/* The plan of @orphan (transfer full), with a table that no share of @known has.
 * Forwarding counts as off before, unless the host forwards on all interfaces
 * (net.ipv4.ip_forward): too little is safe. So does src_valid_mark, unless another
 * program has a rule that may need it. */
CsSharePlan *
cs_orphan_plan (const CsOrphan *orphan, const CsSnapshot *snapshot, const CsPlan *known);
