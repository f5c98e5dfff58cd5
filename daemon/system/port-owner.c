/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/net/{udp,tcp,udp6,tcp6} name the sockets' inodes, /proc/PID/fd who holds them. */
#include "port-owner.h"

#include "socket-table.h"

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

/* Adds "socket:[INODE]" of each socket of @table that is at the port. */
static void
collect_sockets (const char *table, guint32 address, guint port, GHashTable *sockets)
{
  g_autofree char *path = g_strdup_printf ("/proc/net/%s", table);
  g_autofree char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL))
    cs_socket_table_parse (text, address, port, sockets);
}

static gboolean
holds (const char *pid, GHashTable *sockets)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/fd", pid);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *link = g_build_filename (path, name, NULL);
      g_autofree char *target = g_file_read_link (link, NULL);

      if (target != NULL && g_hash_table_contains (sockets, target))
        return TRUE;
    }
  return FALSE;
}

static char *
describe (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/comm", pid);
  g_autofree char *program = NULL;

  if (!g_file_get_contents (path, &program, NULL, NULL))
    return g_strdup_printf ("process %s", pid);
  return g_strdup_printf ("%s (process %s)", g_strchomp (program), pid);
}

/* The first process but @except that has one of @sockets; NULL if none shows. */
static char *
find_holder (GHashTable *sockets, int except)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *pid;

  if (processes == NULL || g_hash_table_size (sockets) == 0)
    return NULL;
  while ((pid = g_dir_read_name (processes)) != NULL)
    if (g_ascii_isdigit (pid[0]) && atoi (pid) != except && holds (pid, sockets))
      return describe (pid);
  return NULL;
}

static GHashTable *
new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

char *
cs_port_owner_find (guint32 address, guint port, int except)
{
  static const char *const tables[] = { "udp", "tcp", "udp6", "tcp6" };
  g_autoptr (GHashTable) sockets = new_set ();

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    collect_sockets (tables[i], address, port, sockets);
  return find_holder (sockets, except);
}

char *
cs_port_owner_find_inodes (const GArray *inodes, int except)
{
  g_autoptr (GHashTable) sockets = new_set ();

  for (guint i = 0; i < inodes->len; i++)
    g_hash_table_add (
        sockets, g_strdup_printf ("socket:[%u]", g_array_index (inodes, guint32, i)));
  return find_holder (sockets, except);
}
