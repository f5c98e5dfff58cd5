/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Notices when the older iptables has run. The kernel does not announce changes to its
 * tables, but all its programs take one lock, the file /run/xtables.lock (xtables_lock ()
 * in xshared.c of iptables), and close it when they are done. */
#pragma once

#include <glib.h>

typedef void (*CsXtablesLockFunc) (gpointer user_data);
typedef struct _CsXtablesLock CsXtablesLock;

/* Calls @func from the default main context each time that such a program has run,
 * whether or not it changed anything. */
CsXtablesLock *cs_xtables_lock_watch (CsXtablesLockFunc func, gpointer user_data);
void cs_xtables_lock_unwatch (CsXtablesLock *watch);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsXtablesLock, cs_xtables_lock_unwatch)
