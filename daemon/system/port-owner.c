/* SPDX-License-Identifier: GPL-2.0-or-later */
/* /proc/net/{udp,tcp,udp6,tcp6} name the sockets' inodes, /proc/PID/fd who holds them. */
#include "port-owner.h"

#include "socket-table.h"

#include <pwd.h>

/* Adds "socket:[INODE]" of each socket of @table that is at the port. */
static void
collect_sockets (const char *table, guint32 address, guint port, GHashTable *sockets)
{
  g_autofree char *path = g_strdup_printf ("/proc/net/%s", table);
  g_autofree char *text = NULL;

  if (g_file_get_contents (path, &text, NULL, NULL))
    cs_socket_table_parse (text, address, port, sockets);
}

/* Calls @func, a GHashTable's own, with each socket of the process; whether it was TRUE
 * of one. */
static gboolean
for_sockets (const char *pid,
             GHashTable *sockets,
             gboolean (*func) (GHashTable *sockets, gconstpointer name))
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/fd", pid);
  g_autoptr (GDir) directory = g_dir_open (path, 0, NULL);
  gboolean any = FALSE;
  const char *name;

  while (directory != NULL && (name = g_dir_read_name (directory)) != NULL)
    {
      g_autofree char *link = g_build_filename (path, name, NULL);
      g_autofree char *target = g_file_read_link (link, NULL);

      any = (target != NULL && func (sockets, target)) || any;
    }
  return any;
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

/* Where the process itself is out of sight: one that is another user's from its start
 * shows its sockets only to who may read any file. */
static char *
describe_user (guint id)
{
  struct passwd *user = NULL, entry;
  char buffer[4096];

  if (getpwuid_r (id, &entry, buffer, sizeof buffer, &user) == 0 && user != NULL)
    return g_strdup_printf ("a program of the user %s", user->pw_name);
  return g_strdup_printf ("a program of the user %u", id);
}

char *
cs_port_owner_find_holder (GHashTable *sockets, int except)
{
  g_autofree char *ours = g_strdup_printf ("%d", except);
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  GHashTableIter iter;
  const char *pid;
  gpointer user;

  for_sockets (ours, sockets, g_hash_table_remove);
  if (processes == NULL || g_hash_table_size (sockets) == 0)
    return NULL;
  while ((pid = g_dir_read_name (processes)) != NULL)
    if (g_ascii_isdigit (pid[0]) && for_sockets (pid, sockets, g_hash_table_contains))
      return describe (pid);
  g_hash_table_iter_init (&iter, sockets);
  g_hash_table_iter_next (&iter, NULL, &user);
  return describe_user (GPOINTER_TO_UINT (user));
}

char *
cs_port_owner_find (guint32 address, guint port, int except)
{
  static const char *const tables[] = { "udp", "tcp", "udp6", "tcp6" };
  g_autoptr (GHashTable) sockets
      = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);

  for (guint i = 0; i < G_N_ELEMENTS (tables); i++)
    collect_sockets (tables[i], address, port, sockets);
  return cs_port_owner_find_holder (sockets, except);
}
