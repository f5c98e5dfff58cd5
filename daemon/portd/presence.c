/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "presence.h"

#include "nat-pmp.h"
#include "pcp.h"
#include "ssdp.h"

#include <arpa/inet.h>
#include <netinet/in.h>
#include <string.h>
#include <sys/socket.h>

/* Of RFC 6886, section 3.2.1: ten times, after a quarter of a second and then twice as
 * long each time. */
#define ANNOUNCEMENTS 10
#define FIRST_PAUSE   (G_USEC_PER_SEC / 4)
#define ANNOUNCE_PORT 5350

/* The first three come soon after each other, as datagrams may be lost. */
#define NOTIFICATIONS 3
#define NOTIFY_SOON   (2 * G_USEC_PER_SEC)
#define NOTIFY_LATER  (CS_SSDP_MAX_AGE / 3 * G_USEC_PER_SEC)

void
cs_presence_begin (CsPresence *self, gint64 now)
{
  self->notified = 0;
  self->notify_at = now;
  cs_presence_renew (self, now);
}

void
cs_presence_renew (CsPresence *self, gint64 now)
{
  self->announced = 0;
  self->announce_at = now;
}

static void
send_to (int fd, const char *group, guint16 port, gconstpointer data, gsize size)
{
  struct sockaddr_in address = { .sin_family = AF_INET, .sin_port = htons (port) };

  address.sin_addr.s_addr = inet_addr (group);
  sendto (fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
          sizeof address);
}

static void
send_to_all_nodes (int fd, gconstpointer data, gsize size)
{
  struct sockaddr_in6 address
      = { .sin6_family = AF_INET6, .sin6_port = htons (ANNOUNCE_PORT) };

  address.sin6_addr.s6_addr[0] = 0xff;
  address.sin6_addr.s6_addr[1] = 0x02;
  address.sin6_addr.s6_addr[15] = 1;
  sendto (fd, data, size, MSG_DONTWAIT | MSG_NOSIGNAL, (struct sockaddr *)&address,
          sizeof address);
}

static void
announce (const CsPresence *self, const CsGateway *gateway)
{
  guint8 text[CS_PCP_MAX];
  gsize size = cs_pcp_print_announce (gateway->epoch, text);

  send_to (self->control, "224.0.0.1", ANNOUNCE_PORT, text, size);
  send_to_all_nodes (self->control6, text, size);
  size = cs_nat_pmp_print_address (gateway->settings.external, gateway->epoch, text);
  send_to (self->control, "224.0.0.1", ANNOUNCE_PORT, text, size);
}

static void
notify (const CsPresence *self, const CsGateway *gateway, gboolean alive)
{
  g_autoptr (GArray) targets = cs_ssdp_targets (&gateway->settings);

  for (guint i = 0; i < targets->len; i++)
    {
      const CsSsdpTarget *target = &g_array_index (targets, CsSsdpTarget, i);
      g_autofree char *text = cs_ssdp_print_notify (target, &gateway->settings, alive);

      send_to (self->search, "239.255.255.250", CS_PORTD_SEARCH_PORT, text,
               strlen (text));
    }
}

gint64
cs_presence_run (CsPresence *self, const CsGateway *gateway, gint64 now)
{
  if (now >= self->announce_at)
    {
      announce (self, gateway);
      self->announce_at = self->announced + 1 < ANNOUNCEMENTS
                              ? now + (FIRST_PAUSE << self->announced)
                              : G_MAXINT64;
      self->announced++;
    }
  if (now >= self->notify_at)
    {
      notify (self, gateway, TRUE);
      self->notified++;
      self->notify_at
          = now + (self->notified < NOTIFICATIONS ? NOTIFY_SOON : NOTIFY_LATER);
    }
  return MIN (self->announce_at, self->notify_at);
}

void
cs_presence_end (CsPresence *self, const CsGateway *gateway)
{
  notify (self, gateway, FALSE);
}
