/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One dump of the UDP sockets (sock_diag(7)). */
#include "dhcp-sockets.h"

#include <libmnl/libmnl.h>
#include <linux/inet_diag.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <time.h>

#define DHCP_PORT 67

typedef struct
{
  guint32 ifindex;
  guint *bound;
  GHashTable *sockets;
} Search;

typedef struct mnl_socket CsMnlSocket;
static void
socket_close (CsMnlSocket *opened)
{
  mnl_socket_close (opened);
}
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsMnlSocket, socket_close)

static int
on_socket (const struct nlmsghdr *message, void *user_data)
{
  const Search *search = user_data;
  const struct inet_diag_msg *found = mnl_nlmsg_get_payload (message);
  guint32 device;

  if (mnl_nlmsg_get_payload_len (message) < sizeof *found
      || ntohs (found->id.idiag_sport) != DHCP_PORT)
    return MNL_CB_OK;
  device = found->id.idiag_if;
  *search->bound += device == search->ifindex;
  if (device == 0 || device == search->ifindex)
    g_hash_table_insert (search->sockets,
                         g_strdup_printf ("socket:[%u]", found->idiag_inode),
                         GUINT_TO_POINTER (found->idiag_uid));
  return MNL_CB_OK;
}

gboolean
cs_dhcp_sockets_list (int ifindex, guint *bound, GHashTable *sockets)
{
  g_autoptr (CsMnlSocket) netlink = mnl_socket_open2 (NETLINK_SOCK_DIAG, SOCK_CLOEXEC);
  Search search = { .ifindex = (guint32)ifindex, .bound = bound, .sockets = sockets };
  union
  {
    struct nlmsghdr header;
    char buffer[32768]; /* as large as the kernel makes a part of a dump */
  } message;
  struct inet_diag_req_v2 *request;
  int result = MNL_CB_OK;

  *bound = 0;
  if (netlink == NULL || mnl_socket_bind (netlink, 0, MNL_SOCKET_AUTOPID) < 0)
    return FALSE;
  mnl_nlmsg_put_header (message.buffer);
  message.header.nlmsg_type = SOCK_DIAG_BY_FAMILY;
  message.header.nlmsg_flags = NLM_F_REQUEST | NLM_F_DUMP;
  request = mnl_nlmsg_put_extra_header (&message.header, sizeof *request);
  request->sdiag_family = AF_INET;
  request->sdiag_protocol = IPPROTO_UDP;
  request->idiag_states = G_MAXUINT32;
  if (mnl_socket_sendto (netlink, message.buffer, message.header.nlmsg_len) < 0)
    return FALSE;
  while (result == MNL_CB_OK)
    {
      ssize_t size = mnl_socket_recvfrom (netlink, message.buffer, sizeof message.buffer);

      if (size < 0)
        return FALSE;
      result = mnl_cb_run (message.buffer, (size_t)size, 0, 0, on_socket, &search);
    }
  return result == MNL_CB_STOP;
}
