/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The older iptables, whose rules the kernel keeps apart and shows to its own program
 * only, which is run for that. The kernel does not tell when they change, so a flush
 * there is repaired no sooner than with the next change of the share. */
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
