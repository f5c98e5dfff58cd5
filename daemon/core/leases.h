/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The clients that a share's dnsmasq has given addresses to, from the file that it keeps:
 * a line each, of the time of expiry, MAC address, address, name and client id, with
 * spaces between (lease_update_file () in its lease.c). */
#pragma once

#include <glib.h>

/* How many leases in @text are in force at @now (seconds of the Epoch). */
guint cs_leases_count (const char *text, gint64 now);
