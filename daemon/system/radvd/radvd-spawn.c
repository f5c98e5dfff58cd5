/* SPDX-License-Identifier: GPL-2.0-or-later */
/* radvd is another user from the start, with the right to send what it likes and no
 * other, rather than by its option --username: with root's rights it sets what it
 * announces on the interface as well, the MTU for one, and nobody would take that back.
 * As that user it reads its configuration again on SIGHUP, so its directory is the
 * current one, which nobody else gets to. The file for its number is there because it
 * insists on one. */
#include "radvd-spawn.h"

#include "base/errno-words.h"
#include "base/files.h"
#include "core/render/radvd-config.h"
#include "dbus/errors.h"
#include "system/dnsmasq/dns-user.h"
#include "system/process/own-process.h"
#include "system/process/program.h"

#include <errno.h>
#include <fcntl.h>
#include <glib/gstdio.h>
#include <grp.h>
#include <linux/capability.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#define CONFIG "radvd.conf"
#define PID    "pid"

/* --- Files ---------------------------------------------------------------------- */

gboolean
cs_radvd_has_config (const char *directory, const char *config)
{
  g_autofree char *path = g_build_filename (directory, CONFIG, NULL);
  g_autofree char *text = cs_file_read (path, NULL);

  return g_strcmp0 (text, config) == 0;
}

static gboolean
fail (const char *what, const char *path, GError **error)
{
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot %s %s: %s", what, path,
               cs_errno_words (errno));
  return FALSE;
}

gboolean
cs_radvd_write_config (const char *directory, const char *config, GError **error)
{
  g_autofree char *path = g_build_filename (directory, CONFIG, NULL);

  if (g_mkdir_with_parents (directory, 0700) < 0 || g_chmod (directory, 0755) < 0)
    return fail ("write", directory, error);
  if (!cs_file_write (path, config, error))
    return FALSE;
  return g_chmod (path, 0644) == 0 || fail ("write", path, error);
}

gboolean
cs_radvd_remove (const char *directory, GError **error)
{
  static const char *const files[] = { CONFIG, PID, CS_RADVD_NOTE };

  for (gsize i = 0; i < G_N_ELEMENTS (files); i++)
    {
      g_autofree char *path = g_build_filename (directory, files[i], NULL);

      if (!cs_file_remove (path, error))
        return FALSE;
    }
  return g_rmdir (directory) == 0 || errno == ENOENT || fail ("remove", directory, error);
}

/* A new one: radvd locks it, and children of an earlier one may still hold that. */
static gboolean
make_pid_file (const char *directory, GError **error)
{
  g_autofree char *path = g_build_filename (directory, PID, NULL);
  int fd;
  gboolean done;

  if (!cs_file_remove (path, error))
    return FALSE;
  fd = g_open (path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
  done = fd >= 0 && fchmod (fd, 0666) == 0;
  if (fd >= 0)
    close (fd);
  return done || fail ("write", path, error);
}

/* --- Starting ------------------------------------------------------------------- */

typedef struct
{
  CsOwnProcessSetup own;
  uid_t user;
  gid_t group;
} Setup;

/* The package's own user, or that of our dnsmasq. */
static void
find_user (uid_t *user, gid_t *group)
{
  struct passwd *found = NULL, entry;
  char buffer[4096];
  g_autofree char *name = NULL;
  g_autofree char *group_name = NULL;

  cs_dns_user_find (&name, &group_name, user);
  if (getpwnam_r ("radvd", &entry, buffer, sizeof buffer, &found) == 0 && found != NULL
      && found->pw_uid != 0)
    *user = found->pw_uid;
  *group = (gid_t)*user;
  if (getpwuid_r (*user, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL
      && found->pw_gid != 0)
    *group = found->pw_gid;
}

/* Between fork and exec: only what signal-safety(7) allows. */
static gboolean
become (const Setup *setup)
{
  struct __user_cap_header_struct header = { .version = _LINUX_CAPABILITY_VERSION_3 };
  struct __user_cap_data_struct sets[_LINUX_CAPABILITY_U32S_3] = { 0 };

  sets[0].effective = sets[0].permitted = sets[0].inheritable = 1u << CAP_NET_RAW;
  return prctl (PR_SET_KEEPCAPS, 1, 0, 0, 0) == 0 && setgroups (0, NULL) == 0
         && setresgid (setup->group, setup->group, setup->group) == 0
         && setresuid (setup->user, setup->user, setup->user) == 0
         && syscall (SYS_capset, &header, sets) == 0
         && prctl (PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, CAP_NET_RAW, 0, 0) == 0;
}

static void
set_up (gpointer user_data)
{
  Setup *setup = user_data;

  cs_own_process_set_up (&setup->own);
  if (!become (setup))
    _exit (1);
}

gboolean
cs_radvd_spawn (const char *directory, GError **error)
{
  g_autofree char *program = cs_program_find ("radvd");
  g_autofree char *note = g_build_filename (directory, CS_RADVD_NOTE, NULL);
  g_autofree char *argument = cs_radvd_argument (directory);
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_SILENCE);
  g_autoptr (GSubprocess) child = NULL;
  Setup setup = { .own = { note, getpid () } };

  if (program == NULL)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                   "radvd is not installed: install the package radvd");
      return FALSE;
    }
  if (!make_pid_file (directory, error))
    return FALSE;
  find_user (&setup.user, &setup.group);
  g_subprocess_launcher_set_cwd (launcher, directory);
  g_subprocess_launcher_set_child_setup (launcher, set_up, &setup, NULL);
  child = g_subprocess_launcher_spawn (launcher, error, program, "--nodaemon",
                                       "--config=" CONFIG, "--pidfile=" PID,
                                       "--logmethod=syslog", argument, NULL);
  return child != NULL;
}

uid_t
cs_radvd_user_id (void)
{
  uid_t user;
  gid_t group;

  find_user (&user, &group);
  return user;
}
