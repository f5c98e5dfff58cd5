/* SPDX-License-Identifier: GPL-2.0-or-later */
/* See packet(7): packets begin with the IPv6 header, and those that this computer sends
 * do not come. */
#include "solicitations.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/ethernet.h>
#include <netinet/icmp6.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <unistd.h>

#define NEXT_HEADER 6
#define TYPE        40

/* Each packet of each client meets this. */
static gboolean
filter (int fd)
{
  struct sock_filter steps[] = {
    BPF_STMT (BPF_LD | BPF_B | BPF_ABS, NEXT_HEADER),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, IPPROTO_ICMPV6, 0, 3),
    BPF_STMT (BPF_LD | BPF_B | BPF_ABS, TYPE),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ND_NEIGHBOR_SOLICIT, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, 512),
    BPF_STMT (BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = { G_N_ELEMENTS (steps), steps };

  return setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) == 0;
}

int
cs_solicitations_open (int ifindex)
{
  struct sockaddr_ll place = { .sll_family = AF_PACKET,
                               .sll_protocol = htons (ETH_P_IPV6),
                               .sll_ifindex = ifindex };
  const struct packet_mreq all = { .mr_ifindex = ifindex, .mr_type = PACKET_MR_ALLMULTI };
  int fd = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int cause;

  if (fd < 0)
    return -1;
  if (filter (fd) && bind (fd, (struct sockaddr *)&place, sizeof place) == 0
      && setsockopt (fd, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &all, sizeof all) == 0)
    return fd;
  cause = errno;
  close (fd);
  errno = cause;
  return -1;
}

gboolean
cs_solicitations_read (int fd, CsAddress *address)
{
  guint8 packet[512];

  for (;;)
    {
      gssize length = recv (fd, packet, sizeof packet, MSG_DONTWAIT);

      if (length < 0 && errno != EINTR)
        return FALSE;
      if (length > 0 && cs_solicitation_parse (packet, (gsize)length, address))
        return TRUE;
    }
}
