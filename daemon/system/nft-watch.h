/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notices what other programs do to the kernel's packet filter, without asking: the
 * kernel tells of every transaction. */
#pragma once

#include "core/firewall.h"

typedef struct _CsNftWatch CsNftWatch;

/* Calls @changed after another program's transactions, once for a burst. The error says
 * why the kernel does not tell. */
CsNftWatch *
cs_nft_watch_new (void (*changed) (gpointer), gpointer user_data, GError **error);
void cs_nft_watch_free (CsNftWatch *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNftWatch, cs_nft_watch_free)

/* The filters of others as they are now (transfer full, nullable). They are read anew
 * only if there has been a transaction since the last time. */
CsFirewall *cs_nft_watch_get_firewall (CsNftWatch *self);
/* The name of the program that changed or removed the table "inet connshare" since we
 * last made it, or NULL. */
const char *cs_nft_watch_get_intruder (CsNftWatch *self);
