/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsHeld: keeps a share's dnsmasq from giving out addresses that computers use without
 * having asked for them, such as a printer with an address of its own. */
#pragma once

#include "core/plan/share-plan.h"

#include <gio/gio.h>

typedef struct _CsHeld CsHeld;

/* @bus is nullable: then only what is heard before dnsmasq starts counts. */
CsHeld *cs_held_new (const char *lan, GDBusConnection *bus);
void cs_held_free (CsHeld *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsHeld, cs_held_free)

/* Begins to ask and to listen, unless it has. Waits for nothing. */
void cs_held_begin (CsHeld *self, const CsSharePlan *share);
/* Adds those that have replied by now to the leases that dnsmasq begins with. */
void cs_held_add (CsHeld *self);
/* dnsmasq runs: goes on listening. */
void cs_held_follow (CsHeld *self, const CsSharePlan *share);
/* No dnsmasq runs. */
void cs_held_end (CsHeld *self);
