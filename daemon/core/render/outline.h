/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An outline of a ruleset: how many rules each chain has, and how many elements each
 * set or map. That shows whether somebody has flushed, deleted or added something, and
 * does not depend on how a version of nft prints rules. */
#pragma once

#include <glib.h>

typedef enum
{
  CS_OUTLINE_CHAIN,
  CS_OUTLINE_SET, /* maps are sets too */
  CS_OUTLINE_KINDS,
} CsOutlineKind;

typedef struct
{
  GHashTable *counts[CS_OUTLINE_KINDS]; /* (owned) name (owned) -> how many are in it */
} CsOutline;

CsOutline *cs_outline_new (void);
void cs_outline_free (CsOutline *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsOutline, cs_outline_free)

/* Adds @count to @name, which is created if needed. */
void cs_outline_add (CsOutline *self, CsOutlineKind kind, const char *name, guint count);

/* NULL if @found matches @wanted, otherwise the first difference by name, in words.
 * Owned. */
char *cs_outline_compare (const CsOutline *wanted, const CsOutline *found);
