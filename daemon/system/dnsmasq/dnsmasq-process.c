/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq closes its stderr when it has read its configuration, bound its sockets and
 * requested its bus name; or it prints there what went wrong, and exits (main () in its
 * dnsmasq.c). Only then does it drop root: if it cannot, only the journal says so. From
 * there on a pidfd reports its end.
 *
 * A file in the directory records which process is ours, before that process can run
 * (own-process.h). A wrapper script may stand in for dnsmasq: then the wrapper is
 * watched, and whatever it has started in its session ends with it. */
#include "dnsmasq-process.h"

#include "dnsmasq-spawn.h"

#include "base/errno-words.h"
#include "core/render/dnsmasq-config.h"
#include "dbus/errors.h"
#include "system/process/own-process.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <unistd.h>

/* Seconds before it is killed, and again before it is left alone. */
#define STOP_LIMIT 2

struct _CsDnsmasqProcess
{
  char *directory; /* (owned) */
  char *note;      /* (owned) the file that records our process */
  char *bus_name;  /* (owned) */
  char *argument;  /* (owned) identifies it among others in its session */
  CsDnsmasqDiedFunc died;
  gpointer user_data;
  int pid;               /* 0: none known to run */
  int pidfd;             /* -1: likewise */
  guint watch;           /* source of .pidfd, or 0 */
  GSubprocess *prepared; /* (owned) (nullable) waits for the end of its standard input */
  int gate;              /* the other end of that, or -1 */
  GError *failure;       /* (owned) (nullable) why none could be prepared */
  GTask *stopping;       /* (owned) (nullable) returns when it is gone */
  int signal;            /* that is stopping it */
  gboolean alone;        /* it has started nothing, so it leaves nothing behind */
  guint limit;           /* timeout source, or 0 */
};

static void
set_argument (CsDnsmasqProcess *self)
{
  g_free (self->argument);
  self->argument = g_strconcat ("--enable-dbus=", self->bus_name, NULL);
}

CsDnsmasqProcess *
cs_dnsmasq_process_new (const char *directory,
                        const char *bus_name,
                        CsDnsmasqDiedFunc died,
                        gpointer user_data)
{
  CsDnsmasqProcess *self = g_new0 (CsDnsmasqProcess, 1);

  self->directory = g_strdup (directory);
  self->note = g_build_filename (directory, CS_DNSMASQ_NOTE, NULL);
  self->bus_name = g_strdup (bus_name);
  set_argument (self);
  self->died = died;
  self->user_data = user_data;
  self->pidfd = -1;
  self->gate = -1;
  return self;
}

static void
forget (CsDnsmasqProcess *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_handle_id (&self->limit, g_source_remove);
  if (self->pidfd >= 0)
    close (self->pidfd);
  self->pidfd = -1;
  self->pid = 0;
}

static void
close_gate (CsDnsmasqProcess *self)
{
  if (self->gate >= 0)
    close (self->gate);
  self->gate = -1;
}

/* Kills it first, so that it does not begin. */
static void
drop_prepared (CsDnsmasqProcess *self)
{
  if (self->prepared != NULL)
    g_subprocess_force_exit (self->prepared);
  close_gate (self);
  g_clear_object (&self->prepared);
  g_clear_error (&self->failure);
}

void
cs_dnsmasq_process_free (CsDnsmasqProcess *self)
{
  drop_prepared (self);
  forget (self);
  g_clear_object (&self->stopping);
  g_free (self->directory);
  g_free (self->note);
  g_free (self->bus_name);
  g_free (self->argument);
  g_free (self);
}

static void stop (GTask *task);

/* --- Finding and watching ------------------------------------------------------- */

/* Finds the process of an earlier version, which had dnsmasq itself write the file
 * "pid". */
static gboolean
find_old (CsDnsmasqProcess *self, CsOwnProcess *found)
{
  g_autofree char *path = g_build_filename (self->directory, "pid", NULL);
  g_autofree char *text = NULL;
  guint64 pid;

  if (g_file_test (self->note, G_FILE_TEST_EXISTS)
      || !g_file_get_contents (path, &text, NULL, NULL)
      || !g_ascii_string_to_unsigned (g_strchomp (text), 10, 2, G_MAXINT, &pid, NULL))
    return FALSE;
  g_free (self->argument);
  self->argument = g_strdup_printf ("--conf-file=%s/dnsmasq.conf", self->directory);
  return cs_own_process_has_argument ((int)pid, self->argument)
         && cs_own_process_look ((int)pid, found);
}

