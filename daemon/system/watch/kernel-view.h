/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's part of a snapshot, kept up to date by the kernel's announcements. */
#pragma once

#include "core/value/snapshot.h"

typedef struct _CsKernelView CsKernelView;

CsKernelView *cs_kernel_view_new (GError **error);
void cs_kernel_view_free (CsKernelView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsKernelView, cs_kernel_view_free)

/* As cs_monitor_mind (). */
void cs_kernel_view_mind (CsKernelView *self, GPtrArray *requests);

/* Readable when the kernel has announcements. */
int cs_kernel_view_get_fd (const CsKernelView *self);
/* Applies all pending announcements. Returns whether any of them matters for a snapshot:
 * unlike a Wi-Fi card's scan result, a statistic, a packet capture that switches
 * promiscuous mode, or a link that matters to nobody. */
gboolean cs_kernel_view_hear (CsKernelView *self);

/* Whether an address was lost since the last call, so that what is known of routes may be
 * of before: cs_kernel_view_settle () is due once cs_rtnetlink_await_changes () is over.
 */
gboolean cs_kernel_view_loses (CsKernelView *self);
/* Has routes read again that should have gone with an address. Whether there are any. */
gboolean cs_kernel_view_settle (CsKernelView *self);

/* Fills in the interfaces, addresses, routes and rules of the new @snapshot, as of all
 * announcements so far, including those that arrive meanwhile, which the next
 * cs_kernel_view_hear () reports. */
gboolean cs_kernel_view_fill (CsKernelView *self, CsSnapshot *snapshot, GError **error);
