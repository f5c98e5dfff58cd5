/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld, over D-Bus: which zone an interface is in, and moving it to another. Nobody
 * else can change firewalld's table, which has the owner flag, so firewalld has to do
 * it. */
#pragma once

#include "core/plan/plan.h"

#include <gio/gio.h>

#define CS_TYPE_FIREWALLD (cs_firewalld_get_type ())
G_DECLARE_FINAL_TYPE (CsFirewalld, cs_firewalld, CS, FIREWALLD, GObject)

/* For start-up: queries firewalld and waits. Signal: "changed", the zones are
 * different. */
CsFirewalld *cs_firewalld_new (GDBusConnection *connection);

/* Fills in .zone of the interfaces and .firewalld. */
void cs_firewalld_fill (CsFirewalld *self, CsSnapshot *snapshot);

/* As a step's apply(): puts the LAN into the zone of @to; takes a LAN that only @from has
 * back out, unless somebody has changed it since. The zone lets in what clients ask for
 * port mappings as long as a share of @plan wants that. */
void cs_firewalld_apply_async (CsFirewalld *self,
                               const CsPlan *plan,
                               const CsSharePlan *from,
                               const CsSharePlan *to,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_firewalld_apply_finish (GAsyncResult *result, GError **error);
