/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The acting half of a pass: from the plans in force to the target, share by share, those
 * that end first. The ledger is written before anything is touched, and again after.
 * Shares whose plan is the same and which are not in @dirty are left alone. */
#pragma once

#include "store.h"

typedef struct
{
  CsPlan *applied;     /* (owned) what is in force now, or could not be ended wholly */
  CsPlan *target;      /* (owned) what was wanted */
  GHashTable *errors;  /* (owned) LAN -> GError: shares that stayed as they were */
  GHashTable *held;    /* (owned) LAN -> GError: those that were not tried */
  GError *store_error; /* (owned) (nullable) nothing was done, for want of room or
                          descriptors */
} CsPassResult;

/* An empty LAN (owned) -> GError (owned). */
GHashTable *cs_pass_new_errors (void);
/* Why the share of @lan is not as the pass was to make it, or NULL. */
const GError *cs_pass_result_failure (const CsPassResult *result, const char *lan);
void cs_pass_result_free (CsPassResult *result);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsPassResult, cs_pass_result_free)

/* @applied is what is in force; @target (transfer full): a share with an error counts as
 * not wanted. @dirty (transfer full): set of LAN names whose part of the host may differ
 * from what is in force. @held (transfer full): LAN -> GError, of shares that are not to
 * be tried now, with why. */
void cs_pass_run_async (GPtrArray *steps,
                        CsStore *store,
                        const CsPlan *applied,
                        CsPlan *target,
                        GHashTable *dirty,
                        GHashTable *held,
                        GAsyncReadyCallback callback,
                        gpointer user_data);
/* Does not fail: what failed is in the result. */
CsPassResult *cs_pass_run_finish (GAsyncResult *result);
