/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The way to a router: nothing goes by another interface, nor from another address, nor
 * past the router, and nothing comes in but what is the router's. */
#pragma once

#include "core/value/address.h"

#include <gio/gio.h>

typedef struct _CsRouterSocket CsRouterSocket;

/* @size 0: nobody is there (an ICMP error); @announced: it came to the group of all
 * hosts. It may free the socket. */
typedef void (*CsRouterSocketInput) (const guint8 *data,
                                     gsize size,
                                     gboolean announced,
                                     gpointer user_data);

/* From @own, of the interface @device, to @router. */
CsRouterSocket *cs_router_socket_new (const char *device,
                                      CsAddress own,
                                      CsAddress router,
                                      CsRouterSocketInput input,
                                      gpointer user_data,
                                      GError **error);
void cs_router_socket_free (CsRouterSocket *self);
/* FALSE: it cannot be sent, as the address or the interface is gone. */
gboolean cs_router_socket_send (CsRouterSocket *self, const guint8 *data, gsize size);
