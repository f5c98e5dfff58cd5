/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Finds who holds a port, in words for people, from /proc, so it takes milliseconds. */
#pragma once

#include "core/value/address.h"

/* "dnsmasq (process 612)": the program that holds @port, UDP or TCP, at @address or at
 * the wildcard address, and is not the process @except (0: no exception). If this process
 * may not inspect it, "a program of the user pihole". NULL if there is none. */
char *cs_port_owner_find (CsAddress address, guint port, int except);
/* The same for @sockets, a set of sockets.h; removes those of @except from it. */
char *cs_port_owner_find_holder (GHashTable *sockets, int except);

/* Calls @func, a function of GHashTable, with each "socket:[INODE]" of the process;
 * returns whether any call returned TRUE. */
gboolean
cs_port_owner_for_sockets (const char *pid,
                           GHashTable *sockets,
                           gboolean (*func) (GHashTable *sockets, gconstpointer name));
