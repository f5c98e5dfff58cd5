/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The first request is not delayed: what makes many computers ask at once, as a power cut
 * does, does not make many users share at once. */
#include "dhcpv6-exchange.h"

#include "dhcpv6-socket.h"

#include "base/clock.h"

/* Never too early: what is over then would be sent once more. */
#define MILLISECONDS(microseconds) ((guint)(((microseconds) + 999) / 1000))
#define SECOND                     ((gint64)G_USEC_PER_SEC)

struct _CsDhcpv6Exchange
{
  char *interface; /* (owned) */
  CsDhcpv6Request request;
  CsDhcpv6Times times;
  CsDhcpv6ExchangeCalls calls;
  gpointer user_data;
  CsDhcpv6Socket *socket; /* (owned) (nullable) */
  gint64 begun;
  gint64 wait;   /* RT, from the last sending to the next */
  guint count;   /* how often the request has been sent */
  guint timeout; /* source */
};

/* RAND of RFC 8415, section 15, at @share of @wait. */
static gint64
scatter (gint64 wait, double least)
{
  return (gint64)((double)wait * g_random_double_range (least, 0.1));
}

static gint64
next_wait (const CsDhcpv6Exchange *self)
{
  gint64 first = self->times.first * SECOND, longest = self->times.longest * SECOND;
  gint64 wait = 2 * self->wait + scatter (self->wait, -0.1);

  if (self->wait == 0) /* the answers to a SOLICIT are compared for a whole second */
    return first
           + scatter (first, self->request.type == CS_DHCPV6_SOLICIT ? 0.001 : -0.1);
  return longest > 0 && wait > longest ? longest + scatter (longest, -0.1) : wait;
}

static void
on_input (const guint8 *data, gsize size, gpointer user_data)
{
  CsDhcpv6Exchange *self = user_data;
  CsDhcpv6Reply reply;

  if (cs_dhcpv6_parse (data, size, &self->request, &reply))
    self->calls.replied (&reply, self->count, self->user_data);
}

static gboolean on_timeout (gpointer user_data);

static void
send_request (CsDhcpv6Exchange *self)
{
  gint64 now = cs_clock_now (), wait;
  gint64 left = self->begun + self->times.in_all * SECOND - now;
  guint8 data[CS_DHCPV6_REQUEST_MAX];

  if (self->socket == NULL)
    self->socket = cs_dhcpv6_socket_new (self->interface, on_input, self);
  self->request.elapsed = (guint)MIN ((now - self->begun) / (SECOND / 100), G_MAXUINT16);
  if (self->socket != NULL)
    cs_dhcpv6_socket_send (self->socket, data, cs_dhcpv6_print (&self->request, data));
  self->count++;
  self->wait = next_wait (self);
  wait = self->times.in_all > 0 ? CLAMP (left, 0, self->wait) : self->wait;
  self->timeout = g_timeout_add (MILLISECONDS (wait), on_timeout, self);
}

static gboolean
is_over (const CsDhcpv6Exchange *self)
{
  gint64 past = cs_clock_now () - self->begun;

  return (self->times.times > 0 && self->count >= self->times.times)
         || (self->times.in_all > 0 && past >= self->times.in_all * SECOND);
}

static gboolean
on_timeout (gpointer user_data)
{
  CsDhcpv6Exchange *self = user_data;

  self->timeout = 0;
  if (is_over (self))
    self->calls.failed (self->user_data);
  else if (self->calls.waited (self->user_data))
    send_request (self);
  return G_SOURCE_REMOVE;
}

void
cs_dhcpv6_exchange_set_longest (CsDhcpv6Exchange *self, guint longest)
{
  self->times.longest = longest;
}

CsDhcpv6Exchange *
cs_dhcpv6_exchange_new (const char *interface,
                        const CsDhcpv6Request *request,
                        const CsDhcpv6Times *times,
                        const CsDhcpv6ExchangeCalls *calls,
                        gpointer user_data)
{
  CsDhcpv6Exchange *self = g_new0 (CsDhcpv6Exchange, 1);

  self->interface = g_strdup (interface);
  self->request = *request;
  self->request.transaction = g_random_int () & 0xffffff;
  self->times = *times;
  self->calls = *calls;
  self->user_data = user_data;
  self->begun = cs_clock_now ();
  send_request (self);
  return self;
}

void
cs_dhcpv6_exchange_free (CsDhcpv6Exchange *self)
{
  g_clear_handle_id (&self->timeout, g_source_remove);
  g_clear_pointer (&self->socket, cs_dhcpv6_socket_free);
  g_free (self->interface);
  g_free (self);
}
