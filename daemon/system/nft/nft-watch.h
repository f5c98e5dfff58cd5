/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notices what other programs do to the kernel's packet filter, without polling: the
 * kernel announces every transaction. */
#pragma once

#include "core/value/firewall.h"

typedef struct _CsNftWatch CsNftWatch;

/* Calls @changed after other programs' transactions, once per burst, and when the limit
 * of a share is near or reached. The error says why the kernel's announcements are not
 * available. */
CsNftWatch *
cs_nft_watch_new (void (*changed) (gpointer), gpointer user_data, GError **error);
void cs_nft_watch_free (CsNftWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftWatch, cs_nft_watch_free)

/* The current filters of others (transfer full, nullable). Reads them again only if there
 * was a transaction since the last call. */
CsFirewall *cs_nft_watch_get_firewall (CsNftWatch *self);
/* The name of the program that changed or removed the table "inet connshare" since we
 * last made it, or NULL. */
const char *cs_nft_watch_get_intruder (CsNftWatch *self);
