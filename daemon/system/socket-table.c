/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel prints an address as words of the machine's byte order. */
#include "socket-table.h"

#include <stdio.h>
#include <string.h>

#define TCP_LISTEN  0x0a
#define UDP_UNBOUND 0x07 /* not connected: it takes from everybody */

/* "00000000:0035" and "0100007F:0035"; for IPv6 32 digits, of which only "all zero" says
 * that IPv4 is meant too. */
static gboolean
is_at (const char *local, guint32 address, guint port)
{
  const char *colon = strchr (local, ':');
  gsize digits;

  if (colon == NULL || g_ascii_strtoull (colon + 1, NULL, 16) != port)
    return FALSE;
  digits = (gsize)(colon - local);
  if (strspn (local, "0") >= digits)
    return TRUE;
  return digits == 8
         && GUINT32_FROM_BE ((guint32)g_ascii_strtoull (local, NULL, 16)) == address;
}

void
cs_socket_table_parse (const char *text, guint32 address, guint port, GHashTable *sockets)
{
  g_auto (GStrv) lines = g_strsplit (text, "\n", -1);

  for (guint i = 0; lines[i] != NULL; i++)
    {
      char local[64];
      unsigned int state, user;
      unsigned long inode;

      if (sscanf (lines[i], "%*s %63s %*s %x %*s %*s %*s %u %*s %lu", local, &state,
                  &user, &inode)
              == 4
          && (state == TCP_LISTEN || state == UDP_UNBOUND)
          && is_at (local, address, port))
        g_hash_table_insert (sockets, g_strdup_printf ("socket:[%lu]", inode),
                             GUINT_TO_POINTER (user));
    }
}
