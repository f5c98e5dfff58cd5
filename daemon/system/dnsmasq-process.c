/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq lets go of its stderr when it has read its configuration, bound its sockets,
 * requested its bus name and written its pid file; or it has said there what went wrong,
 * and ended (main () in its dnsmasq.c; 2 is EC_BADNET, "Address already in use" and the
 * like). It still has to give up being root then: if it cannot, only the journal hears of
 * it. From there on a pidfd tells of its end.
 *
 * The pid file belongs to the user that dnsmasq runs as, so what it says only counts if
 * that process was started with our configuration file. One that an earlier connshared
 * was starting when it was killed may not have got as far as its pid file: where the
 * directory is an old one, it is looked for among all processes. */
#include "dnsmasq-process.h"

#include "dbus/errors.h"
#include "engine/errno-words.h"

#include <errno.h>
#include <glib-unix.h>
#include <signal.h>
#include <string.h>
#include <sys/pidfd.h>
#include <sys/stat.h>
#include <unistd.h>

#define START_LIMIT 10 /* seconds: it takes milliseconds */
#define STOP_LIMIT  2  /* seconds: then it is killed */
#define EC_BADNET   2

struct _CsDnsmasqProcess
{
  char *directory;    /* (owned) */
  char *argument;     /* (owned) "--conf-file=DIRECTORY/dnsmasq.conf" */
  gboolean inherited; /* an earlier connshared has made the directory */
  CsDnsmasqDiedFunc died;
  gpointer user_data;
  int pid;               /* 0: none runs that we know of */
  int pidfd;             /* -1: likewise */
  guint watch;           /* source of .pidfd, or 0 */
  GSubprocess *prepared; /* (owned) (nullable) waits for the end of its standard input */
  GError *failure;       /* (owned) (nullable) why none could be prepared */
  GTask *stopping;       /* (owned) (nullable) answered when it is gone */
  guint limit;           /* timeout source, or 0 */
};

