/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The accepts that open other packet filters for a share.
 *
 * An accept is not final, a drop is: the filter that would drop has to be opened itself.
 * The accepts go only where programs put their rules by way of iptables, who share these
 * chains with everybody (place.h). Tables of others are theirs: what drops there is told,
 * with the command that would open it. */
#pragma once

#include "accept.h"
#include "plan-list.h"

/* Sets .open, .zone, .found_zone and what it is blocked by of @share, the rest of which
 * is planned.
 * @before (nullable) is what is in force for it. */
void cs_opening_choose (CsSharePlan *share,
                        const CsSharePlan *before,
                        const CsSnapshot *snapshot);

/* Whether filters that we do not open drop what the share needs for IPv6, for certain,
 * although everything that we may open is. Of a share for which that is chosen. */
gboolean cs_opening_blocks_ipv6 (const CsSharePlan *share, const CsSnapshot *snapshot);

/* What @share (nullable) wants in @table, one of CS_OPENING_TABLE, CS_OPENING_TABLE6 and
 * CS_LEGACY_TABLE: of CsAccept, owned, valid as long as @share is. */
GArray *cs_opening_list (const CsSharePlan *share, const char *table);
/* What all shares of @plan want there, as texts by @to_text, which owns nothing of them:
 * a set. */
GHashTable *cs_opening_list_all (const CsPlan *plan,
                                 const char *table,
                                 char *(*to_text) (const CsAccept *accept));
/* "INPUT -i lan0 ... -j ACCEPT" for CS_LEGACY_TABLE, as iptables-save(8) has what follows
 * "-A". Owned. */
char *cs_opening_to_legacy (const CsAccept *accept);
/* The first accept that @share needs in @table of @firewall (nullable) and that is
 * missing, "FORWARD: iifname ...": owned, or NULL. */
char *cs_opening_missing (const CsSharePlan *share,
                          const CsFirewall *firewall,
                          const char *table);
/* Whether firewalld, which owns the LAN's zone, has the LAN in another one, or the zone
 * without what we have opened in it, and drops. */
gboolean cs_opening_zone_is_lost (const CsSharePlan *share, const CsSnapshot *snapshot);
/* The owners of filters that drop and are not opened by us, so that clients are blocked
 * for certain: strv, owned, or NULL. Of a plan whose accepts need not be in yet. */
char **cs_opening_blocked_by (const CsSharePlan *share, const CsSnapshot *snapshot);
