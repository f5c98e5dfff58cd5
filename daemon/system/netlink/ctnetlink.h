/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel's list of connections, each a flow of packets and the flow of their
 * answers. */
#pragma once

#include "netlink.h"

#include <netinet/in.h>

typedef struct
{
  CsAddress client, server; /* who began it, and to whom */
  CsAddress answers_from, answers_to;
  guint16 port;        /* that answers come to; 0: its protocol has none */
  guint16 server_port; /* that it was begun to; likewise */
  guint16 from_port;   /* that answers come from; likewise */
  guint8 protocol;     /* IPPROTO_* */
} CsConnection;

/* Calls @func for each connection of @family (AF_UNSPEC: of all), or with @masqueraded
 * for those alone; before Linux 5.17 the kernel lists all. Returns as cs_netlink_ask ().
 */
int cs_ctnetlink_dump (CsNetlink *self,
                       int family,
                       gboolean masqueraded,
                       CsNetlinkFunc func,
                       gpointer user_data);
/* The same for those that were begun to that port; before Linux 5.8 the kernel lists all.
 */
int cs_ctnetlink_dump_to_port (CsNetlink *self,
                               int family,
                               guint8 protocol,
                               guint16 port,
                               CsNetlinkFunc func,
                               gpointer user_data);
gboolean cs_ctnetlink_parse (const struct nlmsghdr *message, CsConnection *connection);
/* Ends the connection of @message, one of a dump. Returns 0 also if it has ended by
 * itself. */
int cs_ctnetlink_delete (CsNetlink *self, const struct nlmsghdr *message);
