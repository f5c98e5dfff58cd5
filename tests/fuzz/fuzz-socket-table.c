/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The tables of sockets in /proc/net. */
#include "system/socket-table.h"

#include <stddef.h>
#include <stdint.h>

int LLVMFuzzerTestOneInput (const uint8_t *data, size_t size);

int
LLVMFuzzerTestOneInput (const uint8_t *data, size_t size)
{
  g_autofree char *text = g_strndup ((const char *)data, size);
  g_autoptr (GHashTable) sockets
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
  GHashTableIter iter;
  gpointer name;

  cs_socket_table_parse (text, 0x7f000001, 53, sockets);
  g_hash_table_iter_init (&iter, sockets);
  while (g_hash_table_iter_next (&iter, &name, NULL))
    g_assert_true (g_str_has_prefix (name, "socket:["));
  return 0;
}
