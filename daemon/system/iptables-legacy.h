/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The older iptables, whose rules the kernel keeps apart. They are read from the kernel
 * (xt-table.h) and changed by its own program. When to look again is what xtables-lock.h
 * tells. */
#pragma once

#include "core/plan.h"

#include <gio/gio.h>

/* Fills in .legacy, .legacy_tool and .legacy_filter. Looks into /proc first, as other
 * ways to look would bring the table into being. */
void cs_iptables_legacy_fill (CsSnapshot *snapshot);

/* As a step's apply(): FORWARD and INPUT get the accepts of all shares of @plan, and lose
 * all others of ours, if @from or @to has any. */
void cs_iptables_legacy_apply_async (const CsPlan *plan,
                                     const CsSharePlan *from,
                                     const CsSharePlan *to,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cs_iptables_legacy_apply_finish (GAsyncResult *result, GError **error);
