/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Answers what anybody may ask without authorization, and as often as they like: all
 * waiting questions are answered from one snapshot, a few milliseconds at a time, and
 * only while the engine has nothing to do. */
#pragma once

#include "core/value/request.h"
#include "engine/engine.h"

typedef struct _CsReader CsReader;

CsReader *cs_reader_new (CsEngine *engine);
void cs_reader_free (CsReader *self);

/* Replies to @invocation (transfer full) with the interfaces ... */
void cs_reader_list_interfaces (CsReader *self, GDBusMethodInvocation *invocation);
/* ... or with what sharing @request (transfer full) would do. */
void
cs_reader_preview (CsReader *self, GDBusMethodInvocation *invocation, CsRequest *request);
