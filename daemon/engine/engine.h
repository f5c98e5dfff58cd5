/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsEngine: keeps the host as the requests want it. Whatever happens queues the same
 * pass: one snapshot, one plan, the steps; passes never overlap and several causes share
 * one. Calls to share or stop are orders: they join the next pass and are answered by it.
 */
#pragma once

#include "monitor.h"
#include "store.h"

#define CS_TYPE_ENGINE (cs_engine_get_type ())
G_DECLARE_FINAL_TYPE (CsEngine, cs_engine, CS, ENGINE, GObject)

/* A share as it is now: what was asked, and what came of it. */
typedef struct
{
  const CsRequest *request;
  const CsSharePlan *plan; /* its state, reason and message are those of the share */
} CsShareStatus;

/* @steps of CsStep, in the order of starting. */
CsEngine *cs_engine_new (CsMonitor *monitor, GPtrArray *steps, CsStore *store);

/* Loads the requests, and emits "share-changed" for each, but touches nothing: orders
 * wait until cs_engine_start (). */
void cs_engine_load (CsEngine *self);
/* Loads the ledger, puts right what an earlier run left half done, and begins to follow
 * the network. */
void cs_engine_start (CsEngine *self);

/* Whether a pass is under way or due. */
gboolean cs_engine_is_busy (CsEngine *self);
/* Whether anything is shared, or to be shared when it can be. */
gboolean cs_engine_has_requests (CsEngine *self);
/* Whether something of an ended share could not be put back yet. */
gboolean cs_engine_has_remains (CsEngine *self);
/* Whether an order is on its way to the engine: a password dialog may be open. */
gboolean cs_engine_is_held (CsEngine *self);
void cs_engine_hold (CsEngine *self);
void cs_engine_release (CsEngine *self);

/* The network now (transfer full). */
CsSnapshot *cs_engine_snapshot (CsEngine *self, GError **error);
/* What a share by @request would be in @snapshot: its plan (transfer full), or the error
 * that sharing would be refused with. Changes nothing. */
CsSharePlan *cs_engine_preview (CsEngine *self,
                                const CsSnapshot *snapshot,
                                const CsRequest *request,
                                GError **error);
/* Whether a share by @request can be planned, before anybody is asked for a password: by
 * what the last pass saw, or else, as that may be over, by what there is now. */
gboolean cs_engine_can_share (CsEngine *self, const CsRequest *request, GError **error);

/* What is shown of the shares, and in @applied what is in force, NULL while a
 * pass changes that: both with the shares by reference (transfer full). */
CsPlan *cs_engine_get_plan (CsEngine *self, CsPlan **applied);
/* Whether @lan is repaired at intervals only, as somebody undoes it again and again. */
gboolean cs_engine_is_fighting (CsEngine *self, const char *lan);

/* FALSE: that LAN is not shared. What it points to is good until the main loop runs. */
gboolean cs_engine_get_share (CsEngine *self, const char *lan, CsShareStatus *status);
/* (nullable) */
const CsRequest *cs_engine_get_request (CsEngine *self, const char *lan);

/* @request (transfer full) becomes the share of its LAN; when it is done the share is
 * published and works, or waits. */
void cs_engine_share_async (CsEngine *self,
                            CsRequest *request,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_engine_share_finish (CsEngine *self, GAsyncResult *result, GError **error);
void cs_engine_stop_async (CsEngine *self,
                           const char *lan,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cs_engine_stop_finish (CsEngine *self, GAsyncResult *result, GError **error);

/* Signals: "share-changed" (s lan), "share-removed" (s lan). */
