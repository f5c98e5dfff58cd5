/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries what dnsmasq will do for a share's address: bind UDP and TCP with SO_REUSEADDR,
 * on an address that no other program has a reason to use. A program on the wildcard
 * address that keeps it for itself then shows as EADDRINUSE. The sockets never listen,
 * so that a name server which starts just now finds nothing in its way. */
#include "dns-port.h"

#include <errno.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#define PROBE_ADDRESS 0x7f893535 /* 127.137.53.53 */
#define DNS_PORT      53
#define OTHER_FIRST   10053
#define OTHER_LAST    10063

/* Only "in use" counts: what else may be wrong, dnsmasq tells better. */
static gboolean
is_taken (int type, guint port)
{
  struct sockaddr_in address = { .sin_family = AF_INET,
                                 .sin_port = htons ((guint16)port),
                                 .sin_addr.s_addr = htonl (PROBE_ADDRESS) };
  int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);
  int on = 1;
  gboolean taken;

  if (fd < 0)
    return FALSE;
  setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  setsockopt (fd, SOL_IP, IP_FREEBIND, &on, sizeof on); /* "lo" may be down */
  taken
      = bind (fd, (struct sockaddr *)&address, sizeof address) < 0 && errno == EADDRINUSE;
  close (fd);
  return taken;
}

static gboolean
is_free (guint port)
{
  return !is_taken (SOCK_DGRAM, port) && !is_taken (SOCK_STREAM, port);
}

guint
cs_dns_port_choose (void)
{
  if (is_free (DNS_PORT))
    return DNS_PORT;
  for (guint port = OTHER_FIRST; port <= OTHER_LAST; port++)
    if (is_free (port))
      return port;
  return DNS_PORT;
}
