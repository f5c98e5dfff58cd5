/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet socket without the link's header, see packet(7): frames begin with ARP's own,
 * RFC 826. It does not get what this computer sends. */
#include "arp-socket.h"

#include <errno.h>
#include <linux/filter.h>
#include <net/ethernet.h>
#include <net/if.h>
#include <net/if_arp.h>
#include <netinet/in.h>
#include <netpacket/packet.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

/* Frames in one call. */
#define BATCH 64

typedef struct
{
  guint16 hardware, protocol;
  guint8 hardware_size, protocol_size;
  guint16 operation;
  guint8 sender_mac[6], sender[4];
  guint8 target_mac[6], target[4];
} Frame;

G_STATIC_ASSERT (sizeof (Frame) == 28);

static gboolean
get_place (int fd, struct sockaddr_ll *place)
{
  socklen_t length = sizeof *place;

  return getsockname (fd, (struct sockaddr *)place, &length) == 0
         && place->sll_hatype == ARPHRD_ETHER;
}

gboolean
cs_arp_socket_has_link (int fd, int ifindex)
{
  struct ifreq request = { 0 };

  return if_indextoname ((guint)ifindex, request.ifr_name) != NULL
         && ioctl (fd, SIOCGIFFLAGS, &request) == 0
         && (request.ifr_flags & IFF_RUNNING) != 0;
}

static Frame
make_question (const struct sockaddr_ll *place, CsAddress sender, guint32 target)
{
  const CsAddress address = cs_address_from_number (target);
  Frame frame = { .hardware = htons (ARPHRD_ETHER),
                  .protocol = htons (ETH_P_IP),
                  .hardware_size = sizeof frame.sender_mac,
                  .protocol_size = sizeof frame.sender,
                  .operation = htons (ARPOP_REQUEST) };

  memcpy (frame.sender_mac, place->sll_addr, sizeof frame.sender_mac);
  memcpy (frame.sender, sender.bytes, sizeof frame.sender);
  memcpy (frame.target, address.bytes, sizeof frame.target);
  return frame;
}

/* What does not fit into the queue is left out: who has that address is heard of later.
 */
void
cs_arp_socket_ask (int fd, int ifindex, CsAddress sender, CsAddress first, CsAddress last)
{
  struct sockaddr_ll place;
  struct sockaddr_ll all = { .sll_family = AF_PACKET,
                             .sll_protocol = htons (ETH_P_ARP),
                             .sll_ifindex = ifindex,
                             .sll_halen = ETH_ALEN };
  guint32 target = cs_address_to_number (first), end = cs_address_to_number (last);

  if (!get_place (fd, &place))
    return;
  memset (all.sll_addr, 0xff, ETH_ALEN);
  while (target <= end)
    {
      struct mmsghdr messages[BATCH] = { 0 };
      struct iovec parts[BATCH];
      Frame frames[BATCH];
      guint count;

      for (count = 0; count < BATCH && target <= end; count++, target++)
        {
          frames[count] = make_question (&place, sender, target);
          parts[count] = (struct iovec){ &frames[count], sizeof frames[count] };
          messages[count].msg_hdr = (struct msghdr){ .msg_name = &all,
                                                     .msg_namelen = sizeof all,
                                                     .msg_iov = &parts[count],
                                                     .msg_iovlen = 1 };
        }
      if (sendmmsg (fd, messages, count, MSG_DONTWAIT) < (int)count)
        return;
    }
}

static void
add (GArray *program, guint16 code, guint8 otherwise, guint32 value)
{
  const struct sock_filter one = BPF_JUMP (code, value, 0, otherwise);

  g_array_append_val (program, one);
}

/* Of addresses, before the operation. */
#define SIZES (ETH_ALEN << 24 | 4 << 16)

#define LOAD(at) add (program, BPF_LD | BPF_W | BPF_ABS, 0, (at))
#define DROP     add (program, BPF_RET | BPF_K, 0, 0)
#define ACCEPT   add (program, BPF_RET | BPF_K, 0, sizeof (Frame))
/* Goes on if the test holds, and otherwise skips so many. */
#define TEST(test, value, skip) add (program, BPF_JMP | (test) | BPF_K, (skip), (value))

static guint32
last_four (const guint8 *mac)
{
  return (guint32)mac[2] << 24 | (guint32)mac[3] << 16 | (guint32)mac[4] << 8 | mac[5];
}

void
cs_arp_socket_filter (int fd, CsAddress first, CsAddress last, const GArray *known)
{
  g_autoptr (GArray) program = g_array_new (FALSE, FALSE, sizeof (struct sock_filter));
  struct sock_fprog filter;

  LOAD (offsetof (Frame, hardware));
  TEST (BPF_JEQ, ARPHRD_ETHER << 16 | ETH_P_IP, 3);
  LOAD (offsetof (Frame, hardware_size));
  TEST (BPF_JGE, SIZES, 1);
  TEST (BPF_JGT, SIZES | G_MAXUINT16, 1);
  DROP;
  LOAD (offsetof (Frame, sender));
  TEST (BPF_JGE, cs_address_to_number (first), 1);
  TEST (BPF_JGT, cs_address_to_number (last), 1);
  DROP;
  for (guint i = 0; i < known->len; i++)
    {
      const CsHolder *holder = &g_array_index (known, CsHolder, i);

      LOAD (offsetof (Frame, sender));
      TEST (BPF_JEQ, cs_address_to_number (holder->address), 3);
      LOAD (offsetof (Frame, sender_mac) + 2);
      TEST (BPF_JEQ, last_four (holder->mac.bytes), 1);
      DROP;
    }
  ACCEPT;
  filter = (struct sock_fprog){ .len = (gushort)program->len,
                                .filter = (gpointer)program->data };
  setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &filter, sizeof filter);
}

int
cs_arp_socket_open (int ifindex)
{
  struct sockaddr_ll place = { .sll_family = AF_PACKET,
                               .sll_protocol = htons (ETH_P_ARP),
                               .sll_ifindex = ifindex };
  const CsAddress lowest = CS_IPV4 (0, 0, 0, 0);
  const CsAddress highest = CS_IPV4 (255, 255, 255, 255);
  g_autoptr (GArray) none = g_array_new (FALSE, FALSE, sizeof (CsHolder));
  int fd = socket (AF_PACKET, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);

  if (fd < 0)
    return -1;
  cs_arp_socket_filter (fd, lowest, highest, none);
  if (bind (fd, (struct sockaddr *)&place, sizeof place) == 0 && get_place (fd, &place))
    return fd;
  close (fd);
  return -1;
}

gboolean
cs_arp_socket_read (int fd, CsHolder *sender)
{
  Frame frame;
  gssize length;

  do
    length = recv (fd, &frame, sizeof frame, MSG_DONTWAIT);
  while (length < 0 && errno == EINTR);
  if (length < (gssize)sizeof frame)
    return FALSE;
  sender->address = cs_address_new (AF_INET, frame.sender);
  memcpy (sender->mac.bytes, frame.sender_mac, sizeof sender->mac.bytes);
  return TRUE;
}
