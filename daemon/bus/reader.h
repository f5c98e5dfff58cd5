/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers what anybody may ask without authorization, and as often as they like: those
 * who wait are answered together from one snapshot, a few milliseconds' worth at a time,
 * and only while the engine has nothing to do. */
#pragma once

#include "core/request.h"
#include "engine/engine.h"

typedef struct _CsReader CsReader;

CsReader *cs_reader_new (CsEngine *engine);
void cs_reader_free (CsReader *self);

/* @invocation (transfer full) is answered with what there is. */
void cs_reader_list_interfaces (CsReader *self, GDBusMethodInvocation *invocation);
/* ... with what sharing by @request (transfer full) would do. */
void
cs_reader_preview (CsReader *self, GDBusMethodInvocation *invocation, CsRequest *request);
