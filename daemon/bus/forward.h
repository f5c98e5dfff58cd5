/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The methods of a share that are about port mappings. */
#pragma once

#include "authorizer.h"
#include "host.h"

#include "engine/engine.h"

/* All consume @invocation. Replies to AddForward. */
void cs_forward_call_add (CsEngine *engine,
                          CsAuthorizer *authorizer,
                          const CsBusHost *host,
                          GDBusMethodInvocation *invocation,
                          const char *lan,
                          GVariant *mapping);
/* Replies to RemoveForward; and to RemovePinhole, with @client (nullable). */
void cs_forward_call_remove (CsEngine *engine,
                             CsAuthorizer *authorizer,
                             const CsBusHost *host,
                             GDBusMethodInvocation *invocation,
                             const char *lan,
                             const char *protocol,
                             guint port,
                             const char *client);
/* Replies to ListForwards. */
void cs_forward_call_list (CsEngine *engine,
                           CsAuthorizer *authorizer,
                           const CsBusHost *host,
                           GDBusMethodInvocation *invocation,
                           const char *lan);
