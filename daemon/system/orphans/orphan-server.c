/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Anybody can run a program with the argument of ours. But root started ours: it has kept
 * the right to configure this computer's network, in the same network and user namespaces
 * as this process, which nobody else can have. */
#include "orphan-server.h"

#include "core/render/dnsmasq-config.h"
#include "core/render/radvd-config.h"
#include "core/value/ifname.h"
#include "system/process/own-process.h"
#include "system/process/port-owner.h"
#include "system/process/sockets.h"
#include "system/radvd/radvd-spawn.h"

#include <linux/capability.h>
#include <net/if.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

/* Whether the process is in our own namespace of @kind. */
static gboolean
shares_namespace (const char *pid, const char *kind)
{
  g_autofree char *own = g_strdup_printf ("/proc/self/ns/%s", kind);
  g_autofree char *path = g_strdup_printf ("/proc/%s/ns/%s", pid, kind);
  struct stat here, there;

  return stat (own, &here) == 0 && stat (path, &there) == 0 && here.st_dev == there.st_dev
         && here.st_ino == there.st_ino;
}

static gboolean
has_capability (const char *pid, guint capability)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/status", pid);
  g_autofree char *text = NULL;
  const char *line;
  guint64 set = 0;

  if (!g_file_get_contents (path, &text, NULL, NULL))
    return FALSE;
  line = strstr (text, "\nCapEff:");
  return line != NULL && sscanf (line, "\nCapEff: %" G_GINT64_MODIFIER "x", &set) == 1
         && (set & (G_GUINT64_CONSTANT (1) << capability)) != 0;
}

/* Adds the arguments that identify @lan's dnsmasq: the current one, and that of earlier
 * versions. */
static void
add_arguments (GHashTable *lans, const char *runtime_dir, const char *lan)
{
  g_autofree char *directory = cs_dnsmasq_directory (runtime_dir, lan);
  g_autofree char *name = cs_dnsmasq_bus_name (lan);

  g_hash_table_replace (lans, g_strconcat ("--enable-dbus=", name, NULL), g_strdup (lan));
  g_hash_table_replace (lans, g_strdup_printf ("--conf-file=%s/dnsmasq.conf", directory),
                        g_strdup (lan));
}

static void
add_radvd_argument (GHashTable *lans, const char *runtime_dir, const char *lan)
{
  g_autofree char *directory = cs_radvd_directory (runtime_dir, lan);

  g_hash_table_replace (lans, cs_radvd_argument (directory), g_strdup (lan));
}

typedef void (*ArgumentFunc) (GHashTable *lans, const char *runtime_dir, const char *lan);

/* The argument that identifies a server of ours -> its LAN (both owned): every existing
 * interface, and the LANs of @orphans. */
static GHashTable *
list_arguments (ArgumentFunc add, const char *runtime_dir, const GPtrArray *orphans)
{
  GHashTable *lans = g_hash_table_new_full (g_str_hash, g_str_equal, g_free, g_free);
  struct if_nameindex *interfaces = if_nameindex ();

  for (const struct if_nameindex *one = interfaces; one != NULL && one->if_name != NULL;
       one++)
    if (cs_ifname_check (one->if_name, "LAN", NULL))
      add (lans, runtime_dir, one->if_name);
  if (interfaces != NULL)
    if_freenameindex (interfaces);
  for (guint i = 0; i < orphans->len; i++)
    add (lans, runtime_dir, ((const CsOrphan *)orphans->pdata[i])->lan);
  return lans;
}

/* The LAN that the process serves as one of ours, or NULL. */
static const char *
lan_of_process (const char *pid, GHashTable *lans, guint capability)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/cmdline", pid);
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return NULL;
  for (gsize i = 0; i < length; i += strlen (text + i) + 1)
    {
      const char *lan = g_hash_table_lookup (lans, text + i);

      if (lan != NULL)
        return has_capability (pid, capability) && shares_namespace (pid, "net")
                       && shares_namespace (pid, "user")
                   ? lan
                   : NULL;
    }
  return NULL;
}

typedef struct
{
  GHashTable *own;
  CsAddress served;
} Search;

static gboolean
add_name (GHashTable *sockets, gconstpointer name)
{
  return g_hash_table_add (sockets, g_strdup (name));
}

static void
on_socket (const CsSocket *socket, gpointer user_data)
{
  Search *search = user_data;

  if (g_hash_table_contains (search->own, socket->name)
      && !cs_address_is_any (socket->address))
    search->served = socket->address;
}

/* The address where the process accepts queries over TCP; unset if it does not. */
static CsAddress
find_served (const char *pid)
{
  g_autoptr (GHashTable) own = cs_sockets_new_set ();
  Search search = { .own = own };

  cs_port_owner_for_sockets (pid, own, add_name);
  cs_sockets_list (AF_INET, IPPROTO_TCP, 0, on_socket, &search);
  return search.served;
}

/* Leads the step to the process by recording it in its @directory (own-process.h). An
 * existing directory knows better. */
static void
note_process (const char *directory, const char *note, const char *pid)
{
  g_autofree char *path = g_build_filename (directory, note, NULL);
  g_autoptr (GError) error = NULL;

  if (!g_file_test (directory, G_FILE_TEST_IS_DIR)
      && !cs_own_process_write (path, atoi (pid), &error))
    g_warning ("%s", error->message);
}

static void
note_dnsmasq (const char *runtime_dir, CsOrphan *orphan, const char *pid)
{
  g_autofree char *directory = cs_dnsmasq_directory (runtime_dir, orphan->lan);

  orphan->served = find_served (pid);
  note_process (directory, CS_DNSMASQ_NOTE, pid);
}

/* It has a child that looks the same. */
static void
note_radvd (const char *runtime_dir, CsOrphan *orphan, const char *pid)
{
  g_autofree char *directory = cs_radvd_directory (runtime_dir, orphan->lan);

  if (getsid (atoi (pid)) == atoi (pid))
    note_process (directory, CS_RADVD_NOTE, pid);
}

static const struct
{
  ArgumentFunc add;
  guint capability; /* that it keeps */
  void (*note) (const char *runtime_dir, CsOrphan *orphan, const char *pid);
} servers[] = {
  { add_arguments, CAP_NET_ADMIN, note_dnsmasq },
  { add_radvd_argument, CAP_NET_RAW, note_radvd },
};

void
cs_orphan_server_find (const char *runtime_dir, GPtrArray *orphans)
{
  for (gsize i = 0; i < G_N_ELEMENTS (servers); i++)
    {
      g_autoptr (GHashTable) lans = list_arguments (servers[i].add, runtime_dir, orphans);
      g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
      const char *pid;

      while (processes != NULL && (pid = g_dir_read_name (processes)) != NULL)
        {
          const char *lan = g_ascii_isdigit (pid[0])
                                ? lan_of_process (pid, lans, servers[i].capability)
                                : NULL;

          if (lan != NULL)
            servers[i].note (runtime_dir, cs_orphan_list_get (orphans, lan), pid);
        }
    }
}
