/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel lists the sockets; /proc/PID/fd shows who holds them. */
#include "port-owner.h"

#include "sockets.h"

#include <netinet/in.h>
#include <pwd.h>

gboolean
cs_port_owner_for_sockets (const char *pid,
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

/* For processes that cannot be inspected: one that has run as another user from its start
 * shows its sockets only to those who may read any file. */
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

  cs_port_owner_for_sockets (ours, sockets, g_hash_table_remove);
  if (processes == NULL || g_hash_table_size (sockets) == 0)
    return NULL;
  while ((pid = g_dir_read_name (processes)) != NULL)
    if (g_ascii_isdigit (pid[0])
        && cs_port_owner_for_sockets (pid, sockets, g_hash_table_contains))
      return describe (pid);
  g_hash_table_iter_init (&iter, sockets);
  g_hash_table_iter_next (&iter, NULL, &user);
  return describe_user (GPOINTER_TO_UINT (user));
}

typedef struct
{
  CsAddress address;
  GHashTable *sockets;
} Search;

static void
on_socket (const CsSocket *socket, gpointer user_data)
{
  const Search *search = user_data;

  if (cs_address_is_any (socket->address)
      || cs_address_equal (socket->address, search->address))
    cs_sockets_add (search->sockets, socket);
}

char *
cs_port_owner_find (CsAddress address, guint port, int except)
{
  static const int families[] = { AF_INET, AF_INET6 };
  g_autoptr (GHashTable) sockets = cs_sockets_new_set ();
  Search search = { address, sockets };

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    {
      cs_sockets_list (families[i], IPPROTO_UDP, port, on_socket, &search);
      cs_sockets_list (families[i], IPPROTO_TCP, port, on_socket, &search);
    }
  return cs_port_owner_find_holder (sockets, except);
}
