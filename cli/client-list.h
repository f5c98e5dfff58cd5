/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients of a share, and which of them a user means: a dictionary each, as
 * ListClients() returns them. */
#pragma once

#include "call.h"

#include <connshare-dbus.h>

/* aa{sv}, owned; @flags may allow a dialog. */
GVariant *cs_client_list_get (CsDbusShare *share,
                              CsCall *call,
                              GDBusCallFlags flags,
                              GError **error);

/* Those of all @shares, of CsDbusShare: of aa{sv}, owned. */
GPtrArray *cs_client_list_get_all (GPtrArray *shares,
                                   CsCall *call,
                                   GDBusCallFlags flags,
                                   GError **error);

/* "02:11:22:33:44:55" for a MAC address in any of the usual spellings (owned); NULL: it
 * is none. */
char *cs_client_list_read_mac (const char *text);

/* The client of @clients that has the MAC address, the address, or the name @word, which
 * may be a host name if nobody has it as its name (owned). An error if there is none, or
 * are several of the name. */
GVariant *cs_client_list_find (GVariant *clients,
                               const char *lan,
                               const char *word,
                               GError **error);

/* What people know it by: its name, host name, or MAC address; owned by @client. */
const char *cs_client_list_name (GVariant *client);
/* Who made it, or "private address"; "" if neither is known; owned by @client. */
const char *cs_client_list_maker (GVariant *client);
/* The first of its addresses, or "" (owned). */
char *cs_client_list_address (GVariant *client);
/* The time @key: "14:05" today, "2026-11-28" on another day, or "" (owned). */
char *cs_client_list_time (GVariant *client, const char *key);
/* The counter @key: "1.2 MB" (owned). */
char *cs_client_list_bytes (GVariant *client, const char *key);
/* "-48 dBm", or "" (owned). */
char *cs_client_list_signal (GVariant *client);
