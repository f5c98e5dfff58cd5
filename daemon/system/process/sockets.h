/* SPDX-License-Identifier: GPL-2.0-or-later */
/* This computer's sockets that accept traffic from anybody, as the kernel lists them
 * (sock_diag(7)). */
#pragma once

#include "core/value/address.h"

#include <linux/netlink.h>

typedef struct
{
  CsAddress address; /* local; 0.0.0.0 or ::, which includes IPv4: any; unset: it is a
                        packet socket */
  guint port;
  int ifindex;   /* it is bound to this; 0: none */
  guint user;    /* id of its owner */
  char name[32]; /* "socket:[INODE]" */
} CsSocket;

typedef void (*CsSocketFunc) (const CsSocket *socket, gpointer user_data);

/* Calls @func for each socket of @family and @protocol, IPPROTO_TCP or IPPROTO_UDP, at
 * @port (0: any). FALSE if the kernel cannot list them. */
gboolean cs_sockets_list (int family,
                          int protocol,
                          guint port,
                          CsSocketFunc func,
                          gpointer user_data);
/* The same for packet sockets (packet(7)); those of ifindex 0 receive from every
 * interface. */
gboolean cs_sockets_list_packet (CsSocketFunc func, gpointer user_data);
gboolean cs_sockets_parse (const struct nlmsghdr *message, CsSocket *socket);

/* Names -> user ids (GUINT_TO_POINTER), for the functions of port-owner.h. */
GHashTable *cs_sockets_new_set (void);
void cs_sockets_add (GHashTable *sockets, const CsSocket *socket);
