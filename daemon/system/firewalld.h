/* SPDX-License-Identifier: GPL-2.0-or-later */
/* firewalld, over D-Bus: which zone an interface is in, and to move one. Its table is its
 * own, flagged so that nobody else can change it, and it is asked instead. */
#pragma once

#include "core/plan.h"

#include <gio/gio.h>

#define CS_TYPE_FIREWALLD (cs_firewalld_get_type ())
G_DECLARE_FINAL_TYPE (CsFirewalld, cs_firewalld, CS, FIREWALLD, GObject)

/* Asks and waits, at start-up. Signal: "changed", the zones are others. */
CsFirewalld *cs_firewalld_new (GDBusConnection *connection);

/* Fills in .zone of the interfaces and .firewalld. */
void cs_firewalld_fill (CsFirewalld *self, CsSnapshot *snapshot);

/* As a step's apply(): the LAN is put into the zone of @to; one that only @from has is
 * taken back, unless somebody has changed it since. */
void cs_firewalld_apply_async (CsFirewalld *self,
                               const CsSharePlan *from,
                               const CsSharePlan *to,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_firewalld_apply_finish (GAsyncResult *result, GError **error);
