/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who has a port, for an error message: found in /proc, so it takes milliseconds. */
#pragma once

#include <glib.h>

/* "systemd-resolved (process 612)": the program that has @port, of UDP or TCP, at
 * @address (host byte order) or at the wildcard address; NULL if there is none. */
char *cs_port_owner_find (guint32 address, guint port);
