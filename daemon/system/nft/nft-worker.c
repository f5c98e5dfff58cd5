/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A worker that refuses anything is replaced, too: after an error, its socket may hold
 * replies that libnftables would take for those to the next requests. */
#include "nft-worker.h"

#include "base/errno-words.h"
#include "nft/wire.h"

#include <errno.h>
#include <gio/gio.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A transaction takes milliseconds, but the first may make the kernel load its modules,
 * which can take long on a slow machine. A worker that hangs must not block the service.
 * Seconds. */
#define LIMIT 30
/* Limit for a reply, which quotes an excerpt of the commands and comments on it.
 * Bytes. */
#define ANSWER_MAX (1024 * 1024)

static char *program;   /* (owned) */
static int worker = -1; /* our end of the socket, or -1 */
static GPid worker_pid;

static void
on_ended (GPid pid, int status, gpointer user_data)
{
  g_spawn_close_pid (pid);
}

/* The main loop reaps the process, which may take a while if it hangs in the kernel. */
static void
drop (void)
{
  if (worker < 0)
    return;
  close (worker);
  worker = -1;
  kill (worker_pid, SIGKILL);
  g_child_watch_add (worker_pid, on_ended, NULL);
}

static gboolean
start (GError **error)
{
  const struct timeval limit = { .tv_sec = LIMIT };
  const char *argv[] = { program, NULL };
  g_autoptr (GError) cause = NULL;
  gboolean done;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error_literal (error, G_IO_ERROR, g_io_error_from_errno (errno),
                           cs_errno_words (errno));
      return FALSE;
    }
  setsockopt (ends[0], SOL_SOCKET, SO_RCVTIMEO, &limit, sizeof limit);
  setsockopt (ends[0], SOL_SOCKET, SO_SNDTIMEO, &limit, sizeof limit);
  /* Open descriptors close by themselves or do no harm, so spawning need not fork a copy
   * of this process. */
  done = g_spawn_async_with_fds (NULL, (char **)argv, NULL,
                                 G_SPAWN_DO_NOT_REAP_CHILD
                                     | G_SPAWN_LEAVE_DESCRIPTORS_OPEN,
                                 NULL, NULL, &worker_pid, ends[1], -1, -1, &cause);
  close (ends[1]);
  if (done)
    {
      worker = ends[0];
      return TRUE;
    }
  close (ends[0]);
  g_set_error (error, G_IO_ERROR, G_IO_ERROR_FAILED, "cannot start %s: %s", program,
               cause->message);
  return FALSE;
}

void
cs_nft_worker_init (const char *path)
{
  g_autoptr (GError) error = NULL;

  drop ();
  g_free (program);
  program = g_strdup (path);
  if (!start (&error))
    g_debug ("%s", error->message);
}

/* FALSE also if somebody has killed the worker meanwhile. */
static gboolean
is_alive (void)
{
  char byte;

  return worker >= 0 && recv (worker, &byte, 1, MSG_PEEK | MSG_DONTWAIT) < 0
         && errno == EAGAIN;
}

/* The following functions return FALSE and set errno; 0 means that the worker has
 * ended. */

static gboolean
send_all (gconstpointer data, gsize size)
{
  while (size > 0)
    {
      gssize done = send (worker, data, size, MSG_NOSIGNAL);

      if (done < 0 && errno != EINTR)
        return FALSE;
      data = (const char *)data + MAX (done, 0);
      size -= (gsize)MAX (done, 0);
    }
  return TRUE;
}

static gboolean
receive_all (gpointer data, gsize size)
{
  while (size > 0)
    {
      gssize done = recv (worker, data, size, 0);

      if (done == 0)
        errno = 0;
      if (done == 0 || (done < 0 && errno != EINTR))
        return FALSE;
      data = (char *)data + MAX (done, 0);
      size -= (gsize)MAX (done, 0);
    }
  return TRUE;
}

static gboolean
exchange (const char *commands, CsNftHead *answer, char **words)
{
  CsNftHead head = { .length = (guint32)strlen (commands) };

  if (!send_all (&head, sizeof head) || !send_all (commands, head.length)
      || !receive_all (answer, sizeof *answer))
    return FALSE;
  errno = EBADMSG;
  if (answer->length > ANSWER_MAX)
    return FALSE;
  *words = g_malloc0 (answer->length + 1);
  return receive_all (*words, answer->length);
}

gboolean
cs_nft_worker_run (const char *commands, char **words, GError **error)
{
  g_autofree char *said = NULL;
  CsNftHead answer;
  int cause;

  *words = NULL;
  if (!is_alive ())
    {
      drop ();
      if (!start (error))
        return FALSE;
    }
  if (exchange (commands, &answer, &said))
    {
      if (!answer.refused)
        return TRUE;
      drop ();
      *words = g_steal_pointer (&said);
      return FALSE;
    }
  cause = errno;
  drop ();
  if (cause == EAGAIN)
    g_set_error (error, G_IO_ERROR, G_IO_ERROR_TIMED_OUT,
                 "connshare-nft did not reply within %d s", LIMIT);
  else
    g_set_error_literal (error, G_IO_ERROR, G_IO_ERROR_FAILED,
                         "connshare-nft failed; the journal of connshared may say why");
  return FALSE;
}
