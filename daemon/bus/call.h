/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A method call on its way: parsed, then authorized, then done by the engine, then
 * answered. Both the manager's and the share's methods go this way. */
#pragma once

#include "engine/engine.h"

/* Consumes @invocation. On success the reply is @reply (floating or owned, consumed), the
 * type that the method promises. */
void cs_call_share (CsEngine *engine,
                    GDBusMethodInvocation *invocation,
                    CsRequest *request,
                    GVariant *reply);
/* Answers Update: what it asks for is merged into what the share is when it is allowed.
 */
void cs_call_update (CsEngine *engine,
                     GDBusMethodInvocation *invocation,
                     const char *lan,
                     GVariant *changes);
void cs_call_stop (CsEngine *engine, GDBusMethodInvocation *invocation, const char *lan);
/* Replies to GetWifi. */
void
cs_call_get_wifi (CsEngine *engine, GDBusMethodInvocation *invocation, const char *lan);
