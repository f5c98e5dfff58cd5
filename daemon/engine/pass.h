/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The acting half of a pass: from the plans in force to the target, share by share,
 * ending ones first. The ledger is written before anything is touched, and again
 * afterwards. Shares whose plan is the same and that are not in @dirty are left alone. */
#pragma once

#include "store.h"
#include "transaction.h"

typedef struct
{
  CsPlan *applied;      /* (owned) what is in force now, or could not be ended fully */
  CsPlan *target;       /* (owned) what was wanted */
  GHashTable *errors;   /* (owned) LAN -> GError: shares that stayed as they were */
  GHashTable *unsure;   /* (owned) set of LANs, of those: what was begun is not undone */
  GHashTable *deferred; /* (owned) LAN -> GError: those that were not tried */
  GHashTable *waiting;  /* (owned) set of LANs whose transaction has paused */
  char *only;           /* (owned) (nullable) the only LAN that this is about */
  GError *store_error;  /* (owned) (nullable) nothing was done: no room or no
                           descriptors left */
} CsPassResult;

/* An empty LAN (owned) -> GError (owned). */
GHashTable *cs_pass_new_errors (void);
/* Whether it has the outcome for @lan. */
gboolean cs_pass_result_is_about (const CsPassResult *result, const char *lan);
/* Why the pass did not bring the share of @lan to its target, or NULL. */
const GError *cs_pass_result_failure (const CsPassResult *result, const char *lan);
void cs_pass_result_free (CsPassResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPassResult, cs_pass_result_free)

/* What all passes work with. */
typedef struct
{
  GPtrArray *steps;  /* unowned: of CsStep, in the order of starting */
  CsStore *store;    /* unowned */
  GPtrArray *paused; /* unowned: of CsTransaction (owned); a pass adds and removes some */
} CsPassWorld;

/* @applied is what is in force; @target (transfer full): a share with an error counts as
 * not wanted. @dirty (transfer full): set of LAN names whose part of the host may differ
 * from what is in force; for those that have paused: their guard. @deferred (transfer
 * full): LAN -> GError, the shares not to try now, and why. */
void cs_pass_run_async (const CsPassWorld *world,
                        const CsPlan *applied,
                        CsPlan *target,
                        GHashTable *dirty,
                        GHashTable *deferred,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
/* The rest of a transaction that has paused; @turn (nullable) is its new target. */
void cs_pass_resume_async (const CsPassWorld *world,
                           const CsPlan *applied,
                           CsTransaction *transaction,
                           CsSharePlan *turn,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
/* Does not fail: what failed is in the result. */
CsPassResult *cs_pass_run_finish (GAsyncResult *result);
