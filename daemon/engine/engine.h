/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsEngine: keeps the host as the requests want it. Every event queues the same pass: one
 * snapshot, one plan, the steps; passes never overlap, and several causes share one. A
 * share that has to wait for another program is left behind by its pass, and goes on
 * between two later ones. Calls to share or stop are orders: they join the next pass,
 * which answers them. */
#pragma once

#include "monitor.h"
#include "store.h"

#define CS_TYPE_ENGINE (cs_engine_get_type ())
G_DECLARE_FINAL_TYPE (CsEngine, cs_engine, CS, ENGINE, GObject)

/* A share as it is now: what was requested, and the outcome. */
typedef struct
{
  const CsRequest *request;
  const CsSharePlan *plan; /* its state, reason and message are those of the share */
} CsShareStatus;

/* @steps of CsStep, in the order of starting. */
CsEngine *cs_engine_new (CsMonitor *monitor, GPtrArray *steps, CsStore *store);

/* Loads the requests, and emits "share-changed" for each, but touches nothing: orders
 * wait until cs_engine_start (). */
gboolean cs_engine_load (CsEngine *self, GError **error);
/* @orphans (of CsOrphan): the LANs found to be in force, for cs_engine_start (). Those
 * that the ledger does not know are taken over, or ended if nobody has requested them. */
void cs_engine_set_orphans (CsEngine *self, GPtrArray *orphans);
/* Loads the ledger, cleans up what an earlier run left half done, and starts to follow
 * the network. */
gboolean cs_engine_start (CsEngine *self, GError **error);

/* Whether a pass is under way or due. */
gboolean cs_engine_is_busy (CsEngine *self);
/* Whether a share under way is waiting for another program. */
gboolean cs_engine_is_waiting (CsEngine *self);
/* Whether anything is shared, or will be as soon as it can be. */
gboolean cs_engine_has_requests (CsEngine *self);
/* Whether something of an ended share could not be put back yet. */
gboolean cs_engine_has_remains (CsEngine *self);
/* Whether an order is on its way to the engine: a password dialog may be open. */
gboolean cs_engine_is_inhibited (CsEngine *self);
void cs_engine_inhibit (CsEngine *self);
void cs_engine_uninhibit (CsEngine *self);

/* The network now (transfer full). */
CsSnapshot *cs_engine_snapshot (CsEngine *self, GError **error);
/* What a share for @request would be in @snapshot: its plan (transfer full), or the error
 * with which sharing would be refused. Changes nothing. */
CsSharePlan *cs_engine_preview (CsEngine *self,
                                const CsSnapshot *snapshot,
                                const CsRequest *request,
                                GError **error);
/* Whether a share for @request can be planned, before anybody is asked for a password:
 * with what the last pass saw or, because that may be outdated, with the current
 * state. */
gboolean cs_engine_can_share (CsEngine *self, const CsRequest *request, GError **error);

/* What is shown of the shares; @applied is what is in force, or NULL while a pass changes
 * it: both hold the shares by reference (transfer full). */
CsPlan *cs_engine_get_plan (CsEngine *self, CsPlan **applied);
/* Whether somebody keeps undoing the repairs of @lan, so that most of them are spaced
 * out. */
gboolean cs_engine_is_fighting (CsEngine *self, const char *lan);

/* FALSE: that LAN is not shared. What @status points to is valid until the main loop
 * runs. */
gboolean cs_engine_get_share (CsEngine *self, const char *lan, CsShareStatus *status);
/* The LANs that are shared (strv, transfer full). */
char **cs_engine_list_lans (CsEngine *self);
/* (nullable) */
const CsRequest *cs_engine_get_request (CsEngine *self, const char *lan);
/* (nullable) What it becomes once a pass has taken the pending orders. */
const CsRequest *cs_engine_get_ordered (CsEngine *self, const char *lan);
/* Sets @error: @lan is not shared. */
void cs_engine_set_not_shared (const char *lan, GError **error);

/* @request (transfer full) becomes the share of its LAN; on completion the share is
 * published and works, or waits. It replaces only a share that by then is via @over or
 * via its own WAN; NULL: any. */
void cs_engine_share_async (CsEngine *self,
                            CsRequest *request,
                            const char *over,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_engine_share_finish (CsEngine *self, GAsyncResult *result, GError **error);
/* What @known becomes (transfer full), or NULL with an error. */
typedef CsRequest *(*CsChangeFunc) (const CsRequest *known,
                                    gpointer user_data,
                                    GError **error);
/* Changes the share of @lan as it is when a pass takes the order. @asks_again: the user
 * wants it, whatever they have done against it since; otherwise, where they have given
 * its LAN to something else, it goes on waiting. @over: as above. */
void cs_engine_change_async (CsEngine *self,
                             const char *lan,
                             gboolean asks_again,
                             const char *over,
                             CsChangeFunc change,
                             GAsyncReadyCallback callback,
                             gpointer user_data);
gboolean cs_engine_change_finish (CsEngine *self, GAsyncResult *result, GError **error);
/* Ends only a share via @over; NULL: any. */
void cs_engine_stop_async (CsEngine *self,
                           const char *lan,
                           const char *over,
                           GAsyncReadyCallback callback,
                           gpointer user_data);
gboolean cs_engine_stop_finish (CsEngine *self, GAsyncResult *result, GError **error);
/* The error of an order that meets a share it may not replace. */
void cs_engine_set_changed (const CsRequest *request, GError **error);

/* (nullable) The WAN of what NetworkManager shares itself; NULL: that is left alone. */
const char *cs_engine_get_adopt_wan (CsEngine *self);
/* Until a pass has adopted, or given up, what there is; it is remembered, like a request.
 * @wan is a WAN spec that cs_wan_parse () takes, or NULL. */
void cs_engine_adopt_async (CsEngine *self,
                            const char *wan,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_engine_adopt_finish (CsEngine *self, GAsyncResult *result, GError **error);
/* Until the adopted share of @lan is gone with its connection, which somebody else ends,
 * and the host is as it was found; an error if that takes more than @limit seconds. */
void cs_engine_await_end_async (CsEngine *self,
                                const char *lan,
                                guint limit,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean
cs_engine_await_end_finish (CsEngine *self, GAsyncResult *result, GError **error);
/* Whether @request may be changed, or ended by dropping it: not if it is adopted. */
gboolean cs_engine_check_own (const CsRequest *request, GError **error);
/* Gives up what is adopted with the next pass, without forgetting the WAN. */
void cs_engine_disown (CsEngine *self);

/* Signals: "share-changed" (s lan), "share-removed" (s lan), "adopt-wan-changed". */
