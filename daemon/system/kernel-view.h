/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's part of a snapshot, and which of its announcements are news. */
#pragma once

#include "core/snapshot.h"

#include <linux/netlink.h>

typedef struct _CsKernelView CsKernelView;

CsKernelView *cs_kernel_view_new (void);
void cs_kernel_view_free (CsKernelView *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsKernelView, cs_kernel_view_free)

/* Fills interfaces, addresses, routes and rule_tables of the new @snapshot. */
gboolean cs_kernel_view_fill (CsKernelView *self, CsSnapshot *snapshot, GError **error);

/* Whether @message, a notification of rtnetlink, tells something that a snapshot holds
 * and the last one did not have: not a scan result of a Wi-Fi card, a statistic, or a
 * packet capture that switches promiscuous mode. */
gboolean cs_kernel_view_is_news (CsKernelView *self, const struct nlmsghdr *message);
