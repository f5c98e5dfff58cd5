/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of table "inet connshare" that does not depend on what is shared: its sets
 * and maps, still empty, and the chains that dispatch by them. */
#pragma once

#include "outline.h"

#include "core/plan/share-plan.h"

/* Flows from a LAN to an address of this computer that another program has led elsewhere.
 */
#define CS_RULESET_PUBLISHED \
  "ct status dnat ct mark & " G_STRINGIFY (CS_PUBLISHED_MARK) " == " G_STRINGIFY ( \
      CS_PUBLISHED_MARK)

/* The set of ports that this computer itself listens on. What is in it is not the
 * plan's, and not part of the outline. */
#define CS_OWN_PORTS "own_ports"

/* The sets of the clients' addresses, whose elements count. Likewise. */
#define CS_CLIENTS_SENT     "clients_sent"
#define CS_CLIENTS_RECEIVED "clients_received"
/* The maps of those whose flows take the short path. */
#define CS_SHORT_SENT     "short_sent"
#define CS_SHORT_RECEIVED "short_received"

/* @lacking: CS_EXTRA_BIT () of each extra that the kernel cannot do. */
void cs_ruleset_add_frame (GString *out, guint lacking);
void cs_ruleset_outline_frame (CsOutline *outline, guint lacking);
/* @type is NULL for a chain that others jump to; @rules ends with NULL. */
void cs_ruleset_add_chain (GString *out,
                           const char *name,
                           const char *type,
                           const char *const *rules);
