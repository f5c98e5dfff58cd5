/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about what NetworkManager shares itself, and this service adopts. */
#pragma once

#include "authorizer.h"
#include "host.h"

#include "engine/engine.h"

/* Replies to Adopt; consumes @invocation. */
void cs_adoption_set (CsEngine *engine,
                      CsAuthorizer *authorizer,
                      GDBusMethodInvocation *invocation,
                      const char *wan);
/* Ends the adopted share of @lan by way of its connection, of which NetworkManager is
 * asked, and replies to Stop when both are gone. Who calls is authorized. */
void cs_adoption_stop (CsEngine *engine,
                       const CsBusHost *host,
                       GDBusMethodInvocation *invocation,
                       const char *lan);