CsDnsmasqProcess *
cs_dnsmasq_process_new (const char *directory, CsDnsmasqDiedFunc died, gpointer user_data)
{
  CsDnsmasqProcess *self = g_new0 (CsDnsmasqProcess, 1);

  self->directory = g_strdup (directory);
  self->argument = g_strdup_printf ("--conf-file=%s/dnsmasq.conf", directory);
  self->inherited = g_file_test (directory, G_FILE_TEST_IS_DIR);
  self->died = died;
  self->user_data = user_data;
  self->pidfd = -1;
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
drop_prepared (CsDnsmasqProcess *self)
{
  if (self->prepared != NULL)
    g_subprocess_force_exit (self->prepared);
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
  g_free (self->argument);
  g_free (self);
}

static void stop (GTask *task);

/* --- Finding and watching ------------------------------------------------------- */

static gboolean
has_argument (int pid, const char *wanted)
{
  g_autofree char *path = g_strdup_printf ("/proc/%d/cmdline", pid);
  g_autofree char *text = NULL;
  gsize length;

  if (!g_file_get_contents (path, &text, &length, NULL))
    return FALSE;
  for (gsize i = 0; i < length; i += strlen (text + i) + 1)
    if (g_str_equal (text + i, wanted))
      return TRUE;
  return FALSE;
}

/* Takes the process, if it is ours. */
static gboolean
take (CsDnsmasqProcess *self, const char *number)
{
  guint64 pid;
  int pidfd;

  if (!g_ascii_string_to_unsigned (number, 10, 2, G_MAXINT, &pid, NULL))
    return FALSE;
  pidfd = pidfd_open ((pid_t)pid, 0);
  if (pidfd < 0)
    return FALSE;
  if (!has_argument ((int)pid, self->argument))
    {
      close (pidfd);
      return FALSE;
    }
  self->pid = (int)pid;
  self->pidfd = pidfd;
  return TRUE;
}

static gboolean
find_by_file (CsDnsmasqProcess *self)
{
  g_autofree char *path = g_build_filename (self->directory, "pid", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL) && take (self, g_strchomp (text));
}

/* A container may share in a network of its own, with the same paths. */
static gboolean
is_in_this_network (const char *pid)
{
  g_autofree char *path = g_strdup_printf ("/proc/%s/ns/net", pid);
  struct stat here, there;

  return stat ("/proc/self/ns/net", &here) == 0 && stat (path, &there) == 0
         && here.st_dev == there.st_dev && here.st_ino == there.st_ino;
}

static gboolean
find_by_argument (CsDnsmasqProcess *self)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *name;

  while (processes != NULL && (name = g_dir_read_name (processes)) != NULL)
    if (g_ascii_isdigit (name[0]) && is_in_this_network (name) && take (self, name))
      return TRUE;
  return FALSE;
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
  if (self->pidfd >= 0)
    return TRUE;
  if (!find_by_file (self) && !(self->inherited && find_by_argument (self)))
    return FALSE;
  self->watch = g_unix_fd_add (self->pidfd, G_IO_IN, on_end, self);
  return TRUE;
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
  GOutputStream *said;       /* (owned) on stderr */
  GCancellable *waiting;     /* (owned) for the end of its stderr, or for its own */
  guint limit;               /* timeout source, or 0 */
  gboolean late;
  gboolean busy;
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

/* Somebody else may hold its stderr, a wrapper's helper say, and it serves. What ends the
 * waiting comes last: that may free @user_data. */
static gboolean
on_start_limit (gpointer user_data)
{
  Start *start = user_data;

  start->limit = 0;
  start->late = g_subprocess_get_identifier (start->child) != NULL; /* not ended itself */
  if (!cs_dnsmasq_process_is_running (start->process))
    g_subprocess_force_exit (start->child);
  g_cancellable_cancel (start->waiting);
  return G_SOURCE_REMOVE;
}

/* "\ndnsmasq: failed to create listening socket for port 53: Address already in use\n" */
static char *
words_of (const Start *start)
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
                           "dnsmasq did not get ready within %d s", START_LIMIT);
}

static void
on_waited (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  Start *start = g_task_get_task_data (task);
  GSubprocess *child = G_SUBPROCESS (source);
  g_autofree char *words = words_of (start);

  g_subprocess_wait_finish (child, result, NULL);
  if (cs_dnsmasq_process_is_running (start->process))
    g_task_return_boolean (task, TRUE);
  else if (start->late)
    return_late (task);
  else if (g_subprocess_get_if_signaled (child))
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "dnsmasq was ended by signal %d while it was being started; "
                             "the journal may say by whom",
                             g_subprocess_get_term_sig (child));
  else if (words[0] == '\0')
    g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED,
                             "dnsmasq ended as soon as it was started; \"journalctl -t "
                             "dnsmasq\" may have its reason");
  else
    {
      start->busy = g_subprocess_get_exit_status (child) == EC_BADNET;
      g_task_return_new_error (task, CS_ERROR, CS_ERROR_FAILED, "dnsmasq says: %s",
                               words);
    }
}

/* One that is ending has no arguments any more when its files are closed. */
static void
on_heard (GObject *source, GAsyncResult *result, gpointer user_data)
{
  g_autoptr (GTask) task = user_data;
  const Start *start = g_task_get_task_data (task);

  g_output_stream_splice_finish (G_OUTPUT_STREAM (source), result, NULL);
  if (cs_dnsmasq_process_is_running (start->process))
    g_task_return_boolean (task, TRUE);
  else if (start->late)
    return_late (task);
  else
    g_subprocess_wait_async (start->child, start->waiting, on_waited,
                             g_steal_pointer (&task));
}

/* It outlives us: what a terminal or a supervisor sends to our session and process group
 * is not for it. */
static void
leave_session (gpointer user_data)
{
  setsid ();
}