/* Finds the process started last, even if it has ended since. */
static gboolean
find (CsDnsmasqProcess *self, CsOwnProcess *found)
{
  return cs_own_process_read (self->note, found) || find_old (self, found);
}

static gboolean on_end (int fd, GIOCondition condition, gpointer user_data);

/* Takes over and watches one of our processes. */
static gboolean
take (CsDnsmasqProcess *self, const CsOwnProcess *process)
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
  CsDnsmasqProcess *self = user_data;
  g_autoptr (GTask) stopping = g_steal_pointer (&self->stopping);

  self->watch = 0;
  forget (self);
  if (stopping != NULL)
    stop (g_steal_pointer (&stopping));
  else
    self->died (self, self->user_data);
  return G_SOURCE_REMOVE;
}

gboolean
cs_dnsmasq_process_is_running (CsDnsmasqProcess *self)
{
  CsOwnProcess found;

  if (self->pidfd >= 0 || self->prepared != NULL)
    return self->pidfd >= 0;
  return find (self, &found) && take (self, &found);
}

/* What a process left behind when it ended: children that serve connections, or whatever
 * a wrapper has started. */
static GArray *
list_remains (CsDnsmasqProcess *self)
{
  CsOwnProcess leader;

  if (!find (self, &leader))
    return g_array_new (FALSE, FALSE, sizeof (int));
  return cs_own_process_list (&leader, self->argument, cs_dnsmasq_user_id ());
}

gboolean
cs_dnsmasq_process_has_remains (CsDnsmasqProcess *self)
{
  g_autoptr (GArray) list = list_remains (self);

  return list->len > 0;
}

static gboolean
take_remains (CsDnsmasqProcess *self)
{
  g_autoptr (GArray) list = list_remains (self);
  CsOwnProcess found;

  for (guint i = 0; i < list->len; i++)
    if (cs_own_process_look (g_array_index (list, int, i), &found) && take (self, &found))
      return TRUE;
  return FALSE;
}

int
cs_dnsmasq_process_get_pid (CsDnsmasqProcess *self)
{
  return self->pid;
}

/* --- Starting ------------------------------------------------------------------- */

typedef struct
{
  CsDnsmasqProcess *process; /* unowned */
  GSubprocess *child;        /* (owned) */
  GOutputStream *said;       /* (owned) its stderr output */
  GCancellable *waiting;     /* (owned) for the end of its stderr, or of itself */
  guint limit;               /* timeout source, or 0 */
  gboolean late;
} Start;

static void
start_free (Start *start)
{
  g_clear_handle_id (&start->limit, g_source_remove);
  g_clear_object (&start->child);
  g_clear_object (&start->said);
  g_clear_object (&start->waiting);
  g_free (start);
}

/* Another process, such as a wrapper's helper, may hold its stderr while it already
 * serves: its bus name will show that. Cancelling comes last, because it may free
 * @user_data. */
static gboolean
on_start_limit (gpointer user_data)
{
  Start *start = user_data;

  start->limit = 0;
  start->late = TRUE;
  g_cancellable_cancel (start->waiting);
  return G_SOURCE_REMOVE;
}

/* "\ndnsmasq: failed to create listening socket for port 53: Address already in use\n" */
static char *
words_of_dnsmasq (const Start *start)
{
  GMemoryOutputStream *stream = G_MEMORY_OUTPUT_STREAM (start->said);
  const char *data = g_memory_output_stream_get_data (stream); /* NULL: nothing yet */
  gsize length = g_memory_output_stream_get_data_size (stream);
  g_autofree char *output = g_strndup (data != NULL ? data : "", length);
  const char *words = g_strstrip (output);

  if (g_str_has_prefix (words, "dnsmasq: "))
    words += strlen ("dnsmasq: ");
  return g_utf8_make_valid (words, -1);
}

static void
return_late (GTask *task)
{
  g_task_return_new_error (task, CS_ERROR, CS_ERROR_TIMEOUT,
                           "dnsmasq was not ready within %d s", CS_DNSMASQ_START_LIMIT);
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  GSubprocess *child = G_SUBPROCESS (source);
  g_autofree char *words = words_of_dnsmasq (start);

  if (!g_subprocess_wait_finish (child, result, NULL))
    return_late (task);
  else if (g_subprocess_get_if_signaled (child))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "dnsmasq was killed by signal %d while it was starting; the "
                             "journal may say by whom",
                             g_subprocess_get_term_sig (child));
  else if (words[0] == '\0')
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "dnsmasq exited as soon as it was started; \"journalctl -t "
                             "dnsmasq\" may say why");
  else
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "dnsmasq says: %s", words);
}

