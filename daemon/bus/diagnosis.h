/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsDiagnosis: answers Diagnose. Everybody may call that, so there is one diagnosis at a
 * time, and who asks meanwhile gets its result too. */
#pragma once

#include "host.h"

#include "engine/engine.h"

typedef struct _CsDiagnosis CsDiagnosis;

/* @host is not copied. */
CsDiagnosis *cs_diagnosis_new (CsEngine *engine, const CsBusHost *host);
/* Those under way get no answer any more. */
void cs_diagnosis_free (CsDiagnosis *self);
/* Takes over and answers @invocation. */
void cs_diagnosis_answer (CsDiagnosis *self, GDBusMethodInvocation *invocation);
