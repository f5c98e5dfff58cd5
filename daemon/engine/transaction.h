/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One share brought from one plan to another by all steps, or left as it was.
 * Steps run in their order, or backwards when the share ends. When one fails, it and
 * those before it are brought back, backwards, and the cause is returned; an error on the
 * way back is only logged, as there is nothing better to do. A repair, from a plan to the
 * same, ends at the error: what it has put right stays. The end of a share does not
 * stop at an error: what can be put back is, and the first error is returned; the rest
 * can be tried again. */
#pragma once

#include "step.h"

/* @steps of CsStep, in the order of starting. @before and @after are the whole of what is
 * in force, with @from and with @to as this share's plan. All plans stay valid until the
 * callback. */
void cs_transaction_run_async (GPtrArray *steps,
                               const CsPlan *before,
                               const CsPlan *after,
                               const CsSharePlan *from,
                               const CsSharePlan *to,
                               GAsyncReadyCallback callback,
                               gpointer user_data);
gboolean cs_transaction_run_finish (GAsyncResult *result, GError **error);
