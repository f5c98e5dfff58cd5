/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq reads its configuration from a pipe, because AppArmor's profile for it allows
 * no folder that could be ours alone. The whole text is in the pipe before the program
 * starts, and dnsmasq does not begin before the pipe is closed, by us or by our end. */
#include "dnsmasq-spawn.h"

#include "dns-user.h"

#include "dbus/errors.h"
#include "system/process/own-process.h"
#include "system/process/program.h"

#include <fcntl.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

char *
cs_dnsmasq_find_program (GError **error)
{
  char *program = cs_program_find ("dnsmasq");

  if (program == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                 "dnsmasq is not installed: install the package dnsmasq-base (dnsmasq on "
                 "some systems)");
  return program;
}

/* Opens a pipe that already holds @config and whose reading end the launcher hands
 * over. */
static gboolean
open_gate (GSubprocessLauncher *launcher, const char *config, int *gate, GError **error)
{
  gsize length = strlen (config);
  int fds[2];

  if (!g_unix_open_pipe (fds, FD_CLOEXEC, error))
    return FALSE;
  g_subprocess_launcher_take_stdin_fd (launcher, fds[0]);
  *gate = fds[1];
  if (!g_unix_set_fd_nonblocking (fds[1], TRUE, error))
    return FALSE;
  if (write (fds[1], config, length) == (gssize)length)
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "its configuration is too long");
  return FALSE;
}

GSubprocess *
cs_dnsmasq_spawn (const char *program,
                  const char *argument,
                  const char *note,
                  const char *config,
                  int *gate,
                  GError **error)
{
  const CsOwnProcessSetup setup = { note, getpid () };
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDOUT_SILENCE | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *user = NULL;
  g_autofree char *group = NULL;
  g_autoptr (GPtrArray) argv = g_ptr_array_new_with_free_func (g_free);
  uid_t id;

  g_ptr_array_add (argv, g_strdup (program));
  g_ptr_array_add (argv, g_strdup ("--keep-in-foreground"));
  g_ptr_array_add (argv, g_strdup ("--conf-file=-"));
  g_ptr_array_add (argv, g_strdup (argument));
  if (cs_dns_user_find (&user, &group, &id))
    g_ptr_array_add (argv, g_strconcat ("--user=", user, NULL));
  if (group != NULL)
    g_ptr_array_add (argv, g_strconcat ("--group=", group, NULL));
  g_ptr_array_add (argv, NULL);
  if (!open_gate (launcher, config, gate, error))
    return NULL;
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, cs_own_process_set_up,
                                         (gpointer)&setup, NULL);
  return g_subprocess_launcher_spawnv (launcher, (const char *const *)argv->pdata, error);
}

uid_t
cs_dnsmasq_user_id (void)
{
  g_autofree char *user = NULL;
  g_autofree char *group = NULL;
  uid_t id;

  cs_dns_user_find (&user, &group, &id);
  return id;
}
