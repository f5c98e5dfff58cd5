/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Asks the networks at uplinks for prefixes (DHCPv6 prefix delegation, RFC 8415), by one
 * dhcpcd(8) for each uplink, and remembers what they have delegated. */
#pragma once

#include "core/plan/plan.h"

#include <gio/gio.h>

#define CS_TYPE_DELEGATIONS (cs_delegations_get_type ())
G_DECLARE_FINAL_TYPE (CsDelegations, cs_delegations, CS, DELEGATIONS, GObject)

/* Signal: "changed", other prefixes are delegated than before. @folder is for its files,
 * @hook the program that dhcpcd is to run. */
CsDelegations *cs_delegations_new (const char *folder, const char *hook);
/* From now on, the uplinks of @plan for which shares want prefixes are asked, and no
 * others. Returns when those that are no longer asked are rid of their dhcpcd. */
void cs_delegations_follow_async (CsDelegations *self,
                                  const CsPlan *plan,
                                  GAsyncReadyCallback callback,
                                  gpointer user_data);
gboolean cs_delegations_follow_finish (GAsyncResult *result, GError **error);
/* Fills in .delegated of the interfaces. */
void cs_delegations_fill (CsDelegations *self, CsSnapshot *snapshot);
