/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsCall: the scope of calls that may ask for a password and that the user may interrupt.
 * It holds the terminal's agent and catches the signals that would otherwise leave the
 * agent behind.
 *
 *   g_autoptr (CsCall) call = cs_call_new ();
 *   cs_dbus_manager_call_something (..., cs_call_get_cancellable (call), cs_call_done,
 *                                   call);
 *   cs_dbus_manager_call_something_finish (..., cs_call_wait (call), &error);
 *   status = cs_call_finish (call, error);
 */
#pragma once

#include <gio/gio.h>

typedef struct _CsCall CsCall;

CsCall *cs_call_new (void);
/* For calls that ask for no password. */
CsCall *cs_call_new_without_agent (void);
/* Which of them @flags need. */
CsCall *cs_call_new_for_flags (GDBusCallFlags flags);
void cs_call_free (CsCall *call);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsCall, cs_call_free)

GCancellable *cs_call_get_cancellable (CsCall *call);
/* GAsyncReadyCallback; @user_data is the call. */
void cs_call_done (GObject *source, GAsyncResult *result, gpointer user_data);
/* The result of the last call; owned by @call until the next one. */
GAsyncResult *cs_call_wait (CsCall *call);

/* The exit status of the last call: CS_EXIT_DONE, or 128 + the signal that interrupted
 * it, or that of @error (nullable), which it reports to the user. */
int cs_call_finish (CsCall *call, const GError *error);
gboolean cs_call_is_interrupted (CsCall *call);
