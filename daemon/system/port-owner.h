/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a port, for people: found in /proc, so it takes milliseconds. */
#pragma once

#include <glib.h>

/* "systemd-resolved (process 612)": the program that has @port, of UDP or TCP, at
 * @address (host byte order) or at the wildcard address, and is not the process @except
 * (0: none is); NULL if there is none, or none that this process may look at. */
char *cs_port_owner_find (guint32 address, guint port, int except);
/* The same of the sockets with these @inodes, of guint32. */
char *cs_port_owner_find_inodes (const GArray *inodes, int except);
