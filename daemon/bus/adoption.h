/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Calls about what NetworkManager shares itself, and this service adopts. */
#pragma once

#include "authorizer.h"

#include "engine/engine.h"

/* Replies to Adopt; consumes @invocation. */
void cs_adoption_set (CsEngine *engine,
                      CsAuthorizer *authorizer,
                      GDBusMethodInvocation *invocation,
                      const char *wan);
