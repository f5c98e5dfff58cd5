/* SPDX-License-Identifier: GPL-2.0-or-later */
/* dnsmasq closes its stderr when it has read its configuration, bound its sockets and
 * requested its bus name; or it prints there what went wrong, and exits (main () in its
 * dnsmasq.c). Only then does it drop root: if it cannot, only the journal says so.
 *
 * A file in the directory records which process is ours, before that process can run
 * (kept-process.h). A wrapper script may stand in for dnsmasq. */
#include "dnsmasq-process.h"

#include "dnsmasq-spawn.h"

#include "base/errno-words.h"
#include "core/render/dnsmasq-config.h"
#include "dbus/errors.h"
#include "system/process/kept-process.h"
#include "system/process/own-process.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

struct _CsDnsmasqProcess
{
  char *directory;     /* (owned) */
  char *argument;      /* (owned) identifies it among others in its session */
  CsKeptProcess *kept; /* (owned) */
  CsDnsmasqDiedFunc died;
  gpointer user_data;
  GSubprocess *prepared; /* (owned) (nullable) waits for the end of its standard input */
  int gate;              /* the other end of that, or -1 */
  GError *failure;       /* (owned) (nullable) why none could be prepared */
};

static void
on_ended (gpointer user_data)
{
  CsDnsmasqProcess *self = user_data;

  self->died (self, self->user_data);
}

CsDnsmasqProcess *
cs_dnsmasq_process_new (const char *directory,
                        const char *bus_name,
                        CsDnsmasqDiedFunc died,
                        gpointer user_data)
{
  CsDnsmasqProcess *self = g_new0 (CsDnsmasqProcess, 1);
  g_autofree char *note = g_build_filename (directory, CS_DNSMASQ_NOTE, NULL);
  CsKeptProcessSetup setup = { .program = "dnsmasq",
                               .note = note,
                               .user = cs_dnsmasq_user_id,
                               .ended = on_ended,
                               .user_data = self };

  self->directory = g_strdup (directory);
  self->argument = g_strconcat ("--enable-dbus=", bus_name, NULL);
  setup.argument = self->argument;
  self->kept = cs_kept_process_new (&setup);
  self->died = died;
  self->user_data = user_data;
  self->gate = -1;
  return self;
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
  cs_kept_process_free (self->kept);
  g_free (self->directory);
  g_free (self->argument);
  g_free (self);
}

/* --- Finding and watching ------------------------------------------------------- */

/* Records the process of an earlier version, which had dnsmasq itself write the file
 * "pid". */
static void
adopt_old (CsDnsmasqProcess *self)
{
  g_autofree char *path = g_build_filename (self->directory, "pid", NULL);
  g_autofree char *argument
      = g_strdup_printf ("--conf-file=%s/dnsmasq.conf", self->directory);
  const char *note = cs_kept_process_get_note (self->kept);
  g_autofree char *text = NULL;
  guint64 pid;

  if (!g_file_test (note, G_FILE_TEST_EXISTS)
      && g_file_get_contents (path, &text, NULL, NULL)
      && g_ascii_string_to_unsigned (g_strchomp (text), 10, 2, G_MAXINT, &pid, NULL)
      && cs_own_process_has_argument ((int)pid, argument)
      && cs_own_process_write (note, (int)pid, NULL))
    cs_kept_process_set_argument (self->kept, argument);
}

gboolean
cs_dnsmasq_process_is_running (CsDnsmasqProcess *self)
{
  if (cs_kept_process_is_watched (self->kept) || self->prepared != NULL)
    return cs_kept_process_is_watched (self->kept);
  adopt_old (self);
  return cs_kept_process_is_running (self->kept);
}

gboolean
cs_dnsmasq_process_has_remains (CsDnsmasqProcess *self)
{
  adopt_old (self);
  return cs_kept_process_has_remains (self->kept);
}

int
cs_dnsmasq_process_get_pid (CsDnsmasqProcess *self)
{
  return cs_kept_process_get_pid (self->kept);
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
      && cs_own_process_has_argument (
          cs_dnsmasq_process_get_pid (start->process),
          cs_kept_process_get_argument (start->process->kept)))
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
  cs_kept_process_set_argument (self->kept, self->argument);
  self->prepared
      = cs_dnsmasq_spawn (program, self->argument, cs_kept_process_get_note (self->kept),
                          config, &self->gate, &error);
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

void
cs_dnsmasq_process_stop_async (CsDnsmasqProcess *self,
                               GAsyncReadyCallback callback,
                               gpointer user_data)
{
  drop_prepared (self);
  adopt_old (self);
  cs_kept_process_stop_async (self->kept, callback, user_data);
}

gboolean
cs_dnsmasq_process_stop_finish (GAsyncResult *result, GError **error)
{
  return cs_kept_process_stop_finish (result, error);
}
