/* SPDX-License-Identifier: GPL-2.0-or-later */
/* pkttyagent(1), as systemctl(1) uses it: --fallback leaves the question to a desktop's
 * agent where there is one; the agent closes a descriptor when it is registered, or when
 * it ends, and then the call that needs it can be made. */
#include "agent.h"

#include <gio/gio.h>
#include <glib-unix.h>
#include <errno.h>
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
  /* a process in the background would be stopped when its agent reads the password */
  return geteuid () != 0 && isatty (STDIN_FILENO)
         && tcgetpgrp (STDIN_FILENO) == getpgrp ();
}

static GSubprocess *
spawn (int *ready)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDIN_INHERIT);
  g_autofree char *subject = g_strdup_printf ("%d", (int)getpid ());
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
  /* killed in the middle of a password, it may not have switched echo on again */
  tcsetattr (STDIN_FILENO, TCSADRAIN, &agent->terminal);
  g_object_unref (agent->process);
  g_free (agent);
}
