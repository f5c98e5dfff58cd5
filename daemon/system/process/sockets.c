/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "sockets.h"

#include "system/netlink/netlink.h"

#include <linux/inet_diag.h>
#include <linux/packet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <netinet/tcp.h>

/* An unconnected socket of UDP. */
#define UNCONNECTED TCP_CLOSE

/* A packet socket has neither address nor port. */
static gboolean
parse_packet (const struct nlmsghdr *message, CsSocket *socket)
{
  static const guint8 sizes[PACKET_DIAG_MAX + 1]
      = { [PACKET_DIAG_INFO] = sizeof (struct packet_diag_info) };
  const struct nlattr *attributes[PACKET_DIAG_MAX + 1];
  const struct packet_diag_msg *found = mnl_nlmsg_get_payload (message);
  const struct packet_diag_info *info;

  if (!cs_netlink_parse (message, sizeof *found, sizes, attributes, PACKET_DIAG_MAX)
      || found->pdiag_family != AF_PACKET || attributes[PACKET_DIAG_INFO] == NULL)
    return FALSE;
  info = mnl_attr_get_payload (attributes[PACKET_DIAG_INFO]);
  *socket = (CsSocket){ .ifindex = (int)info->pdi_index };
  g_snprintf (socket->name, sizeof socket->name, "socket:[%u]", found->pdiag_ino);
  return TRUE;
}

gboolean
cs_sockets_parse (const struct nlmsghdr *message, CsSocket *socket)
{
  const struct inet_diag_msg *found = mnl_nlmsg_get_payload (message);

  if (mnl_nlmsg_get_payload_len (message) < sizeof *found
      || (found->idiag_family != AF_INET && found->idiag_family != AF_INET6))
    return parse_packet (message, socket);
  *socket
      = (CsSocket){ .address = cs_address_new (found->idiag_family, found->id.idiag_src),
                    .port = g_ntohs (found->id.idiag_sport),
                    .ifindex = (int)found->id.idiag_if,
                    .user = found->idiag_uid };
  g_snprintf (socket->name, sizeof socket->name, "socket:[%u]", found->idiag_inode);
  return TRUE;
}

typedef struct
{
  CsSocketFunc func;
  gpointer user_data;
} Listing;

static void
on_message (const struct nlmsghdr *message, gpointer user_data)
{
  const Listing *listing = user_data;
  CsSocket socket;

  if (cs_sockets_parse (message, &socket))
    listing->func (&socket, listing->user_data);
}

/* The request loads the modules, if the kernel has them. */
static void
warn_once (int protocol, int failure)
{
  static gint warned;

  if (g_atomic_int_compare_and_exchange (&warned, FALSE, TRUE))
    g_message ("the kernel does not list sockets of %s (%s): finding out which program "
               "has a port needs CONFIG_INET_DIAG and CONFIG_INET_UDP_DIAG",
               protocol == IPPROTO_TCP ? "TCP" : "UDP", g_strerror (failure));
}

gboolean
cs_sockets_list (int family,
                 int protocol,
                 guint port,
                 CsSocketFunc func,
                 gpointer user_data)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_SOCK_DIAG, NULL);
  Listing listing = { func, user_data };
  CsNetlinkRequest request;
  struct inet_diag_req_v2 *header
      = cs_netlink_begin (&request, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, sizeof *header);
  int failure;

  if (netlink == NULL)
    return FALSE;
  header->sdiag_family = (guint8)family;
  header->sdiag_protocol = (guint8)protocol;
  header->idiag_states = 1u << (protocol == IPPROTO_TCP ? TCP_LISTEN : UNCONNECTED);
  header->id.idiag_sport = g_htons ((guint16)port);
  failure = cs_netlink_ask (netlink, &request.header, on_message, &listing);
  if (failure != 0)
    warn_once (protocol, failure);
  return failure == 0;
}

gboolean
cs_sockets_list_packet (CsSocketFunc func, gpointer user_data)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_SOCK_DIAG, NULL);
  Listing listing = { func, user_data };
  CsNetlinkRequest request;
  struct packet_diag_req *header
      = cs_netlink_begin (&request, SOCK_DIAG_BY_FAMILY, NLM_F_DUMP, sizeof *header);

  header->sdiag_family = AF_PACKET;
  header->pdiag_show = PACKET_SHOW_INFO;
  return netlink != NULL
         && cs_netlink_ask (netlink, &request.header, on_message, &listing) == 0;
}

GHashTable *
cs_sockets_new_set (void)
{
  return g_hash_table_new_full (g_str_hash, g_str_equal, g_free, NULL);
}

void
cs_sockets_add (GHashTable *sockets, const CsSocket *socket)
{
  g_hash_table_insert (sockets, g_strdup (socket->name), GUINT_TO_POINTER (socket->user));
}
