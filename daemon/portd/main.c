/* SPDX-License-Identifier: GPL-2.0-or-later */
/* connshare-portd, started by connshared for each share whose clients may ask for port
 * mappings: speaks NAT-PMP, PCP and UPnP with them, and passes on what they ask for.
 *
 * It has nothing but the sockets that it was started with, and one thread, which waits
 * for connshared's answer before it turns to anything else: so there is never more than
 * one request on its way, and what clients send meanwhile waits in the kernel, up to what
 * a socket holds. It ends when connshared does. */
#include "confine.h"
#include "connections.h"
#include "control.h"
#include "datagrams.h"
#include "gateway.h"
#include "presence.h"
#include "rate.h"
#include "ssdp.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ASK_LIMIT 3000 /* milliseconds that an answer may take */
#define TURN      16   /* datagrams of a socket before another gets its turn */

typedef struct
{
  CsGateway gateway;
  gboolean ready;        /* settings have come */
  gint64 since;          /* monotonic, where .gateway.epoch is 0 */
  guint32 serial;        /* of the latest request */
  int fds[CS_PORTD_FDS]; /* -1: it was started without */
  CsRate rate;
  CsRate search_rate;
  CsPresence presence;
  CsConnections *connections; /* (owned) */
} Portd;

static void
count_epoch (Portd *self, gint64 now)
{
  self->gateway.epoch = (guint32)((now - self->since) / G_USEC_PER_SEC);
}

/* --- connshared ----------------------------------------------------------------- */

G_NORETURN static void
leave (Portd *self)
{
  if (self->ready)
    cs_presence_end (&self->presence, &self->gateway);
  exit (EXIT_SUCCESS);
}

static void
settle (Portd *self, const CsPortdSettings *settings)
{
  gint64 now = g_get_monotonic_time ();
  CsAddress before = self->gateway.settings.external;

  self->gateway.settings = *settings;
  self->gateway.settings.host_name[sizeof settings->host_name - 1] = '\0';
  if (!self->ready)
    {
      self->since = now;
      cs_presence_begin (&self->presence, now);
    }
  else if (!cs_address_equal (before, settings->external))
    {
      /* As section 8.5 of RFC 6887 wants it. */
      self->since = now;
      cs_presence_renew (&self->presence, now);
    }
  self->ready = TRUE;
  count_epoch (self, now);
}

/* Takes what has come. TRUE: it is the answer to the latest request. */
static gboolean
take_report (Portd *self, CsPortdAnswer *answer)
{
  CsPortdReport report;
  ssize_t size
      = recv (CS_PORTD_CHANNEL, &report, sizeof report, MSG_DONTWAIT | MSG_TRUNC);

  if (size < 0 && (errno == EAGAIN || errno == EINTR))
    return FALSE;
  if (size != sizeof report)
    leave (self);
  if (report.kind == CS_PORTD_SETTINGS)
    settle (self, &report.settings);
  if (report.kind != CS_PORTD_ANSWER || answer == NULL
      || report.answer.serial != self->serial)
    return FALSE;
  *answer = report.answer;
  answer->name[sizeof answer->name - 1] = '\0';
  return TRUE;
}

static void
ask (const CsPortdRequest *request, CsPortdAnswer *answer, gpointer user_data)
{
  Portd *self = user_data;
  CsPortdRequest numbered = *request;
  struct pollfd channel = { CS_PORTD_CHANNEL, POLLIN, 0 };
  gint64 end = g_get_monotonic_time () + ASK_LIMIT * G_TIME_SPAN_MILLISECOND;
  gint64 left;

  *answer = (CsPortdAnswer){ .result = CS_PORTD_FAILED };
  numbered.serial = ++self->serial;
  if (send (CS_PORTD_CHANNEL, &numbered, sizeof numbered, MSG_DONTWAIT | MSG_NOSIGNAL)
      != sizeof numbered)
    return;
  while ((left = end - g_get_monotonic_time ()) > 0)
    if (poll (&channel, 1, (int)(left / G_TIME_SPAN_MILLISECOND) + 1) > 0
        && take_report (self, answer))
      return;
}

/* --- Clients -------------------------------------------------------------------- */

