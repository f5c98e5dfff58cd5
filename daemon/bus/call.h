/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A method call in progress: parsed, then authorized, then carried out by the engine,
 * then replied to. The methods of both the manager and the shares take this path. */
#pragma once

#include "authorizer.h"
#include "connshare-dbus.h"
#include "host.h"

#include "engine/engine.h"

/* Consumes @invocation. On success the reply is @reply (floating or owned, consumed),
 * of the type that the method declares. */
void cs_call_share (CsEngine *engine,
                    CsAuthorizer *authorizer,
                    GDBusMethodInvocation *invocation,
                    CsRequest *request,
                    GVariant *reply);
/* Replies to Update: merges the changes into the share as it is after authorization. */
void cs_call_update (CsEngine *engine,
                     CsAuthorizer *authorizer,
                     GDBusMethodInvocation *invocation,
                     const char *lan,
                     GVariant *changes);
/* Replies to Stop; ends an adopted share by way of its connection. */
void cs_call_stop (CsEngine *engine,
                   CsAuthorizer *authorizer,
                   const CsBusHost *host,
                   GDBusMethodInvocation *invocation,
                   const char *lan);
/* Replies to ListClients. */
void cs_call_list_clients (CsEngine *engine,
                           CsAuthorizer *authorizer,
                           const CsBusHost *host,
                           GDBusMethodInvocation *invocation,
                           const char *lan);
/* Replies to SetClient, and has @share tell of it. */
void cs_call_set_client (CsEngine *engine,
                         CsAuthorizer *authorizer,
                         const CsBusHost *host,
                         GDBusMethodInvocation *invocation,
                         CsDbusShare *share,
                         const char *mac,
                         GVariant *settings);
/* Replies to GetWifi. */
void cs_call_get_wifi (CsEngine *engine,
                       CsAuthorizer *authorizer,
                       GDBusMethodInvocation *invocation,
                       const char *lan);
