/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients of shares, again and again until interrupted: at each change, and every two
 * seconds for what changes all the time. */
#pragma once

#include <connshare-dbus.h>

/* Prints the @shares, of CsDbusShare, and what ListClients() says of each: @lists, of
 * aa{sv}. */
typedef void (*CsClientsPrint) (GPtrArray *shares, GPtrArray *lists, gboolean json);

/* Of @lan (nullable: all). @flags may allow a dialog for the first drawing. Returns the
 * exit status. */
int cs_clients_watch (const char *lan,
                      gboolean json,
                      GDBusCallFlags flags,
                      CsClientsPrint print);
