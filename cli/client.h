/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to the service on the system bus, and what its errors mean for the exit
 * status. */
#pragma once

#include <connshare-dbus.h>

/* For calls that may lead to a dialog: it can stay open for as long as it takes. */
#define CS_CALL_FLAGS   G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
#define CS_CALL_TIMEOUT G_MAXINT /* none */

/* The bus starts the service at the first call. */
CsDbusManager *cs_client_get_manager (GError **error);

/* The share of @lan, which has that @path: its properties as they are now, and no proxy.
 * Where there are many shares, this asks for less than what follows. */
CsDbusShare *cs_client_get_share (const char *path, const char *lan, GError **error);

/* All shares, by name, or just that of @lan if it is not NULL: array of CsDbusShare
 * (owned). That @lan is not shared is an error. */
GPtrArray *cs_client_get_shares (const char *lan, GError **error);

/* Follows the service without starting it, whether or not it runs now. */
GDBusObjectManager *cs_client_watch (GError **error);

/* Whether the service of @objects runs now. */
gboolean cs_client_is_running (GDBusObjectManager *objects);

/* The shares of an object manager, as above. */
GPtrArray *cs_client_list_shares (GDBusObjectManager *objects);

/* @error in words for people, with a remedy where the service did not give one. */
char *cs_client_explain (const GError *error);
int cs_client_exit_status (const GError *error);
