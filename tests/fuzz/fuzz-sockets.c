/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages that list sockets, several in a buffer. */
#include "system/netlink/netlink.h"
#include "system/process/sockets.h"

#include <stddef.h>
#include <stdint.h>
#include <string.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

static void
parse (const struct nlmsghdr *message, gpointer user_data)
{
  CsSocket socket;

  if (!cs_sockets_parse (message, &socket))
    return;
  g_assert_true (g_str_has_prefix (socket.name, "socket:["));
  g_assert_cmpuint (socket.port, <=, 65535);
  g_assert_true (cs_address_is_set (socket.address) || socket.port == 0);
}

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree void *copy = g_memdup2 (data, size); /* aligned, and no longer */

  cs_netlink_walk (copy, size, parse, NULL);
  return 0;
}
