/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plans of all shares, as a list that holds a reference to each. */
#pragma once

#include "share-plan.h"

typedef struct
{
  gatomicrefcount references;
  GPtrArray *shares;   /* (owned) of CsSharePlan (owned), in the order of the requests */
  GPtrArray *begun;    /* (owned) (nullable) of CsSharePlan (owned): on their way, beside
                          those that are in force; the next plan leaves them as they are */
  GPtrArray *remnants; /* (owned) (nullable) of CsSharePlan (owned): neither, but parts of
                          them may still be in force: what they found counts */
  gint64 wake_at;      /* plan again then, as CsSnapshot.now; 0: when something changes */
} CsPlan;

CsPlan *cs_plan_new_empty (void);
CsPlan *cs_plan_ref (CsPlan *plan);
/* With the same shares, by reference. */
CsPlan *cs_plan_copy (const CsPlan *plan);
CsSharePlan *cs_plan_find (const CsPlan *plan, const char *lan);
/* Of those that are on their way; @plan is nullable. */
CsSharePlan *cs_plan_find_begun (const CsPlan *plan, const char *lan);
/* From now on @plan has nothing that is on its way for @lan, but its remnants. */
void cs_plan_drop_begun (CsPlan *plan, const char *lan);
void cs_plan_add_remnant (CsPlan *plan, CsSharePlan *share);
void cs_plan_unref (CsPlan *plan);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPlan, cs_plan_unref)
