/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsStore: what must outlive the daemon. The ledger (the plans in force, and those under
 * way) is RUNTIME/ledger; a request is a key file, LAN.share with the LAN's name escaped,
 * in STATE if it is persistent, in RUNTIME/requests if a reboot forgets it. Each file is
 * written under another name, synced and renamed, mode 0600.
 *
 * set_*() only notes what the files should be; commit updates the disk, in a worker
 * thread because a sync may take long. */
#pragma once

#include "core/plan/plan.h"

#include <gio/gio.h>

#define CS_TYPE_STORE (cs_store_get_type ())
G_DECLARE_FINAL_TYPE (CsStore, cs_store, CS, STORE, GObject)

CsStore *cs_store_new (const char *state_dir, const char *runtime_dir);

/* Start-up, synchronous. A file that cannot be understood is logged and skipped; one that
 * cannot be read because descriptors or memory ran out is an error (CS_ERROR_FAILED). Of
 * CsRequest, oldest first; NULL: an error. */
GPtrArray *cs_store_load_requests (CsStore *self, GError **error);
/* (nullable) What cs_store_set_adopt_wan () was told; a file that cannot be understood is
 * logged and skipped. Owned. */
char *cs_store_load_adopt_wan (CsStore *self);
/* Removes all requests from that folder, and anything else with a request's name, and
 * what is adopted. */
void cs_store_clear (const char *state_dir);
/* @applied: the plans in force; @target: plans that a pass was bringing about when the
 * daemon ended. Both may be empty. */
gboolean
cs_store_load_ledger (CsStore *self, CsPlan **applied, CsPlan **target, GError **error);

void cs_store_set_ledger (CsStore *self, const CsPlan *applied, const CsPlan *target);
/* @request NULL: forgets the one of @lan. */
void cs_store_set_request (CsStore *self, const char *lan, const CsRequest *request);
/* STATE/adopt: @wan NULL: nothing is adopted. */
void cs_store_set_adopt_wan (CsStore *self, const char *wan);
/* Whether a commit would have anything to do. */
gboolean cs_store_has_changes (CsStore *self);

/* One at a time. The error (CS_ERROR_FAILED) names the file. */
void cs_store_commit_async (CsStore *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_store_commit_finish (CsStore *self, GAsyncResult *result, GError **error);
