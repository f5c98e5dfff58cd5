/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A pidfd reports the end of the process that the file records. A wrapper script may
 * stand in for its program: then the wrapper is watched, and whatever it has started in
 * its session ends with it. */
#include "kept-process.h"

#include "own-process.h"

#include "base/errno-words.h"
#include "dbus/errors.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <sys/pidfd.h>
#include <unistd.h>

/* Seconds before it is killed, and again before it is left alone. */
#define STOP_LIMIT 2

struct _CsKeptProcess
{
  const char *program;
  char *note;     /* (owned) */
  char *argument; /* (owned) */
  uid_t (*user) (void);
  guint patience; /* seconds before it is killed */
  CsKeptProcessFunc ended;
  gpointer user_data;
  int pid;         /* 0: none known to run */
  int pidfd;       /* -1: likewise */
  guint watch;     /* source of .pidfd, or 0 */
  GTask *stopping; /* (owned) (nullable) returns when it is gone */
  int signal;      /* that is stopping it */
  gboolean alone;  /* it has started nothing, so it leaves nothing behind */
  guint limit;     /* timeout source, or 0 */
};

CsKeptProcess *
cs_kept_process_new (const CsKeptProcessSetup *setup)
{
  CsKeptProcess *self = g_new0 (CsKeptProcess, 1);

  self->program = setup->program;
  self->note = g_strdup (setup->note);
  self->argument = g_strdup (setup->argument);
  self->user = setup->user;
  self->patience = setup->patience ? setup->patience : STOP_LIMIT;
  self->ended = setup->ended;
  self->user_data = setup->user_data;
  self->pidfd = -1;
  return self;
}

const char *
cs_kept_process_get_note (CsKeptProcess *self)
{
  return self->note;
}

const char *
cs_kept_process_get_argument (CsKeptProcess *self)
{
  return self->argument;
}

void
cs_kept_process_set_argument (CsKeptProcess *self, const char *argument)
{
  g_free (self->argument);
  self->argument = g_strdup (argument);
}

static void
forget (CsKeptProcess *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_handle_id (&self->limit, g_source_remove);
  if (self->pidfd >= 0)
    close (self->pidfd);
  self->pidfd = -1;
  self->pid = 0;
}

void
cs_kept_process_free (CsKeptProcess *self)
{
  forget (self);
  g_clear_object (&self->stopping);
  g_free (self->note);
  g_free (self->argument);
  g_free (self);
}

static void stop (GTask *task);

/* --- Finding and watching ------------------------------------------------------- */

static gboolean on_end (int fd, GIOCondition condition, gpointer user_data);

/* Takes over and watches one of our processes. */
static gboolean
take (CsKeptProcess *self, const CsOwnProcess *process)
{
  int pidfd = pidfd_open (process->pid, 0);

  if (pidfd < 0)
    return FALSE;
  if (!cs_own_process_lives (process))
    {
      close (pidfd);
      return FALSE;
    }
  self->pid = process->pid;
  self->pidfd = pidfd;
  self->watch = g_unix_fd_add (pidfd, G_IO_IN, on_end, self);
  return TRUE;
}

static gboolean
on_end (int fd, GIOCondition condition, gpointer user_data)
{
  CsKeptProcess *self = user_data;
  g_autoptr (GTask) stopping = g_steal_pointer (&self->stopping);

  self->watch = 0;
  forget (self);
  if (stopping != NULL)
    stop (g_steal_pointer (&stopping));
  else
    self->ended (self->user_data);
  return G_SOURCE_REMOVE;
}

gboolean
cs_kept_process_is_watched (CsKeptProcess *self)
{
  return self->pidfd >= 0;
}

gboolean
cs_kept_process_is_running (CsKeptProcess *self)
{
  CsOwnProcess found;

  return self->pidfd >= 0
         || (cs_own_process_read (self->note, &found) && take (self, &found));
}

/* What a process left behind when it ended: children that serve connections, or whatever
 * a wrapper has started. */
static GArray *
list_remains (CsKeptProcess *self)
{
  CsOwnProcess leader;

  if (!cs_own_process_read (self->note, &leader))
    return g_array_new (FALSE, FALSE, sizeof (int));
  return cs_own_process_list (&leader, self->argument, self->user ());
}

gboolean
cs_kept_process_has_remains (CsKeptProcess *self)
{
  g_autoptr (GArray) list = list_remains (self);

  return list->len > 0;
}

static gboolean
take_remains (CsKeptProcess *self)
{
  g_autoptr (GArray) list = list_remains (self);
  CsOwnProcess found;

  for (guint i = 0; i < list->len; i++)
    if (cs_own_process_look (g_array_index (list, int, i), &found) && take (self, &found))
      return TRUE;
  return FALSE;
}

int
cs_kept_process_get_pid (CsKeptProcess *self)
{
  return self->pid;
}

void
cs_kept_process_signal (CsKeptProcess *self, int number)
{
  if (self->pidfd >= 0)
    pidfd_send_signal (self->pidfd, number, NULL, 0);
}

/* --- Ending --------------------------------------------------------------------- */

static void
give_up (CsKeptProcess *self, const char *why)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stopping);

  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "cannot kill %s (process %d): %s", self->program, self->pid,
                           why);
  forget (self);
}

static gboolean
on_stop_limit (gpointer user_data)
{
  CsKeptProcess *self = user_data;

  if (self->signal == SIGKILL)
    {
      self->limit = 0;
      give_up (self, "it ignores SIGKILL");
      return G_SOURCE_REMOVE;
    }
  self->signal = SIGKILL;
  pidfd_send_signal (self->pidfd, SIGKILL, NULL, 0);
  return G_SOURCE_CONTINUE;
}

/* Takes @task. Ends the process that is found, and then whatever it has left behind,
 * which may ignore SIGTERM (sig_handler () in dnsmasq.c, for one). */
static void
stop (GTask *task)
{
  CsKeptProcess *self = g_task_get_task_data (task);

  if (!cs_kept_process_is_running (self))
    {
      self->signal = SIGKILL;
      if (self->alone || !take_remains (self))
        {
          g_task_return_boolean (task, TRUE);
          g_object_unref (task);
          return;
        }
    }
  self->stopping = task;
  self->alone = self->signal == SIGTERM && !cs_own_process_has_children (self->pid);
  if (pidfd_send_signal (self->pidfd, self->signal, NULL, 0) < 0 && errno != ESRCH)
    give_up (self, cs_errno_words (errno));
  else
    self->limit = g_timeout_add_seconds (
        self->signal == SIGTERM ? self->patience : STOP_LIMIT, on_stop_limit, self);
}

void
cs_kept_process_stop_async (CsKeptProcess *self,
                            GAsyncReadyCallback callback,
                            gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_return_if_fail (self->stopping == NULL);

  g_task_set_source_tag (task, cs_kept_process_stop_async);
  g_task_set_task_data (task, self, NULL);
  self->signal = SIGTERM;
  self->alone = FALSE;
  stop (task);
}

gboolean
cs_kept_process_stop_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
