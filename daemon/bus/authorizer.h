/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsAuthorizer: asks polkit whether the caller of a method may do that. Every method that
 * changes something is listed with its action; one that is not listed is refused. */
#pragma once

#include <gio/gio.h>

/* @invocation's caller, by its bus name, for the method's action, with @lan and @wan as
 * details for rules (action.lookup ("lan")); @wan is NULL where none is known. A dialog
 * is allowed only if the message allows it, and closed when the caller leaves the bus.
 * Errors: CS_ERROR_NOT_AUTHORIZED; CS_ERROR_FAILED when polkit does not answer. */
void cs_authorizer_check_async (GDBusMethodInvocation *invocation,
                                const char *lan,
                                const char *wan,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean cs_authorizer_check_finish (GAsyncResult *result, GError **error);
