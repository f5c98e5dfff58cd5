/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who uses which address on an interface, as ARP tells: by asking all, and by listening.
 * The kernel's filter lets through only what is news. */
#pragma once

#include "core/value/leases.h"

/* All senders are let through at first. -1: there is no such socket, as on an interface
 * without ARP. */
int cs_arp_socket_open (int ifindex);
/* Whether the interface has a link: otherwise nobody hears a question. */
gboolean cs_arp_socket_has_link (int fd, int ifindex);
/* Asks who has @first to @last, in the name of @sender: 0.0.0.0 for a computer that has
 * no address yet (RFC 5227). */
void cs_arp_socket_ask (int fd,
                        int ifindex,
                        CsAddress sender,
                        CsAddress first,
                        CsAddress last);
/* Lets through senders from @first to @last that are not in @known, of CsHolder. */
void cs_arp_socket_filter (int fd, CsAddress first, CsAddress last, const GArray *known);
/* What the next sender says of itself; FALSE: there is none for now. */
gboolean cs_arp_socket_read (int fd, CsHolder *sender);
