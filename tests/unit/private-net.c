/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Namespaces by unshare(2); the kernel removes them, and all in them, with the process.
 */
#include "private-net.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

static void
must (int result, const char *what)
{
  if (result == 0)
    return;
  g_printerr ("Cannot make a private network: %s: %s\n", what, g_strerror (errno));
  exit (1);
}

static void
must_write (const char *path, const char *text)
{
  if (!g_file_set_contents_full (path, text, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL))
    must (-1, path);
}

/* `ip` and the sysctls want to be root's, which the creator of a user namespace can be.
 */
static void
become_root (void)
{
  g_autofree char *user = g_strdup_printf ("0 %u 1", (guint)getuid ());
  g_autofree char *group = g_strdup_printf ("0 %u 1", (guint)getgid ());

  must (unshare (CLONE_NEWUSER), "unshare (user)");
  must_write ("/proc/self/uid_map", user);
  must_write ("/proc/self/setgroups", "deny");
  must_write ("/proc/self/gid_map", group);
}

void
private_net_enter (void)
{
  if (geteuid () != 0)
    become_root ();
  must (unshare (CLONE_NEWNET | CLONE_NEWNS), "unshare (network, mount)");
  must (mount (NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL), "mount (private)");
  must (mount ("tmpfs", "/etc", "tmpfs", 0, NULL), "mount (/etc)");
  must (mount ("tmpfs", "/run", "tmpfs", 0, NULL), "mount (/run)");
  must (mount ("tmpfs", "/var/lib/misc", "tmpfs", 0, NULL), "mount (/var/lib/misc)");
  must (mount ("sysfs", "/sys", "sysfs", MS_RDONLY, NULL), "mount (/sys)");
  private_net_ip ("link set lo up");
}

static void
run (char **argv)
{
  g_autoptr (GError) error = NULL;
  g_autofree char *output = NULL;
  int status;

  g_spawn_sync (NULL, argv, NULL, G_SPAWN_SEARCH_PATH, NULL, NULL, NULL, &output, &status,
                &error);
  g_assert_no_error (error);
  if (status != 0)
    g_error ("%s %s: %s", argv[0], argv[1], output);
}

void
private_net_ip (const char *format, ...)
{
  g_autofree char *words = NULL;
  g_autofree char *line = NULL;
  g_auto (GStrv) argv = NULL;
  va_list args;

  va_start (args, format);
  words = g_strdup_vprintf (format, args);
  va_end (args);
  line = g_strconcat ("ip ", words, NULL);
  argv = g_strsplit (line, " ", -1);
  run (argv);
}

void
private_net_ip_batch (const char *many)
{
  char *argv[] = { (char *)"ip", (char *)"-batch", (char *)"/run/batch", NULL };

  g_assert_true (g_file_set_contents ("/run/batch", many, -1, NULL));
  run (argv);
}

static void
write_sysctl (const char *family,
              const char *interface,
              const char *key,
              const char *value)
{
  g_autofree char *path
      = g_strdup_printf ("/proc/sys/net/%s/conf/%s/%s", family, interface, key);

  g_assert_true (
      g_file_set_contents_full (path, value, -1, G_FILE_SET_CONTENTS_NONE, 0644, NULL));
}

void
private_net_write_sysctl (const char *interface, const char *key, const char *value)
{
  write_sysctl ("ipv4", interface, key, value);
}

void
private_net_write_sysctl6 (const char *interface, const char *key, const char *value)
{
  write_sysctl ("ipv6", interface, key, value);
}

void
private_net_skip_dad (void)
{
  private_net_write_sysctl6 ("all", "accept_dad", "0");
  private_net_write_sysctl6 ("default", "accept_dad", "0");
}
