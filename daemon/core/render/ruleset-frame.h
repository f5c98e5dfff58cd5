/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The part of table "inet connshare" that does not depend on what is shared: its sets
 * and maps, still empty, and the chains that dispatch by them. */
#pragma once

#include "outline.h"
#include "ruleset-words.h"

#include "core/plan/share-plan.h"

/* @lacking: CS_EXTRA_BIT () of each extra that the kernel cannot do. */
void cs_ruleset_add_frame (GString *out, guint lacking);
void cs_ruleset_outline_frame (CsOutline *outline, guint lacking);