/* A service's PATH may lack the directories of system programs. */
char *
cs_dnsmasq_find_program (void)
{
  static const char *const others[]
      = { "/usr/sbin/dnsmasq", "/sbin/dnsmasq", "/usr/local/sbin/dnsmasq" };
  char *program = g_find_program_in_path ("dnsmasq");

  for (guint i = 0; program == NULL && i < G_N_ELEMENTS (others); i++)
    if (g_file_test (others[i], G_FILE_TEST_IS_EXECUTABLE))
      program = g_strdup (others[i]);
  return program;
}

void
cs_dnsmasq_process_prepare (CsDnsmasqProcess *self)
{
  g_autoptr (GSubprocessLauncher) launcher = g_subprocess_launcher_new (
      G_SUBPROCESS_FLAGS_STDIN_PIPE | G_SUBPROCESS_FLAGS_STDOUT_SILENCE
      | G_SUBPROCESS_FLAGS_STDERR_PIPE);
  g_autofree char *program = cs_dnsmasq_find_program ();
  g_autoptr (GError) error = NULL;

  drop_prepared (self);
  self->inherited = FALSE;
  if (program == NULL)
    {
      g_set_error (&self->failure, CS_ERROR, CS_ERROR_NOT_SUPPORTED,
                   "The program dnsmasq is missing: install the package dnsmasq-base (on "
                   "some systems dnsmasq)");
      return;
    }
  g_subprocess_launcher_setenv (launcher, "LC_ALL", "C.UTF-8", TRUE);
  g_subprocess_launcher_set_child_setup (launcher, leave_session, NULL, NULL);
  self->prepared = g_subprocess_launcher_spawn (
      launcher, &error, program, "--keep-in-foreground", self->argument, NULL);
  if (self->prepared == NULL)
    g_set_error (&self->failure, CS_ERROR, CS_ERROR_FAILED, "Cannot start %s: %s",
                 program,
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
                                GAsyncReadyCallback callback,
                                gpointer user_data)
{
  g_autoptr (GTask) task = g_task_new (NULL, NULL, callback, user_data);
  Start *start = g_new0 (Start, 1);

  if (self->prepared == NULL)
    cs_dnsmasq_process_prepare (self);
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
  start->limit = g_timeout_add_seconds (START_LIMIT, on_start_limit, start);
  g_output_stream_close (g_subprocess_get_stdin_pipe (start->child), NULL, NULL);
  g_output_stream_splice_async (start->said, g_subprocess_get_stderr_pipe (start->child),
                                G_OUTPUT_STREAM_SPLICE_CLOSE_SOURCE, G_PRIORITY_DEFAULT,
                                start->waiting, on_heard, g_steal_pointer (&task));
}

gboolean
cs_dnsmasq_process_start_finish (GAsyncResult *result, gboolean *busy, GError **error)
{
  const Start *start = g_task_get_task_data (G_TASK (result));

  *busy = start->busy;
  return g_task_propagate_boolean (G_TASK (result), error);
}

/* --- Ending --------------------------------------------------------------------- */

static gboolean
on_stop_limit (gpointer user_data)
{
  CsDnsmasqProcess *self = user_data;

  self->limit = 0;
  pidfd_send_signal (self->pidfd, SIGKILL, NULL, 0);
  return G_SOURCE_REMOVE;
}

/* Takes @task. Ends the one that is found, and then the next: one that an earlier
 * connshared was starting, say. */
static void
stop (GTask *task)
{
  CsDnsmasqProcess *self = g_task_get_task_data (task);

  if (!cs_dnsmasq_process_is_running (self))
    {
      g_task_return_boolean (task, TRUE);
      g_object_unref (task);
      return;
    }
  self->stopping = task;
  self->limit = g_timeout_add_seconds (STOP_LIMIT, on_stop_limit, self);
  pidfd_send_signal (self->pidfd, SIGTERM, NULL, 0);
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
  stop (task);
}

void
cs_dnsmasq_process_stop_finish (GAsyncResult *result)
{
  g_task_propagate_boolean (G_TASK (result), NULL);
}
