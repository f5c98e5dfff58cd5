/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Tries to bind UDP, and TCP as dnsmasq does (with SO_REUSEADDR, because an earlier
 * dnsmasq may have left connections behind): on an address that no program has a reason
 * to use, where a program on the wildcard address shows as EADDRINUSE, or on a gateway's
 * own. Binds UDP without SO_REUSEADDR, so that a socket that would share the port shows,
 * too. The dnsmasqs of several LANs share the DHCP port, each bound to its device. */
#include "dns-port.h"

#include "core/plan/flow.h"
#include "core/value/snapshot.h"

#include <errno.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

/* Only "in use" counts: dnsmasq reports other errors better. @device is nullable. */
static gboolean
is_taken (CsAddress at, int type, guint port, const char *device)
{
  struct sockaddr_in address
      = { .sin_family = AF_INET, .sin_port = htons ((guint16)port) };
  int fd = socket (AF_INET, type | SOCK_CLOEXEC, 0);
  int on = 1;
  gboolean taken;

  if (fd < 0)
    return FALSE;
  if (type == SOCK_STREAM || device != NULL)
    setsockopt (fd, SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
  memcpy (&address.sin_addr, at.bytes, sizeof address.sin_addr);
  setsockopt (fd, SOL_IP, IP_FREEBIND, &on, sizeof on); /* "lo" may be down */
  taken = (device == NULL
           || setsockopt (fd, SOL_SOCKET, SO_BINDTODEVICE, device, strlen (device)) == 0)
          && bind (fd, (struct sockaddr *)&address, sizeof address) < 0
          && errno == EADDRINUSE;
  close (fd);
  return taken;
}

/* One per process, because the ports are, too. */
static guint32 refused;

void
cs_dns_port_refuse (guint port)
{
  if (port >= CS_OWN_DNS_FIRST && port <= CS_OWN_DNS_LAST)
    refused |= CS_OWN_DNS_BIT (port);
}

guint32
cs_dns_port_get_refused (void)
{
  return refused;
}

gboolean
cs_dns_port_is_free (CsAddress address, guint port)
{
  return !is_taken (address, SOCK_DGRAM, port, NULL)
         && !is_taken (address, SOCK_STREAM, port, NULL);
}

gboolean
cs_dhcp_port_is_free (const char *lan)
{
  const CsAddress any = CS_IPV4 (0, 0, 0, 0);

  return !is_taken (any, SOCK_DGRAM, CS_DHCP_PORT, lan);
}

guint
cs_dns_port_choose (guint32 except)
{
  const CsAddress nobodys = CS_IPV4 (127, 137, 53, 53);

  for (guint port = CS_OWN_DNS_FIRST; port <= CS_OWN_DNS_LAST; port++)
    if (!(except & CS_OWN_DNS_BIT (port)) && cs_dns_port_is_free (nobodys, port))
      return port;
  return CS_OWN_DNS_FIRST;
}
