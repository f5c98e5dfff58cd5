/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Runs pkttyagent(1) as systemctl(1) does: --fallback leaves the question to a
 * desktop's agent if there is one. The agent closes a descriptor once it is
 * registered, or when it exits; the call that needs it can be made then. */
#include "agent.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <errno.h>
#include <sys/stat.h>
#include <termios.h>
#include <unistd.h>

#define NOTIFY_FD 3 /* in the agent */

struct _CsAgent
{
  GSubprocess *process; /* (owned) */
  struct termios terminal;
};

static gboolean
can_ask (void)
{
  /* a background process would be stopped when its agent reads the password */
  return geteuid () != 0 && isatty (STDIN_FILENO)
         && tcgetpgrp (STDIN_FILENO) == getpgrp ();
}

/* The process that the service asks polkit about: our shell, if that is the same user's
 * and on the same terminal, so that polkit remembers the password for what is done in it.
 */
static pid_t
find_subject (void)
{
  pid_t parent = getppid ();
  g_autofree char *path = g_strdup_printf ("/proc/%d", (int)parent);
  struct stat status;

  if (getsid (parent) != getsid (0) || stat (path, &status) != 0
      || status.st_uid != getuid () || geteuid () != getuid ())
    return getpid ();
  return parent;
}

static GSubprocess *
spawn (int *ready)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  g_autofree char *subject = g_strdup_printf ("%d", (int)find_subject ());
  g_autofree char *notify = g_strdup_printf ("%d", NOTIFY_FD);
  GSubprocess *process;
  int ends[2];

  if (!g_unix_open_pipe (ends, FD_CLOEXEC, NULL))
    return NULL;
  g_subprocess_launcher_take_fd (launcher, ends[1], NOTIFY_FD);
  process
      = g_subprocess_launcher_spawn (launcher, NULL, "pkttyagent", "--process", subject,
                                     "--notify-fd", notify, "--fallback", NULL);
  /* our copy of the writing end */
  g_subprocess_launcher_close (launcher);
  if (process == NULL)
    close (ends[0]);
  else
    *ready = ends[0];
  return process;
}

CsAgent *
cs_agent_start (void)
{
  CsAgent *agent;
  GSubprocess *process;
  struct termios terminal;
  int ready = -1;
  char byte;

  if (!can_ask () || tcgetattr (STDIN_FILENO, &terminal) < 0)
    return NULL;
  process = spawn (&ready);
  if (process == NULL)
    return NULL;
  while (read (ready, &byte, 1) < 0 && errno == EINTR)
    ;
  close (ready);

  agent = g_new0 (CsAgent, 1);
  agent->process = process;
  agent->terminal = terminal;
  return agent;
}

void
cs_agent_stop (CsAgent *agent)
{
  if (agent == NULL)
    return;
  g_subprocess_send_signal (agent->process, SIGTERM);
  g_subprocess_wait (agent->process, NULL, NULL);
  /* if killed in the middle of a password, it may have left echo off */
  tcsetattr (STDIN_FILENO, TCSADRAIN, &agent->terminal);
  g_object_unref (agent->process);
  g_free (agent);
}
