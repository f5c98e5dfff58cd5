/* SPDX-License-Identifier: GPL-2.0-or-later */
/* It is another user from the start. What it may send is limited here again, as clients'
 * datagrams reach it and nobody else. */
#include "portd-process.h"

#include "base/errno-words.h"
#include "dbus/errors.h"
#include "system/dnsmasq/dns-user.h"

#include <errno.h>
#include <glib-unix.h>
#include <grp.h>
#include <pwd.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <unistd.h>

#define USER "connshare-portd"

/* Requests a second; a second's worth may come at once. */
#define RATE 50

struct _CsPortdProcess
{
  int channel; /* our end */
  guint watch; /* source of .channel, or 0 while a request is served */
  guint pause; /* timeout source until the next is read, or 0 */
  gint64 due;  /* when a second's worth of requests may come again, monotonic */
  CsPortdRequestFunc on_request;
  CsPortdEndedFunc on_ended;
  gpointer user_data;
};

/* --- Starting ---------------------------------------------------------------------- */

typedef struct
{
  uid_t user;
  gid_t group;
} Identity;

/* Its own, or that of our dnsmasq. */
static Identity
find_user (void)
{
  struct passwd *found = NULL, entry;
  char buffer[4096];
  g_autofree char *name = NULL;
  g_autofree char *group = NULL;
  uid_t user;

  if (getpwnam_r (USER, &entry, buffer, sizeof buffer, &found) == 0 && found != NULL
      && found->pw_uid != 0 && found->pw_gid != 0)
    return (Identity){ found->pw_uid, found->pw_gid };
  cs_dns_user_find (&name, &group, &user);
  return (Identity){ user, (gid_t)user };
}

/* Between fork and exec: only what signal-safety(7) allows. Root's capabilities go with
 * its user id. */
static void
become (gpointer user_data)
{
  const Identity *identity = user_data;

  if (setgroups (0, NULL) != 0
      || setresgid (identity->group, identity->group, identity->group) != 0
      || setresuid (identity->user, identity->user, identity->user) != 0
      || prctl (PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0)
    _exit (1);
}

static gboolean
spawn (const char *program, CsPortdSockets *sockets, int channel, GError **error)
{
  g_autoptr (GSubprocessLauncher) launcher
      = g_subprocess_launcher_new (G_SUBPROCESS_FLAGS_STDOUT_SILENCE);
  g_autoptr (GSubprocess) child = NULL;
  Identity identity = find_user ();

  g_subprocess_launcher_take_stdin_fd (launcher, channel);
  for (int fd = CS_PORTD_CONTROL; fd < CS_PORTD_FDS; fd++)
    if (sockets->fds[fd] >= 0)
      {
        g_subprocess_launcher_take_fd (launcher, sockets->fds[fd], fd);
        sockets->fds[fd] = -1;
      }
  g_subprocess_launcher_set_child_setup (launcher, become, &identity, NULL);
  child = g_subprocess_launcher_spawn (launcher, error, program, NULL);
  return child != NULL;
}

/* --- Requests ---------------------------------------------------------------------- */

static gboolean on_readable (int fd, GIOCondition condition, gpointer user_data);

static gboolean
on_pause_over (gpointer user_data)
{
  CsPortdProcess *self = user_data;

  self->pause = 0;
  self->watch = g_unix_fd_add (self->channel, G_IO_IN | G_IO_HUP, on_readable, self);
  return G_SOURCE_REMOVE;
}

static void
read_on (CsPortdProcess *self)
{
  gint64 now = g_get_monotonic_time ();
  gint64 early;

  self->due = MAX (self->due, now) + G_USEC_PER_SEC / RATE;
  early = self->due - now - G_USEC_PER_SEC;
  if (early > 0)
    self->pause = g_timeout_add ((guint)(early / G_TIME_SPAN_MILLISECOND) + 1,
                                 on_pause_over, self);
  else
    on_pause_over (self);
}

static gboolean
on_readable (int fd, GIOCondition condition, gpointer user_data)
{
  CsPortdProcess *self = user_data;
  CsPortdRequest request;
  ssize_t size = recv (fd, &request, sizeof request, MSG_DONTWAIT | MSG_TRUNC);

  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return G_SOURCE_CONTINUE;
  self->watch = 0;
  if (size == sizeof request)
    self->on_request (&request, self->user_data);
  else
    self->on_ended (self->user_data);
  return G_SOURCE_REMOVE;
}

static void
report (CsPortdProcess *self, const CsPortdReport *message)
{
  /* If it does not read, it waits in vain for an answer, and nothing else comes of it. */
  if (send (self->channel, message, sizeof *message, MSG_DONTWAIT | MSG_NOSIGNAL) < 0)
    g_debug ("connshare-portd does not listen");
}

void
cs_portd_process_settle (CsPortdProcess *self, const CsPortdSettings *settings)
{
  CsPortdReport message = { .kind = CS_PORTD_SETTINGS };

  message.settings = *settings;
  report (self, &message);
}

void
cs_portd_process_answer (CsPortdProcess *self, const CsPortdAnswer *answer)
{
  CsPortdReport message = { .kind = CS_PORTD_ANSWER };

  message.answer = *answer;
  report (self, &message);
  read_on (self);
}

/* --- The process ------------------------------------------------------------------- */

CsPortdProcess *
cs_portd_process_start (const char *program,
                        CsPortdSockets *sockets,
                        CsPortdRequestFunc on_request,
                        CsPortdEndedFunc on_ended,
                        gpointer user_data,
                        GError **error)
{
  CsPortdProcess *self;
  int ends[2];

  if (socketpair (AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, ends) != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot start %s: %s", program,
                   cs_errno_words (errno));
      return NULL;
    }
  if (!spawn (program, sockets, ends[1], error))
    {
      close (ends[0]);
      return NULL;
    }
  self = g_new0 (CsPortdProcess, 1);
  self->channel = ends[0];
  self->on_request = on_request;
  self->on_ended = on_ended;
  self->user_data = user_data;
  on_pause_over (self);
  return self;
}

void
cs_portd_process_free (CsPortdProcess *self)
{
  g_clear_handle_id (&self->watch, g_source_remove);
  g_clear_handle_id (&self->pause, g_source_remove);
  close (self->channel);
  g_free (self);
}