/* A process that is exiting has no arguments any more by the time its files are
 * closed. */
static void
on_heard (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Start *start = g_task_get_task_data (task);

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  if (cs_dnsmasq_process_is_running (start->process)
      && cs_own_process_has_argument (start->process->pid, start->process->argument))
    g_task_return_boolean (task, TRUE);
  else if (start->late)
    return_late (task);
  else
    g_subprocess_wait_async (start->child, start->waiting, on_waited,
                             g_steal_pointer (&task));
}

void
cs_dnsmasq_process_prepare (CsDnsmasqProcess *self, const char *config)
{
  g_autofree char *program = NULL;
  g_autoptr (GError) error = NULL;

  drop_prepared (self);
  program = cs_dnsmasq_find_program (&self->failure);
  if (program == NULL)
    return;
  set_argument (self);
  self->prepared = cs_dnsmasq_spawn (program, self->argument, self->note, config,
                                     &self->gate, &error);
  if (self->prepared != NULL)
    return;
  close_gate (self);
  g_set_error (&self->failure, CS_ERROR, CS_ERROR_FAILED, "cannot start %s: %s", program,
               g_error_matches (error, G_IO_ERROR, G_IO_ERROR_TOO_MANY_OPEN_FILES)
                   ? cs_errno_words (EMFILE)
                   : error->message);
}

gboolean
cs_dnsmasq_process_is_prepared (CsDnsmasqProcess *self)
{
  return self->prepared != NULL;
}

void
cs_dnsmasq_process_start_async (CsDnsmasqProcess *self,
                                const char *config,
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Start *start = g_new0 (Start, 1);

  if (self->prepared == NULL)
    cs_dnsmasq_process_prepare (self, config);
  start->process = self;
  start->child = g_steal_pointer (&self->prepared);
  start->said = g_memory_output_stream_new_resizable ();
  start->waiting = g_cancellable_new ();
  g_task_set_source_tag (task, cs_dnsmasq_process_start_async);
  g_task_set_task_data (task, start, (GDestroyNotify)start_free);
  if (start->child == NULL)
    {
      g_task_return_error (task, g_steal_pointer (&self->failure));
      return;
    }
  start->limit = g_timeout_add_seconds (CS_DNSMASQ_START_LIMIT, on_start_limit, start);
  close_gate (self);
  g_output_stream_splice_async (start->said, g_subprocess_get_stderr_pipe (start->child),
                                G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE, G_PRIORITY_DEFAULT,
                                start->waiting, on_heard, g_steal_pointer (&task));
}

gboolean
cs_dnsmasq_process_start_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Ending --------------------------------------------------------------------- */

static void
give_up (CsDnsmasqProcess *self, const char *why)
{
  g_autoptr (GTask) task = g_steal_pointer (&self->stopping);

  g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                           "cannot kill dnsmasq (process %d): %s", self->pid, why);
  forget (self);
}

static gboolean
on_stop_limit (gpointer user_data)
{
  CsDnsmasqProcess *self = user_data;

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
 * which may ignore SIGTERM (sig_handler () in dnsmasq.c). */
static void
stop (GTask *task)
{
  CsDnsmasqProcess *self = g_task_get_task_data (task);

  if (!cs_dnsmasq_process_is_running (self))
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
    self->limit = g_timeout_add_seconds (STOP_LIMIT, on_stop_limit, self);
}

void
cs_dnsmasq_process_stop_async (CsDnsmasqProcess *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  GTask *task = g_task_new (NULL, NULL, callback, user_data);

  g_return_if_fail (self->stopping == NULL);

  g_task_set_source_tag (task, cs_dnsmasq_process_stop_async);
  drop_prepared (self);
  g_task_set_task_data (task, self, NULL);
  self->signal = SIGTERM;
  self->alone = FALSE;
  stop (task);
}

gboolean
cs_dnsmasq_process_stop_finish (GAsyncResult *result, GError **error)
{
  return g_task_propagate_boolean (G_TASK (result), error);
}
