/* SPDX-License-Identifier: GPL-2.0-or-later */
/* All of them are bound to the interface, so that whoever has the address, but is not on
 * the LAN, reaches none, and other programs may have the same ports elsewhere. That of
 * searches may be shared with other servers of SSDP: each gets what comes to the group.
 */
#include "portd-sockets.h"

#include "base/errno-words.h"
#include "core/plan/flow.h"
#include "dbus/errors.h"
#include "system/process/port-owner.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

G_STATIC_ASSERT (CS_PORTS_PORT == CS_PORTD_PORT);
G_STATIC_ASSERT (CS_SEARCH_PORT == CS_PORTD_SEARCH_PORT);

/* As many as there are connections. */
#define BACKLOG 16
/* Of what waits to be read: a second's worth, and not more of a flood. Bytes. */
#define BUFFER (64 * 1024)
/* Of SSDP: UPnP Device Architecture 1.1, section 1.1.2. */
#define SEARCH_TTL 2

static const CsAddress search_group = CS_IPV4 (239, 255, 255, 250);

static gboolean
set (int fd, int level, int option, int value)
{
  return setsockopt (fd, level, option, &value, sizeof value) == 0;
}

/* @address: unset: any of IPv6. Returns -1 and sets errno. */
static int
open_bound (int type, const char *lan, CsAddress address, guint port)
{
  gboolean is_ipv6 = !cs_address_is_set (address);
  struct sockaddr_in6 any = { .sin6_family = AF_INET6, .sin6_port = htons (port) };
  struct sockaddr_in one = { .sin_family = AF_INET, .sin_port = htons (port) };
  int fd = socket (is_ipv6 ? AF_INET6 : AF_INET, type | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
  int cause;

  memcpy (&one.sin_addr, address.bytes, sizeof one.sin_addr);
  if (fd >= 0
      && setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, lan, (socklen_t)strlen (lan) + 1)
             == 0
      && set (fd, SOL_SOCKET, SO_RCVBUF, BUFFER)
      && ((type != SOCK_STREAM && port != CS_PORTD_SEARCH_PORT)
          || set (fd, SOL_SOCKET, SO_REUSEADDR, 1))
      && (is_ipv6 ? set (fd, IPPROTO_IPV6, IPV6_V6ONLY, 1)
                  : set (fd, IPPROTO_IP, IP_FREEBIND, 1))
      && bind (fd, is_ipv6 ? (struct sockaddr *)&any : (struct sockaddr *)&one,
               is_ipv6 ? sizeof any : sizeof one)
             == 0)
    return fd;
  cause = errno;
  if (fd >= 0)
    close (fd);
  errno = cause;
  return -1;
}

static gboolean
sends_to_groups (int fd, int ifindex)
{
  const struct ip_mreqn from = { .imr_ifindex = ifindex };

  return setsockopt (fd, IPPROTO_IP, IP_MULTICAST_IF, &from, sizeof from) == 0
         && set (fd, IPPROTO_IP, IP_MULTICAST_LOOP, 0);
}

static gboolean
join (int fd, int ifindex)
{
  struct ip_mreqn group = { .imr_ifindex = ifindex };

  memcpy (&group.imr_multiaddr, search_group.bytes, sizeof group.imr_multiaddr);
  return setsockopt (fd, IPPROTO_IP, IP_ADD_MEMBERSHIP, &group, sizeof group) == 0;
}

static gboolean
open_all (int *fds, const char *lan, int ifindex, CsAddress address)
{
  fds[CS_PORTD_CONTROL] = open_bound (SOCK_DGRAM, lan, address, CS_PORTD_PORT);
  if (fds[CS_PORTD_CONTROL] < 0 || !sends_to_groups (fds[CS_PORTD_CONTROL], ifindex))
    return FALSE;
  fds[CS_PORTD_SEARCH] = open_bound (SOCK_DGRAM, lan, search_group, CS_PORTD_SEARCH_PORT);
  if (fds[CS_PORTD_SEARCH] < 0 || !join (fds[CS_PORTD_SEARCH], ifindex))
    return FALSE;
  fds[CS_PORTD_SEARCH_OWN] = open_bound (SOCK_DGRAM, lan, address, CS_PORTD_SEARCH_PORT);
  if (fds[CS_PORTD_SEARCH_OWN] < 0 || !sends_to_groups (fds[CS_PORTD_SEARCH_OWN], ifindex)
      || !set (fds[CS_PORTD_SEARCH_OWN], IPPROTO_IP, IP_MULTICAST_TTL, SEARCH_TTL))
    return FALSE;
  fds[CS_PORTD_HTTP] = open_bound (SOCK_STREAM, lan, address, CS_PORTD_PORT);
  return fds[CS_PORTD_HTTP] >= 0 && listen (fds[CS_PORTD_HTTP], BACKLOG) == 0;
}

static void
open_ipv6 (int *fds, const char *lan, int ifindex)
{
  int fd = open_bound (SOCK_DGRAM, lan, (CsAddress){ 0 }, CS_PORTD_PORT);

  if (fd >= 0
      && (!set (fd, IPPROTO_IPV6, IPV6_RECVPKTINFO, 1)
          || !set (fd, IPPROTO_IPV6, IPV6_MULTICAST_IF, ifindex)
          || !set (fd, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, 0)))
    {
      close (fd);
      fd = -1;
    }
  fds[CS_PORTD_CONTROL6] = fd;
}

static void
set_error (int cause, CsAddress address, GError **error)
{
  g_autofree char *owner
      = cause == EADDRINUSE ? cs_port_owner_find (address, CS_PORTD_PORT, 0) : NULL;

  if (owner != NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE, "%s has port %d, which they ask",
                 owner, CS_PORTD_PORT);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot listen on port %d: %s",
                 CS_PORTD_PORT, cs_errno_words (cause));
}

gboolean
cs_portd_sockets_open (CsPortdSockets *sockets,
                       const char *lan,
                       int ifindex,
                       CsAddress address,
                       GError **error)
{
  for (guint i = 0; i < CS_PORTD_FDS; i++)
    sockets->fds[i] = -1;
  if (!open_all (sockets->fds, lan, ifindex, address))
    {
      set_error (errno, address, error);
      cs_portd_sockets_close (sockets);
      return FALSE;
    }
  open_ipv6 (sockets->fds, lan, ifindex);
  return TRUE;
}

void
cs_portd_sockets_close (CsPortdSockets *sockets)
{
  for (guint i = 0; i < CS_PORTD_FDS; i++)
    {
      if (sockets->fds[i] >= 0)
        close (sockets->fds[i]);
      sockets->fds[i] = -1;
    }
}
