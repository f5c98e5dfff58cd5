/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A socket of IPv4 is bound to the address that is asked; one of IPv6 is not, as clients
 * ask whatever address of their router they know. */
#include "datagrams.h"

#include <string.h>
#include <sys/socket.h>

typedef union
{
  struct cmsghdr head;
  guint8 bytes[CMSG_SPACE (sizeof (struct in6_pktinfo))];
} Control;

gboolean
cs_datagram_receive (int fd, CsDatagram *datagram)
{
  struct iovec part = { datagram->data, sizeof datagram->data };
  Control control = { 0 };
  struct msghdr message = {
    .msg_name = &datagram->from,
    .msg_namelen = sizeof datagram->from,
    .msg_iov = &part,
    .msg_iovlen = 1,
    .msg_control = &control,
    .msg_controllen = sizeof control,
  };
  struct cmsghdr *head;
  ssize_t size;

  memset (&datagram->from, 0, sizeof datagram->from);
  memset (&datagram->to, 0, sizeof datagram->to);
  size = recvmsg (fd, &message, MSG_DONTWAIT);
  if (size < 0)
    return FALSE;
  datagram->fd = fd;
  datagram->size = (gsize)size;
  datagram->peer = (CsAddress){ 0 };
  if (datagram->from.ipv4.sin_family == AF_INET)
    datagram->peer = cs_address_new (AF_INET, &datagram->from.ipv4.sin_addr);
  for (head = CMSG_FIRSTHDR (&message); head != NULL; head = CMSG_NXTHDR (&message, head))
    if (head->cmsg_level == IPPROTO_IPV6 && head->cmsg_type == IPV6_PKTINFO)
      memcpy (&datagram->to, CMSG_DATA (head), sizeof datagram->to);
  if (datagram->from.ipv4.sin_family == AF_INET6
      && !IN6_IS_ADDR_UNSPECIFIED (&datagram->to.ipi6_addr)
      && !IN6_IS_ADDR_MULTICAST (&datagram->to.ipi6_addr))
    datagram->peer = cs_address_new (AF_INET6, &datagram->from.ipv6.sin6_addr);
  return TRUE;
}

void
cs_datagram_reply (const CsDatagram *datagram, int fd, gconstpointer data, gsize size)
{
  struct iovec part = { (gpointer)data, size };
  Control control = { 0 };
  struct msghdr message = {
    .msg_name = (gpointer)&datagram->from,
    .msg_namelen = sizeof datagram->from.ipv4,
    .msg_iov = &part,
    .msg_iovlen = 1,
  };

  if (datagram->peer.family == AF_INET6)
    {
      message.msg_namelen = sizeof datagram->from.ipv6;
      message.msg_control = &control;
      message.msg_controllen = sizeof control;
      control.head.cmsg_level = IPPROTO_IPV6;
      control.head.cmsg_type = IPV6_PKTINFO;
      control.head.cmsg_len = CMSG_LEN (sizeof datagram->to);
      memcpy (CMSG_DATA (&control.head), &datagram->to, sizeof datagram->to);
    }
  sendmsg (fd, &message, MSG_DONTWAIT | MSG_NOSIGNAL);
}
