/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Access to the service on the system bus, and what its errors mean for the exit
 * status. */
#pragma once

#include <connshare-dbus.h>

/* For calls that may lead to a dialog, which can stay open for any time. */
#define CS_CALL_FLAGS   G_DBUS_CALL_FLAGS_ALLOW_INTERACTIVE_AUTHORIZATION
#define CS_CALL_TIMEOUT G_MAXINT /* none */

/* The first call starts the service. */
CsDbusManager *cs_client_get_manager (GError **error);

/* The share of @lan: its current properties, without a proxy. With many shares, this
 * transfers less than what follows. */
CsDbusShare *cs_client_get_share (const char *lan, GError **error);

/* For calls to the share of @lan, each of which may find that there is none. */
CsDbusShare *cs_client_get_share_proxy (const char *lan, GError **error);

/* All shares by name, or only that of @lan if it is not NULL: array of CsDbusShare
 * (owned). It is an error if @lan is not shared. */
GPtrArray *cs_client_get_shares (const char *lan, GError **error);

/* Follows the service without starting it, whether or not it is running. */
GDBusObjectManager *cs_client_watch (GError **error);

/* Whether the service of @objects is running. */
gboolean cs_client_is_running (GDBusObjectManager *objects);

/* The shares of an object manager, as above. */
GPtrArray *cs_client_list_shares (GDBusObjectManager *objects);

/* Keeps only that of @lan; it is an error if there is none. */
gboolean cs_client_keep_share (GPtrArray *shares, const char *lan, GError **error);

/* Whether @error of a call to a share says that there is none. */
gboolean cs_client_is_not_shared (const GError *error);

/* @error in plain words, with a remedy if the service did not give one. */
char *cs_client_explain (const GError *error);
int cs_client_exit_status (const GError *error);
