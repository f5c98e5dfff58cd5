/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A connected socket gets only what its peer sends, in the kernel. What a router
 * announces comes to a port that all programs which speak these protocols have in common,
 * so it has a socket of its own; without it, renewals find out. */
#include "router-socket.h"

#include "router-message.h"

#include <string.h>

struct _CsRouterSocket
{
  CsAddress router;
  GSocket *asked;      /* (owned) */
  GSocket *announced;  /* (owned) (nullable) */
  GSource *sources[2]; /* (owned) (nullable) */
  CsRouterSocketInput input;
  gpointer user_data;
};

static GSocketAddress *
place_of (CsAddress address, guint port)
{
  g_autoptr (GInetAddress) inet
      = g_inet_address_new_from_bytes (address.bytes, G_SOCKET_FAMILY_IPV4);

  return g_inet_socket_address_new (inet, (guint16)port);
}

/* Bound to @at. */
static GSocket *
open_at (const char *device, CsAddress at, guint port, gboolean shared, GError **error)
{
  g_autoptr (GSocketAddress) place = place_of (at, port);
  g_autoptr (GSocket) opened = g_socket_new (G_SOCKET_FAMILY_IPV4, G_SOCKET_TYPE_DATAGRAM,
                                             G_SOCKET_PROTOCOL_UDP, error);

  if (opened == NULL)
    return NULL;
  g_socket_set_blocking (opened, FALSE);
  if (setsockopt (g_socket_get_fd (opened), SOL_SOCKET, SO_BINDTODEVICE, device,
                  (socklen_t)strlen (device) + 1)
      < 0)
    {
      g_set_error (error, G_IO_ERROR, G_IO_ERROR_NETWORK_UNREACHABLE, "no %s", device);
      return NULL;
    }
  if (!g_socket_bind (opened, place, shared, error))
    return NULL;
  return g_steal_pointer (&opened);
}

/* A router is on link, whatever routes say. */
static GSocket *
open_asked (const char *device, CsAddress own, CsAddress router, GError **error)
{
  g_autoptr (GSocketAddress) peer = place_of (router, CS_ROUTER_PORT);
  g_autoptr (GSocket) opened = open_at (device, own, 0, FALSE, error);

  if (opened == NULL || !g_socket_set_option (opened, SOL_SOCKET, SO_DONTROUTE, 1, error)
      || !g_socket_connect (opened, peer, NULL, error))
    return NULL;
  return g_steal_pointer (&opened);
}

/* All hosts are in the group anyway. */
static GSocket *
open_announced (const char *device)
{
  const CsAddress all_hosts = CS_IPV4 (224, 0, 0, 1);

  return open_at (device, all_hosts, CS_ROUTER_ANNOUNCE_PORT, TRUE, NULL);
}

static gboolean
is_of_router (const CsRouterSocket *self, GSocketAddress *from)
{
  g_autoptr (GSocketAddress) router = place_of (self->router, CS_ROUTER_PORT);
  GInetSocketAddress *a = G_INET_SOCKET_ADDRESS (router);
  GInetSocketAddress *b = G_INET_SOCKET_ADDRESS (from);

  return g_inet_socket_address_get_port (a) == g_inet_socket_address_get_port (b)
         && g_inet_address_equal (g_inet_socket_address_get_address (a),
                                  g_inet_socket_address_get_address (b));
}

static gboolean
on_asked (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  CsRouterSocket *self = user_data;
  g_autoptr (GError) error = NULL;
  guint8 data[CS_ROUTER_REPLY_MAX + 1];
  gssize size = g_socket_receive (socket, (char *)data, sizeof data, NULL, &error);

  if (size > 0)
    self->input (data, (gsize)size, FALSE, self->user_data);
  else if (g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED))
    self->input (data, 0, FALSE, self->user_data);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_announced (GSocket *socket, GIOCondition condition, gpointer user_data)
{
  CsRouterSocket *self = user_data;
  g_autoptr (GSocketAddress) from = NULL;
  guint8 data[CS_ROUTER_REPLY_MAX + 1];
  gssize size
      = g_socket_receive_from (socket, &from, (char *)data, sizeof data, NULL, NULL);

  if (size > 0 && is_of_router (self, from))
    self->input (data, (gsize)size, TRUE, self->user_data);
  return G_SOURCE_CONTINUE;
}

static GSource *
listen_to (CsRouterSocket *self, GSocket *socket, GSourceFunc callback)
{
  GSource *source = g_socket_create_source (socket, G_IO_IN, NULL);

  g_source_set_callback (source, callback, self, NULL);
  g_source_attach (source, NULL);
  return source;
}

CsRouterSocket *
cs_router_socket_new (const char *device,
                      CsAddress own,
                      CsAddress router,
                      CsRouterSocketInput input,
                      gpointer user_data,
                      GError **error)
{
  GSocket *asked = open_asked (device, own, router, error);
  CsRouterSocket *self;

  if (asked == NULL)
    return NULL;
  self = g_new0 (CsRouterSocket, 1);
  self->router = router;
  self->input = input;
  self->user_data = user_data;
  self->asked = asked;
  self->sources[0] = listen_to (self, asked, G_SOURCE_FUNC (on_asked));
  self->announced = open_announced (device);
  if (self->announced != NULL)
    self->sources[1] = listen_to (self, self->announced, G_SOURCE_FUNC (on_announced));
  return self;
}

void
cs_router_socket_free (CsRouterSocket *self)
{
  for (guint i = 0; i < G_N_ELEMENTS (self->sources); i++)
    if (self->sources[i] != NULL)
      {
        g_source_destroy (self->sources[i]);
        g_source_unref (self->sources[i]);
      }
  g_clear_object (&self->asked);
  g_clear_object (&self->announced);
  g_free (self);
}

gboolean
cs_router_socket_send (CsRouterSocket *self, const guint8 *data, gsize size)
{
  g_autoptr (GError) error = NULL;

  if (g_socket_send (self->asked, (const char *)data, size, NULL, &error) >= 0)
    return TRUE;
  /* of what was sent before: what is sent now may yet get there */
  return g_error_matches (error, G_IO_ERROR, G_IO_ERROR_CONNECTION_REFUSED)
         || g_error_matches (error, G_IO_ERROR, G_IO_ERROR_WOULD_BLOCK);
}
