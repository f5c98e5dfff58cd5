/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The bytes between the bus and GDBus. GDBus parses a message before anybody can
 * reject it as too large, and 32 MB, which the bus allows, become 700 MB then: so this
 * drops what is unwanted regardless of its content. */
#pragma once

#include <gio/gio.h>

/* No call of ours and no signal is larger. Bytes. */
#define CS_WIRE_CALL_LIMIT   8192
#define CS_WIRE_SIGNAL_LIMIT (1024 * 1024)

/* A stream of the messages that @socket receives, without calls and signals that are
 * too large and calls that expect no reply; and of everything that is written to it.
 * Not thread-safe: GDBus reads and writes in one thread. */
GIOStream *cs_wire_new (GSocket *socket);

/* Blocks, so it is for start-up only. Exits the program when the bus goes away, as
 * g_bus_get () does. */
GDBusConnection *cs_wire_connect (GError **error);
