/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a port, for people: found in /proc, so it takes milliseconds. */
#pragma once

#include <glib.h>

/* "dnsmasq (process 612)": the program that has @port, of UDP or TCP, at @address (host
 * byte order) or at the wildcard address, and is not the process @except (0: none is). Of
 * one that this process may not look at, "a program of the user pihole". NULL if there is
 * none. */
char *cs_port_owner_find (guint32 address, guint port, int except);
/* The same of @sockets, "socket:[INODE]" -> user id; those of @except are removed. */
char *cs_port_owner_find_holder (GHashTable *sockets, int except);
