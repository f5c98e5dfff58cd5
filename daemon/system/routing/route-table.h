/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Brings one of our routing tables, and the policy rules that lead to it, to what they
 * should be. Everything is compared with a dump from the kernel first, so a table that is
 * right is left alone. */
#pragma once

#include "core/plan/plan.h"
#include "core/plan/rules.h"
#include "system/netlink/rtnetlink.h"

typedef struct
{
  guint32 number;
  int family;
  const GArray *routes; /* of CsRoute: wanted */
  const GArray *rules;  /* of CsPolicyRule: wanted, into this table */
  const GArray *doomed; /* (nullable) of CsRoute: only these are deleted, and no rule
                           unless it gets a successor; NULL: whatever is not wanted is
                           deleted */
  const GArray *doomed_networks; /* (nullable) of CsCidr: with .doomed, whatever leads
                                    into these is deleted, too, unless it is wanted */
  const GArray *spared; /* (nullable) of CsCidr: single addresses in these are left alone,
                           whatever leads there */
} CsRouteTable;

/* @share names the interfaces of the routes in error messages. New routes come before old
 * ones go, unreachable and blackhole ones first. */
gboolean cs_route_table_bring (CsNetlink *netlink,
                               const CsRouteTable *table,
                               const CsSharePlan *share,
                               GError **error);
/* Deletes all rules of ours that lead to table @number of @family, then all of its
 * routes. */
gboolean
cs_route_table_clear (CsNetlink *netlink, guint32 number, int family, GError **error);
/* Whether table @number of @family has any route. */
gboolean cs_route_table_is_empty (CsNetlink *netlink,
                                  guint32 number,
                                  int family,
                                  gboolean *empty,
                                  GError **error);
