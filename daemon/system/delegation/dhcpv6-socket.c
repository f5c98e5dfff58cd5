/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Port 546 is not bound. Whoever binds it keeps others from it: dhcpcd(8), for one, keeps
 * NetworkManager's own client from starting at all; and of two that share the port, one
 * gets the replies of both. A raw socket gets a copy of what comes, once the host's
 * packet filters have let it in, and takes it from nobody. */
#include "dhcpv6-socket.h"

#include "base/bytes.h"
#include "core/value/dhcpv6.h"

#include <errno.h>
#include <glib-unix.h>
#include <linux/filter.h>
#include <net/if.h>
#include <netinet/in.h>
#include <string.h>
#include <unistd.h>

/* The header of UDP: source, destination, length, checksum. */
#define UDP_HEADER   8
#define UDP_CHECKSUM 6

/* More than any server says (RFC 8415 leaves it open), and than any link carries. */
#define INPUT_MAX 9000

struct _CsDhcpv6Socket
{
  int descriptor;
  guint source;
  int ifindex;
  CsDhcpv6SocketInput input;
  gpointer user_data;
};

/* The kernel wakes nobody for other datagrams. */
static gboolean
filter (int descriptor)
{
  struct sock_filter code[] = {
    BPF_STMT (BPF_LD | BPF_H | BPF_ABS, 2),
    BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, CS_DHCPV6_CLIENT_PORT, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, G_MAXUINT32),
    BPF_STMT (BPF_RET | BPF_K, 0),
  };
  const struct sock_fprog program = { G_N_ELEMENTS (code), code };

  return setsockopt (descriptor, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program)
         == 0;
}

/* The kernel writes the checksum, and checks it. */
static gboolean
prepare (int descriptor, const char *interface)
{
  const int checksum = UDP_CHECKSUM;

  return filter (descriptor)
         && setsockopt (descriptor, SOL_SOCKET, SO_BINDTODEVICE, interface,
                        (socklen_t)strlen (interface) + 1)
                == 0
         && setsockopt (descriptor, IPPROTO_IPV6, IPV6_CHECKSUM, &checksum,
                        sizeof checksum)
                == 0;
}

static int
open_raw (const char *interface)
{
  int descriptor
      = socket (AF_INET6, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, IPPROTO_UDP);

  if (descriptor >= 0 && prepare (descriptor, interface))
    return descriptor;
  g_debug ("cannot speak DHCPv6 at %s: %s", interface, g_strerror (errno));
  if (descriptor >= 0)
    close (descriptor);
  return -1;
}

static gboolean
on_input (int descriptor, GIOCondition condition, gpointer user_data)
{
  CsDhcpv6Socket *self = user_data;
  guint8 data[INPUT_MAX];
  ssize_t size = recv (descriptor, data, sizeof data, 0);

  if (size >= UDP_HEADER)
    self->input (data + UDP_HEADER, (gsize)size - UDP_HEADER, self->user_data);
  return G_SOURCE_CONTINUE;
}

void
cs_dhcpv6_socket_send (CsDhcpv6Socket *self, const guint8 *data, gsize size)
{
  /* All_DHCP_Relay_Agents_and_Servers; a raw socket's destination has no port */
  const struct sockaddr_in6 servers
      = { .sin6_family = AF_INET6,
          .sin6_addr = { { { 0xff, 2, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 1, 0, 2 } } },
          .sin6_scope_id = (guint32)self->ifindex };
  guint8 datagram[UDP_HEADER + CS_DHCPV6_REQUEST_MAX] = { 0 };

  g_return_if_fail (size <= CS_DHCPV6_REQUEST_MAX);
  cs_bytes_put16 (datagram, CS_DHCPV6_CLIENT_PORT);
  cs_bytes_put16 (datagram + 2, CS_DHCPV6_SERVER_PORT);
  cs_bytes_put16 (datagram + 4, (guint)(UDP_HEADER + size));
  memcpy (datagram + UDP_HEADER, data, size);
  if (sendto (self->descriptor, datagram, UDP_HEADER + size, 0,
              (const struct sockaddr *)&servers, sizeof servers)
      < 0)
    g_debug ("cannot send DHCPv6: %s", g_strerror (errno));
}

CsDhcpv6Socket *
cs_dhcpv6_socket_new (const char *interface,
                      CsDhcpv6SocketInput input,
                      gpointer user_data)
{
  int descriptor = open_raw (interface);
  CsDhcpv6Socket *self;

  if (descriptor < 0)
    return NULL;
  self = g_new0 (CsDhcpv6Socket, 1);
  self->descriptor = descriptor;
  self->ifindex = (int)if_nametoindex (interface);
  self->input = input;
  self->user_data = user_data;
  self->source = g_unix_fd_add (descriptor, G_IO_IN, on_input, self);
  return self;
}

void
cs_dhcpv6_socket_free (CsDhcpv6Socket *self)
{
  g_source_remove (self->source);
  close (self->descriptor);
  g_free (self);
}
