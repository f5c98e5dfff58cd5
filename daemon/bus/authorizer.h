/* SPDX-License-Identifier: GPL-2.0-or-later */
/* CsAuthorizer: asks polkit whether the caller of a method may call it. Every method
 * that changes something is listed with its action; one that is not listed is refused. */
#pragma once

#include <gio/gio.h>

typedef struct _CsAuthorizer CsAuthorizer;

CsAuthorizer *cs_authorizer_new (void);
CsAuthorizer *cs_authorizer_ref (CsAuthorizer *self);
void cs_authorizer_unref (CsAuthorizer *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsAuthorizer, cs_authorizer_unref)

/* Authorizes @invocation's caller (subject.h) for the method's action, once for
 * each of @wans (at least one), which rules see together with @lan (action.lookup
 * ("wan")): all must be allowed. Shows a dialog only if the message allows it, and
 * closes it when the caller leaves the bus. @anything (optional): the caller is
 * authorized for any other @wans as well. Errors: CS_ERROR_NOT_AUTHORIZED;
 * CS_ERROR_FAILED if polkit does not answer; G_DBUS_ERROR_LIMITS_EXCEEDED if too many
 * calls of the same user already wait for it. */
void cs_authorizer_check_async (CsAuthorizer *self,
                                GDBusMethodInvocation *invocation,
                                const char *lan,
                                const char *const *wans,
                                GAsyncReadyCallback callback,
                                gpointer user_data);
gboolean
cs_authorizer_check_finish (GAsyncResult *result, gboolean *anything, GError **error);
