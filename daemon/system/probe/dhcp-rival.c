/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What clients on the LAN send is received by sockets of UDP at the DHCP port that are
 * bound to the LAN, of which one should be ours, or to no interface, and by packet
 * sockets. ISC dhcpd and Kea serve an interface by a packet socket there, and hold the
 * port only to keep the kernel from answering that it is closed: who has packet sockets,
 * but none that receives from the LAN, does not serve it. */
#include "dhcp-rival.h"

#include "core/plan/flow.h"
#include "system/process/port-owner.h"
#include "system/process/sockets.h"

#include <netinet/in.h>

typedef struct
{
  const CsSharePlan *share;
  gboolean served;       /* a socket of UDP is bound to the LAN */
  GHashTable *sockets;   /* (owned) of UDP, that may receive from the LAN */
  GHashTable *here;      /* (owned) what certainly does, of both kinds ... */
  GHashTable *elsewhere; /* (owned) ... and packet sockets that do not */
} Search;

static void
search_clear (Search *search)
{
  g_hash_table_unref (search->sockets);
  g_hash_table_unref (search->here);
  g_hash_table_unref (search->elsewhere);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Search, search_clear)

/* Clients broadcast, until they renew their lease with the server that they know. */
static gboolean
is_for_clients (const Search *search, CsAddress address)
{
  return cs_address_is_any (address)
         || cs_address_equal (address, (CsAddress)CS_IPV4 (255, 255, 255, 255))
         || cs_cidr_contains (search->share->address, address);
}

static void
on_udp_socket (const CsSocket *socket, gpointer user_data)
{
  Search *search = user_data;
  gboolean bound = socket->ifindex == search->share->lan_ifindex;

  search->served = search->served || bound;
  if (bound)
    cs_sockets_add (search->here, socket);
  if (bound || (socket->ifindex == 0 && is_for_clients (search, socket->address)))
    cs_sockets_add (search->sockets, socket);
}

/* One that is bound to no interface receives from all. */
static void
on_packet_socket (const CsSocket *socket, gpointer user_data)
{
  const Search *search = user_data;
  gboolean here = socket->ifindex == 0 || socket->ifindex == search->share->lan_ifindex;

  cs_sockets_add (here ? search->here : search->elsewhere, socket);
}

static void
drop_those_elsewhere (Search *search)
{
  g_autoptr (GDir) processes = g_dir_open ("/proc", 0, NULL);
  const char *pid;

  if (!cs_sockets_list_packet (on_packet_socket, search)
      || g_hash_table_size (search->elsewhere) == 0)
    return;
  while (processes != NULL && (pid = g_dir_read_name (processes)) != NULL)
    if (g_ascii_isdigit (pid[0])
        && cs_port_owner_for_sockets (pid, search->elsewhere, g_hash_table_contains)
        && !cs_port_owner_for_sockets (pid, search->here, g_hash_table_contains))
      cs_port_owner_for_sockets (pid, search->sockets, g_hash_table_remove);
}

/* Besides our own socket. */
static gboolean
are_left (const Search *search)
{
  return g_hash_table_size (search->sockets) > (search->served ? 1u : 0u);
}

void
cs_dhcp_rival_find (const CsSharePlan *share, CsShareFacts *facts)
{
  g_auto (Search) search = { .share = share,
                             .sockets = cs_sockets_new_set (),
                             .here = cs_sockets_new_set (),
                             .elsewhere = cs_sockets_new_set () };

  if (!cs_sockets_list (AF_INET, IPPROTO_UDP, CS_DHCP_PORT, on_udp_socket, &search))
    return;
  facts->dhcp_missing = !search.served;
  if (are_left (&search))
    drop_those_elsewhere (&search);
  if (!are_left (&search))
    return;
  facts->dhcp_owner = cs_port_owner_find_holder (search.sockets, facts->server_pid);
  if (facts->dhcp_owner == NULL)
    facts->dhcp_owner = g_strdup ("another program");
}
