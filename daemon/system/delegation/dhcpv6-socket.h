/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to the DHCPv6 servers at one interface, beside whatever other client of DHCPv6
 * this computer has there. */
#pragma once

#include <glib.h>

typedef struct _CsDhcpv6Socket CsDhcpv6Socket;
/* @data: a message that has come for a client. */
typedef void (*CsDhcpv6SocketInput) (const guint8 *data, gsize size, gpointer user_data);

/* NULL: there is no such interface, or no socket. */
CsDhcpv6Socket *cs_dhcpv6_socket_new (const char *interface,
                                      CsDhcpv6SocketInput input,
                                      gpointer user_data);
void cs_dhcpv6_socket_free (CsDhcpv6Socket *self);

/* Sends a message to all servers. What cannot be sent is lost: a link-local address may
 * be missing as yet. */
void cs_dhcpv6_socket_send (CsDhcpv6Socket *self, const guint8 *data, gsize size);
