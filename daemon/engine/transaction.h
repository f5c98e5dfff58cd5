/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsTransaction: one share brought from one plan to another by all steps, or left as it
 * was. Steps run in order, or backwards when the share ends. If one fails, it and those
 * before it are undone, backwards, and the cause is returned; an error while undoing is
 * logged, and reported as unsure: the host may be in neither state. A repair, from a plan
 * to the same plan, ends at the error: what it has repaired stays. The end of a share
 * does not stop at an error: everything that can be put back is, and the first error is
 * returned; the rest can be tried again.
 *
 * Only one transaction runs at a time, except that one whose step has to wait for another
 * program pauses after a moment: then others may run, and it goes on when it is allowed
 * to. So no two quick steps are ever at work at once, and each sees what is in force by
 * then. */
#pragma once

#include "step.h"

/* How long a step may wait before its transaction pauses: as long as most take. */
#define CS_TRANSACTION_PATIENCE 30 /* milliseconds */

typedef struct _CsTransaction CsTransaction;

typedef void (*CsTransactionFunc) (CsTransaction *self, gpointer user_data);

/* @steps of CsStep, in the order of starting; one of @from and @to may be NULL. */
CsTransaction *cs_transaction_new (GPtrArray *steps, CsSharePlan *from, CsSharePlan *to);
/* Puts back the guard of one that has paused, as it is in force by now. */
CsTransaction *cs_transaction_new_guard (CsTransaction *paused);
CsTransaction *cs_transaction_ref (CsTransaction *self);
void cs_transaction_unref (CsTransaction *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsTransaction, cs_transaction_unref)

const char *cs_transaction_get_lan (const CsTransaction *self);
CsSharePlan *cs_transaction_get_from (const CsTransaction *self); /* (nullable) */
CsSharePlan *cs_transaction_get_to (const CsTransaction *self);   /* (nullable) */
/* The target before it turned, of which parts may still be in force. (nullable) */
CsSharePlan *cs_transaction_get_former (const CsTransaction *self);

/* When it first paused (g_get_monotonic_time ()), or 0. */
gint64 cs_transaction_get_pause (const CsTransaction *self);
/* What must be guarded of one that has paused: routed by now. (nullable) */
CsSharePlan *cs_transaction_get_guarded (const CsTransaction *self);

/* Begins or goes on, alongside the shares of @applied, some of which have @paused (of
 * CsTransaction). Calls @stopped when it is done, or has paused. */
void cs_transaction_run (CsTransaction *self,
                         CsPlan *applied,
                         GPtrArray *paused,
                         CsTransactionFunc stopped,
                         gpointer user_data);
/* Whether one that has paused, and may go on, may be given another target: it has only
 * moved forward so far, and has not failed. */
gboolean cs_transaction_can_turn (CsTransaction *self);
/* Starts over, from what it has brought about; its LAN's part is the same in @to. */
void cs_transaction_turn (CsTransaction *self, CsSharePlan *to);
/* Calls @ready once, when one that has paused may go on; NULL: not any more. */
void
cs_transaction_await (CsTransaction *self, CsTransactionFunc ready, gpointer user_data);

gboolean cs_transaction_is_guard (const CsTransaction *self);
gboolean cs_transaction_is_done (const CsTransaction *self);
/* Of one that is done, (nullable). */
const GError *cs_transaction_get_error (const CsTransaction *self);
/* Whether something could not be undone. */
gboolean cs_transaction_is_unsure (const CsTransaction *self);

/* (nullable) */
CsTransaction *cs_transactions_find (GPtrArray *transactions, const char *lan);
