/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsDiagnosis: replies to Diagnose. Because anybody may call that, one diagnosis runs
 * at a time, and everybody who asks meanwhile gets its result. */
#pragma once

#include "host.h"

#include "engine/engine.h"

typedef struct _CsDiagnosis CsDiagnosis;

/* @host is not copied. */
CsDiagnosis *cs_diagnosis_new (CsEngine *engine, const CsBusHost *host);
/* Pending calls get no reply any more. */
void cs_diagnosis_free (CsDiagnosis *self);
/* Takes over @invocation and replies to it. */
void cs_diagnosis_answer (CsDiagnosis *self, GDBusMethodInvocation *invocation);
