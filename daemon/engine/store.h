/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsStore: what must outlive the daemon. The ledger (the plans in force, and those on
 * their way) is RUNTIME/ledger; a request is a key file, LAN.share with the LAN's name
 * escaped, in STATE when it is persistent and in RUNTIME/requests when it is to be
 * forgotten at a reboot. Each file is written anew, synced and renamed, mode 0600.
 *
 * set_*() only notes what the files are to be; commit brings the disk to it, in a worker
 * thread as a sync may take long. */
#pragma once

#include "core/plan.h"

#include <gio/gio.h>

#define CS_TYPE_STORE (cs_store_get_type ())
G_DECLARE_FINAL_TYPE (CsStore, cs_store, CS, STORE, GObject)

CsStore *cs_store_new (const char *state_dir, const char *runtime_dir);

/* Start-up, synchronous. A file that cannot be understood is named in the log and
 * skipped. Of CsRequest, oldest first. */
GPtrArray *cs_store_load_requests (CsStore *self);
/* @applied: the plans in force; @target: plans that a pass was bringing about when the
 * daemon ended. Both may be without shares. */
void cs_store_load_ledger (CsStore *self, CsPlan **applied, CsPlan **target);

void cs_store_set_ledger (CsStore *self, const CsPlan *applied, const CsPlan *target);
/* @request NULL: the one of @lan is forgotten. */
void cs_store_set_request (CsStore *self, const char *lan, const CsRequest *request);
/* Whether a commit would have anything to do. */
gboolean cs_store_has_changes (CsStore *self);

/* One at a time. The error (CS_ERROR_FAILED) names the file. */
void cs_store_commit_async (CsStore *self,
                            GCancellable *cancellable,
                            GAsyncReadyCallback callback,
                            gpointer user_data);
gboolean cs_store_commit_finish (CsStore *self, GAsyncResult *result, GError **error);
