/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The text of /proc/net/{udp,tcp,udp6,tcp6}; see proc_net_tcp.txt in the kernel's
 * documentation. */
#pragma once

#include <glib.h>

/* Adds to @sockets the name, "socket:[INODE]" (owned), of each socket in @text that takes
 * from everybody at @port and @address (host byte order), or at the wildcard address, and
 * as its value the user id of its owner (GUINT_TO_POINTER). */
void cs_socket_table_parse (const char *text,
                            guint32 address,
                            guint port,
                            GHashTable *sockets);
