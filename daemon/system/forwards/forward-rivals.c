/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "forward-rivals.h"

#include "dbus/errors.h"
#include "system/process/port-owner.h"
#include "system/process/sockets.h"

typedef struct
{
  const CsForward *forward;
  const GArray *uplinks;
  int ifindex;         /* of the uplink; 0: none */
  GHashTable *sockets; /* (owned) */
  guint port;          /* of the first one */
} Search;

/* One of another device (SO_BINDTODEVICE) gets nothing from the uplink. */
static gboolean
is_bound_elsewhere (const Search *search, const CsSocket *socket)
{
  return socket->ifindex != 0 && socket->ifindex != search->ifindex;
}

static void
on_socket (const CsSocket *socket, gpointer user_data)
{
  Search *search = user_data;
  const CsForward *forward = search->forward;

  if (socket->port < forward->port || socket->port > forward->last
      || is_bound_elsewhere (search, socket)
      || !(cs_address_is_any (socket->address)
           || cs_addresses_contain (search->uplinks, socket->address)))
    return;
  if (search->port == 0)
    search->port = socket->port;
  if (search->port == socket->port)
    cs_sockets_add (search->sockets, socket);
}

gboolean
cs_forward_rivals_check (const CsForward *forward,
                         const GArray *uplinks,
                         int ifindex,
                         GError **error)
{
  static const int families[] = { AF_INET, AF_INET6 };
  g_autoptr (GHashTable) sockets = cs_sockets_new_set ();
  Search search = { forward, uplinks, ifindex, sockets, 0 };
  guint port = forward->port == forward->last ? forward->port : 0;
  g_autofree char *holder = NULL;

  for (gsize i = 0; i < G_N_ELEMENTS (families); i++)
    cs_sockets_list (families[i], forward->protocol, port, on_socket, &search);
  if (search.port == 0)
    return TRUE;
  holder = cs_port_owner_find_holder (sockets, 0);
  g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
               "%s listens on %s port %u of this computer: stop it, or choose another "
               "port",
               holder != NULL ? holder : "a program",
               cs_forward_protocol_to_string (forward->protocol), search.port);
  return FALSE;
}