static void
serve_control (Portd *self, int fd, gint64 now)
{
  guint8 reply[CS_CONTROL_REPLY_MAX];
  CsDatagram datagram;

  for (guint i = 0; i < TURN && cs_datagram_receive (fd, &datagram); i++)
    {
      gsize size = 0;

      if (cs_gateway_knows (&self->gateway, datagram.peer)
          && cs_rate_take (&self->rate, datagram.peer, now))
        size = cs_control_answer (&self->gateway, datagram.peer, datagram.data,
                                  datagram.size, reply);
      if (size > 0)
        cs_datagram_reply (&datagram, fd, reply, size);
    }
}

/* Replies come from this computer's own address, whatever the search was sent to. */
static void
serve_search (Portd *self, int fd, gint64 now)
{
  CsDatagram datagram;

  for (guint i = 0; i < TURN && cs_datagram_receive (fd, &datagram); i++)
    {
      g_autofree char *search = NULL;
      g_autoptr (GArray) targets = NULL;

      if (!cs_gateway_knows (&self->gateway, datagram.peer))
        continue;
      search = cs_ssdp_parse_search ((const char *)datagram.data, datagram.size);
      if (search == NULL || !cs_rate_take (&self->search_rate, datagram.peer, now))
        continue;
      targets = cs_ssdp_targets (&self->gateway.settings);
      for (guint j = 0; j < targets->len; j++)
        {
          const CsSsdpTarget *target = &g_array_index (targets, CsSsdpTarget, j);
          g_autofree char *text = NULL;

          if (!cs_ssdp_matches (target, search))
            continue;
          text = cs_ssdp_print_response (target, &self->gateway.settings);
          cs_datagram_reply (&datagram, self->fds[CS_PORTD_SEARCH_OWN], text,
                             strlen (text));
        }
    }
}

/* --- The loop ------------------------------------------------------------------- */

static int
milliseconds_until (gint64 then, gint64 now)
{
  if (then == G_MAXINT64)
    return -1;
  return then <= now ? 0 : (int)((then - now) / G_TIME_SPAN_MILLISECOND) + 1;
}

static void
serve (Portd *self, const struct pollfd *polls, gint64 now)
{
  for (int fd = CS_PORTD_CONTROL; fd <= CS_PORTD_SEARCH_OWN; fd++)
    {
      if (polls[fd].revents == 0)
        continue;
      if (fd == CS_PORTD_CONTROL || fd == CS_PORTD_CONTROL6)
        serve_control (self, self->fds[fd], now);
      else
        serve_search (self, self->fds[fd], now);
    }
  cs_connections_serve (self->connections, polls + CS_PORTD_HTTP, now);
}

static void
turn (Portd *self)
{
  struct pollfd polls[CS_PORTD_HTTP + CS_CONNECTIONS_POLLS];
  gint64 now = g_get_monotonic_time ();
  gint64 wake = G_MAXINT64;

  for (int fd = 0; fd < CS_PORTD_HTTP; fd++)
    polls[fd] = (struct pollfd){ self->fds[fd], POLLIN, 0 };
  if (self->ready)
    {
      gint64 end = cs_connections_poll (self->connections, polls + CS_PORTD_HTTP);

      count_epoch (self, now);
      wake = MIN (end, cs_presence_run (&self->presence, &self->gateway, now));
    }
  if (poll (polls, self->ready ? G_N_ELEMENTS (polls) : 1, milliseconds_until (wake, now))
      < 0)
    return;
  if (polls[CS_PORTD_CHANNEL].revents != 0)
    take_report (self, NULL);
  else if (self->ready)
    serve (self, polls, g_get_monotonic_time ());
}

int
main (void)
{
  Portd self
      = { .rate = { .each = 20, .all = 200 }, .search_rate = { .each = 5, .all = 50 } };

  for (int fd = 0; fd < CS_PORTD_FDS; fd++)
    self.fds[fd]
        = (fd == CS_PORTD_CHANNEL || fd >= CS_PORTD_CONTROL) && fcntl (fd, F_GETFD) >= 0
              ? fd
              : -1;
  if (self.fds[CS_PORTD_CHANNEL] < 0 || !cs_confine ())
    return EXIT_FAILURE;
  self.gateway.ask = ask;
  self.gateway.user_data = &self;
  self.presence.control = self.fds[CS_PORTD_CONTROL];
  self.presence.control6 = self.fds[CS_PORTD_CONTROL6];
  self.presence.search = self.fds[CS_PORTD_SEARCH_OWN];
  self.connections = cs_connections_new (self.fds[CS_PORTD_HTTP], &self.gateway);
  for (;;)
    turn (&self);
}
