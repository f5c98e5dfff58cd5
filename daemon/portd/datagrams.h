/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Datagrams of clients, and the replies to them, which come from where they went to. */
#pragma once

#include "core/value/address.h"

#include <netinet/in.h>

typedef struct
{
  int fd;
  CsAddress peer;
  union
  {
    struct sockaddr_in ipv4;
    struct sockaddr_in6 ipv6;
  } from;
  struct in6_pktinfo to; /* of IPv6 */
  gsize size;
  guint8 data[2048]; /* a longer one is cut off */
} CsDatagram;

/* FALSE: there is none now. One that did not come to an address of this computer has no
 * .peer. */
gboolean cs_datagram_receive (int fd, CsDatagram *datagram);
/* By @fd, which may be another one of IPv4. */
void
cs_datagram_reply (const CsDatagram *datagram, int fd, gconstpointer data, gsize size);
