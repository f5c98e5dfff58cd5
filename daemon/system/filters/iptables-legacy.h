/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The older iptables, whose rules the kernel keeps apart: read from the kernel
 * (xt-table.h) and changed by its own program. xtables-lock.h says when to look again. */
#pragma once

#include "core/plan/plan.h"

#include <gio/gio.h>

/* Fills in .legacy, .legacy_tool, .legacy_filter and .legacy6. Checks /proc first,
 * because other ways to look would create the table. */
void cs_iptables_legacy_fill (CsSnapshot *snapshot);

/* As a step's apply(): FORWARD and INPUT get the accepts of all shares of @plan and lose
 * all our other ones, if @from or @to has any. */
void cs_iptables_legacy_apply_async (const CsPlan *plan,
                                     const CsSharePlan *from,
                                     const CsSharePlan *to,
                                     GAsyncReadyCallback callback,
                                     gpointer user_data);
gboolean cs_iptables_legacy_apply_finish (GAsyncResult *result, GError **error);
