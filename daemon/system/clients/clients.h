/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who is on each share's LAN. What can be asked for is asked when somebody wants to know,
 * or when the kernel or the DHCP server tells of news; kept is only what nobody else
 * knows: since when a client is there, and what it has used. */
#pragma once

#include "core/plan/plan-list.h"
#include "core/value/client-list.h"

typedef struct _CsClients CsClients;

/* @changed: somebody has come to @lan, gone or changed. */
CsClients *cs_clients_new (const char *runtime_dir,
                           void (*changed) (const char *lan, gpointer user_data),
                           gpointer user_data);
void cs_clients_free (CsClients *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsClients, cs_clients_free)

/* Removes what an earlier service has kept, where there is none now. */
void cs_clients_forget (const char *runtime_dir);

/* @plan is what is in force now. */
void cs_clients_follow (CsClients *self, const CsPlan *plan);
/* As of now (nullable: that LAN is not shared); valid until the main loop runs. */
CsClientList *cs_clients_look (CsClients *self, const char *lan);
/* How many are online, as of the last look. */
guint cs_clients_count (const CsClients *self, const char *lan);
