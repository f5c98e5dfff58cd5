/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Who takes what DHCP clients send, as the kernel's sock_diag tells: unlike /proc it
 * knows to which device a socket is bound. */
#pragma once

#include <glib.h>

/* The sockets of UDP port 67 that hear the interface @ifindex. FALSE where the kernel
 * cannot tell. @bound gets the number of those that are bound to it; those that are and
 * those that hear every interface are added to @sockets, as "socket:[INODE]" (owned) with
 * the user id of their owner (GUINT_TO_POINTER). */
gboolean cs_dhcp_sockets_list (int ifindex, guint *bound, GHashTable *sockets);
