/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "connections.h"

#include "http.h"
#include "igd.h"
#include "rate.h"

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* A connection lives no longer. One that was there for GRACE may be ended for another. */
#define LIFE  (5 * G_USEC_PER_SEC)
#define GRACE (G_USEC_PER_SEC / 2)

typedef struct
{
  int fd; /* -1: free */
  CsAddress peer;
  gint64 since;
  gboolean continued; /* it was told to go on with the body */
  gsize size;
  char request[CS_HTTP_MAX];
  GString *response; /* (owned) (nullable) while it is read */
  gsize sent;
} Connection;

struct _CsConnections
{
  int listener;
  CsGateway *gateway;
  CsRate rate;
  Connection all[CS_CONNECTIONS_MAX];
};

CsConnections *
cs_connections_new (int listener, CsGateway *gateway)
{
  CsConnections *self = g_new0 (CsConnections, 1);

  self->listener = listener;
  self->gateway = gateway;
  self->rate.each = 20;
  self->rate.all = 100;
  for (guint i = 0; i < CS_CONNECTIONS_MAX; i++)
    self->all[i].fd = -1;
  return self;
}

static void
end (Connection *one)
{
  if (one->fd >= 0)
    close (one->fd);
  one->fd = -1;
  if (one->response != NULL)
    g_string_free (one->response, TRUE);
  one->response = NULL;
}

void
cs_connections_free (CsConnections *self)
{
  for (guint i = 0; i < CS_CONNECTIONS_MAX; i++)
    end (&self->all[i]);
  g_free (self);
}

/* --- New ones ------------------------------------------------------------------- */

/* NULL: there is none for @peer. */
static Connection *
find_place (CsConnections *self, CsAddress peer, gint64 now)
{
  Connection *oldest = NULL;
  guint number = 0;

  for (guint i = 0; i < CS_CONNECTIONS_MAX; i++)
    {
      Connection *one = &self->all[i];

      if (one->fd >= 0 && cs_address_equal (one->peer, peer))
        number++;
      if (oldest == NULL || (one->fd < 0 && oldest->fd >= 0)
          || ((one->fd < 0) == (oldest->fd < 0) && one->since < oldest->since))
        oldest = one;
    }
  if (number >= CS_CONNECTIONS_EACH || (oldest->fd >= 0 && now - oldest->since < GRACE))
    return NULL;
  end (oldest);
  return oldest;
}

static gboolean
accept_one (CsConnections *self, gint64 now)
{
  struct sockaddr_in address = { 0 };
  socklen_t length = sizeof address;
  int fd = accept4 (self->listener, (struct sockaddr *)&address, &length,
                    SOCK_NONBLOCK | SOCK_CLOEXEC);
  CsAddress peer = cs_address_new (AF_INET, &address.sin_addr);
  Connection *one = NULL;

  if (fd < 0)
    return FALSE;
  if (cs_gateway_knows (self->gateway, peer) && cs_rate_take (&self->rate, peer, now))
    one = find_place (self, peer, now);
  if (one == NULL)
    {
      close (fd);
      return TRUE;
    }
  one->fd = fd;
  one->peer = peer;
  one->since = now;
  one->size = one->sent = 0;
  one->continued = FALSE;
  return TRUE;
}

/* --- Reading and writing -------------------------------------------------------- */

static gboolean
has_failed (ssize_t done)
{
  return done < 0 && errno != EAGAIN && errno != EINTR;
}

static void
write_on (Connection *one)
{
  ssize_t done = send (one->fd, one->response->str + one->sent,
                       one->response->len - one->sent, MSG_DONTWAIT | MSG_NOSIGNAL);

  if (has_failed (done))
    {
      end (one);
      return;
    }
  one->sent += (gsize)MAX (done, 0);
  if (one->sent < one->response->len)
    return;
  shutdown (one->fd, SHUT_WR);
  end (one);
}

static void
read_on (CsConnections *self, Connection *one)
{
  static const char go_on[] = "HTTP/1.1 100 Continue\r\n\r\n";
  ssize_t done = recv (one->fd, one->request + one->size, sizeof one->request - one->size,
                       MSG_DONTWAIT);
  CsHttpRequest request;
  CsHttpState state;

  if (done == 0 || has_failed (done))
    {
      end (one);
      return;
    }
  one->size += (gsize)MAX (done, 0);
  state = cs_http_parse (one->request, one->size, &request);
  if (state == CS_HTTP_BAD)
    one->response = cs_http_print (request.status, NULL);
  else if (state == CS_HTTP_COMPLETE)
    one->response = cs_igd_respond (self->gateway, one->peer, &request,
                                    one->request + request.body_offset);
  else if (request.expects_continue && !one->continued)
    one->continued
        = send (one->fd, go_on, strlen (go_on), MSG_DONTWAIT | MSG_NOSIGNAL) > 0;
  if (one->response != NULL)
    write_on (one);
}

gint64
cs_connections_poll (CsConnections *self, struct pollfd polls[CS_CONNECTIONS_POLLS])
{
  gint64 first = G_MAXINT64;

  polls[0] = (struct pollfd){ self->listener, POLLIN, 0 };
  for (guint i = 0; i < CS_CONNECTIONS_MAX; i++)
    {
      const Connection *one = &self->all[i];

      polls[i + 1]
          = (struct pollfd){ one->fd, one->response != NULL ? POLLOUT : POLLIN, 0 };
      if (one->fd >= 0)
        first = MIN (first, one->since + LIFE);
    }
  return first;
}

void
cs_connections_serve (CsConnections *self,
                      const struct pollfd polls[CS_CONNECTIONS_POLLS],
                      gint64 now)
{
  for (guint i = 0; i < CS_CONNECTIONS_MAX; i++)
    {
      Connection *one = &self->all[i];

      if (one->fd < 0)
        continue;
      if (now - one->since >= LIFE)
        end (one);
      else if (polls[i + 1].revents != 0 && one->response != NULL)
        write_on (one);
      else if (polls[i + 1].revents != 0)
        read_on (self, one);
    }
  /* After them, as a new one may take the place of an old one. */
  if (polls[0].revents != 0)
    for (guint i = 0; i < CS_CONNECTIONS_MAX && accept_one (self, now); i++)
      ;
}
