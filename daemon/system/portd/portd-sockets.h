/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The sockets by which connshare-portd hears the clients of one LAN, and nobody else. */
#pragma once

#include "core/value/address.h"
#include "portd/wire.h"

#include <gio/gio.h>

typedef struct
{
  int fds[CS_PORTD_FDS]; /* (owned) by CsPortdFd; -1: not there */
} CsPortdSockets;

/* @address: this computer's own on the interface @lan. The error, CS_ERROR_NOT_SUITABLE,
 * names the program that has a port. Without IPv6 the socket for that is not there. */
gboolean cs_portd_sockets_open (CsPortdSockets *sockets,
                                const char *lan,
                                int ifindex,
                                CsAddress address,
                                GError **error);
void cs_portd_sockets_close (CsPortdSockets *sockets);
