/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsDiagnosis: answers Diagnose. Everybody may call that, so there is one diagnosis at a
 * time, and who asks meanwhile gets its result too. */
#pragma once

#include "engine/engine.h"

typedef struct _CsDiagnosis CsDiagnosis;

CsDiagnosis *cs_diagnosis_new (CsEngine *engine);
/* Those under way get no answer any more. */
void cs_diagnosis_free (CsDiagnosis *self);
/* Takes over and answers @invocation. */
void cs_diagnosis_answer (CsDiagnosis *self, GDBusMethodInvocation *invocation);
