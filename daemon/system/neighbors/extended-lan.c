/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A client shows its address when it asks whether somebody has that already (duplicate
 * address detection), which a packet socket hears, or when the kernel finds it. Then this
 * computer asks the same at the uplink, where the address may be somebody else's, and if
 * nobody answers for a moment, the client gets its routes, and the kernel answers for it.
 * Whoever shows up at the uplink with it later keeps it.
 *
 * Anybody on the LAN can make up as many addresses as there are. So only so many are
 * looked at in one go, those whose clients do not answer themselves are dropped soon, and
 * the list is bounded (core/value/proxied). Clients that are silent are asked now and
 * then.
 */
#include "extended-lan.h"

#include "proxies.h"
#include "solicitations.h"

#include "base/errno-words.h"
#include "base/log.h"
#include "core/plan/ipv6.h"
#include "core/value/proxied.h"
#include "system/netlink/neighbors.h"
#include "system/netlink/rtnetlink.h"

#include <errno.h>
#include <glib-unix.h>
#include <string.h>
#include <unistd.h>

/* Solicitations that are looked at in one go, and how long others wait then.
 * Milliseconds.
 */
#define MOST_READ 64
#define PAUSE     200
/* How often it is looked whether clients are still there: while one has never answered,
 * and otherwise. Seconds. */
#define LOOK_SOON 3
#define LOOK      60

struct _CsExtendedLan
{
  CsSharePlan *share; /* (owned) (nullable) */
  GArray *clients;    /* (owned) of CsProxied */
  CsNetlink *netlink; /* (owned) (nullable) for requests */
  CsNetlink *events;  /* (owned) (nullable) of neighbours */
  guint events_source;
  int fd;              /* -1: closed */
  int ifindex;         /* of .fd */
  guint source;        /* of .fd, or 0 */
  guint pause;         /* timeout source until it is read again, or 0 */
  guint decision;      /* timeout source until who has been asked for is held, or 0 */
  guint look;          /* timeout source, or 0 */
  gboolean complained; /* that there are too many */
  gboolean clashed;    /* somebody at the uplink has a client's address, which was said */
};

static gboolean
answers (const CsSharePlan *share)
{
  return cs_share_plan_forwards_ipv6 (share) && share->ipv6.mode == CS_IPV6_EXTENDED;
}

/* The network by which the uplink's link reaches clients. */
static gboolean
is_at_uplink (const CsSharePlan *share, CsAddress address)
{
  return answers (share)
         && cs_cidr_contains (
             cs_cidr_network (g_array_index (share->ipv6.addresses, CsCidr, 1)), address);
}

/* --- One client ----------------------------------------------------------------------
 */

static void
report (CsExtendedLan *self, const char *what, CsAddress address, int code)
{
  g_autofree char *text = cs_address_to_string (address);

  if (code != 0 && code != ENODEV && code != ENETDOWN && code != ENETUNREACH)
    cs_warning (self->share->lan, "cannot %s %s: %s", what, text, cs_errno_words (code));
}

static void
hold (CsExtendedLan *self, const CsProxied *client)
{
  CsAddress address = client->address;

  report (self, "route", address,
          cs_client_routes_add (self->netlink, self->share, address));
  if (is_at_uplink (self->share, address))
    report (self, "answer for", address,
            cs_proxy_add (self->netlink, self->share->uplink_ifindex, address));
}

static void
let_go (CsExtendedLan *self, const CsProxied *client)
{
  if (client->state != CS_PROXIED_HELD)
    return;
  if (self->share->uplink_ifindex != 0)
    cs_proxy_delete (self->netlink, self->share->uplink_ifindex, client->address);
  cs_client_routes_delete (self->netlink, self->share, client->address);
}

static gboolean
has_address (const CsSharePlan *share, CsAddress address)
{
  const GArray *lists[]
      = { share->ipv6.addresses, share->ipv6.deprecated, share->uplink_addresses };

  for (gsize i = 0; i < G_N_ELEMENTS (lists); i++)
    for (guint k = 0; k < lists[i]->len; k++)
      if (cs_address_equal (g_array_index (lists[i], CsCidr, k).address, address))
        return TRUE;
  for (guint i = 0; i < share->routes->len; i++)
    if (cs_address_equal (g_array_index (share->routes, CsRoute, i).gateway, address))
      return TRUE;
  return FALSE;
}

/* The address of all routers of the network (RFC 4291, 2.6.1). */
static gboolean
is_anycast (CsAddress address)
{
  static const guint8 zero[8];

  return memcmp (address.bytes + 8, zero, sizeof zero) == 0;
}

static gboolean on_decision (gpointer user_data);
static gboolean on_look (gpointer user_data);

static void
look_in (CsExtendedLan *self, guint seconds)
{
  g_clear_handle_id (&self->look, g_source_remove);
  self->look = g_timeout_add_seconds (seconds, on_look, self);
}

static void
meet (CsExtendedLan *self, CsAddress address)
{
  CsProxied dropped;

  if (!is_at_uplink (self->share, address) || is_anycast (address)
      || has_address (self->share, address)
      || cs_proxied_find (self->clients, address) != NULL)
    return;
  if (!cs_proxied_add (self->clients, address, g_get_monotonic_time (), &dropped)
      || cs_address_is_set (dropped.address))
    {
      if (!self->complained)
        cs_message (self->share->lan,
                    "more than %d IPv6 addresses are used by clients; the others cannot "
                    "be reached",
                    CS_PROXIED_MAX);
      self->complained = TRUE;
    }
  if (cs_address_is_set (dropped.address))
    let_go (self, &dropped);
  if (cs_proxied_find (self->clients, address) == NULL)
    return;
  cs_neighbor_seek (self->netlink, self->share->uplink_ifindex, address);
  if (self->decision == 0)
    self->decision
        = g_timeout_add (CS_PROXIED_ASK / G_TIME_SPAN_MILLISECOND, on_decision, self);
}

/* --- What neighbours say --------------------------------------------------------------
 */

/* It has just answered, so it is not only remembered. */
static gboolean
is_fresh (const CsNeighbor *neighbor)
{
  return neighbor->heard_ago <= 1;
}

static void
refuse (CsExtendedLan *self, CsProxied *client)
{
  if (client->state == CS_PROXIED_REFUSED)
    return;
  let_go (self, client);
  if (!self->clashed)
    {
      g_autofree char *text = cs_address_to_string (client->address);

      cs_message (self->share->lan,
                  "a client uses %s, which somebody at the uplink has, too", text);
    }
  self->clashed = TRUE;
  client->state = CS_PROXIED_REFUSED;
  client->since = g_get_monotonic_time ();
}

static void
on_neighbor (const struct nlmsghdr *message, gpointer user_data)
{
  CsExtendedLan *self = user_data;
  CsNeighbor neighbor;
  CsProxied *client;

  if (cs_neighbor_parse (message, self->share->lan_ifindex, &neighbor))
    {
      client = cs_proxied_find (self->clients, neighbor.address);
      if (client != NULL && (client->seen == 0 || neighbor.heard_ago < LOOK))
        client->seen = g_get_monotonic_time ();
      else if (client == NULL)
        meet (self, neighbor.address);
    }
  else if (self->share->uplink_ifindex != 0
           && cs_neighbor_parse (message, self->share->uplink_ifindex, &neighbor)
           && is_fresh (&neighbor))
    {
      client = cs_proxied_find (self->clients, neighbor.address);
      if (client != NULL)
        refuse (self, client);
    }
}

/* What was lost is found with the next look. */
static gboolean
on_event (int fd, GIOCondition condition, gpointer user_data)
{
  CsExtendedLan *self = user_data;

  if (!cs_netlink_hear (self->events, on_neighbor, self))
    look_in (self, LOOK_SOON);
  return G_SOURCE_CONTINUE;
}

static gboolean
on_decision (gpointer user_data)
{
  CsExtendedLan *self = user_data;
  gint64 now = g_get_monotonic_time ();
  gboolean waits = FALSE;

  self->decision = 0;
  cs_neighbors_dump (self->netlink, AF_INET6, self->share->uplink_ifindex, on_neighbor,
                     self);
  for (guint i = 0; i < self->clients->len; i++)
    {
      CsProxied *client = &g_array_index (self->clients, CsProxied, i);

      if (client->state != CS_PROXIED_ASKED)
        continue;
      if (now - client->since < CS_PROXIED_ASK / 2)
        {
          waits = TRUE;
          continue;
        }
      client->state = CS_PROXIED_HELD;
      client->since = now;
      hold (self, client);
    }
  if (waits)
    self->decision
        = g_timeout_add (CS_PROXIED_ASK / G_TIME_SPAN_MILLISECOND, on_decision, self);
  look_in (self, LOOK_SOON);
  return G_SOURCE_REMOVE;
}

/* Forgets who is gone, and asks who is quiet. */
static gboolean
on_look (gpointer user_data)
{
  CsExtendedLan *self = user_data;
  gint64 now = g_get_monotonic_time ();
  gboolean soon = FALSE;

  self->look = 0;
  cs_neighbors_dump (self->netlink, AF_INET6, self->share->lan_ifindex, on_neighbor,
                     self);
  for (guint i = self->clients->len; i-- > 0;)
    {
      const CsProxied *client = &g_array_index (self->clients, CsProxied, i);

      if (cs_proxied_is_over (client, now))
        {
          let_go (self, client);
          g_array_remove_index_fast (self->clients, i);
          continue;
        }
      soon = soon || client->seen == 0;
      if (cs_proxied_is_quiet (client, now))
        cs_neighbor_seek (self->netlink, self->share->lan_ifindex, client->address);
    }
  if (self->clients->len > 0)
    look_in (self, soon ? LOOK_SOON : LOOK);
  return G_SOURCE_REMOVE;
}

/* --- What clients ask ----------------------------------------------------------------
 */

static gboolean on_solicitation (int fd, GIOCondition condition, gpointer user_data);

static void
listen_again (CsExtendedLan *self)
{
  if (self->fd >= 0 && self->source == 0)
    self->source = g_unix_fd_add (self->fd, G_IO_IN, on_solicitation, self);
}

static gboolean
on_pause_over (gpointer user_data)
{
  CsExtendedLan *self = user_data;

  self->pause = 0;
  listen_again (self);
  return G_SOURCE_REMOVE;
}

static gboolean
on_solicitation (int fd, GIOCondition condition, gpointer user_data)
{
  CsExtendedLan *self = user_data;
  CsAddress address;

  for (guint i = 0; i < MOST_READ; i++)
    {
      if (!cs_solicitations_read (fd, &address))
        {
          /* the LAN is switched off or gone */
          if ((condition & (G_IO_ERR | G_IO_HUP)) == 0)
            return G_SOURCE_CONTINUE;
          break;
        }
      meet (self, address);
    }
  self->source = 0;
  self->pause = g_timeout_add (PAUSE, on_pause_over, self);
  return G_SOURCE_REMOVE;
}

static void
stop_listening (CsExtendedLan *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  g_clear_handle_id (&self->pause, g_source_remove);
  g_clear_handle_id (&self->events_source, g_source_remove);
  g_clear_pointer (&self->events, cs_netlink_close);
  if (self->fd >= 0)
    close (self->fd);
  self->fd = -1;
}

static gboolean
begin_listening (CsExtendedLan *self, GError **error)
{
  static const int groups[] = { RTNLGRP_NEIGH, 0 };

  if (self->fd >= 0 && self->ifindex == self->share->lan_ifindex)
    return TRUE;
  stop_listening (self);
  self->events = cs_netlink_listen (NETLINK_ROUTE, groups, error);
  if (self->events == NULL)
    return FALSE;
  self->events_source
      = g_unix_fd_add (mnl_socket_get_fd (self->events->socket), G_IO_IN, on_event, self);
  self->ifindex = self->share->lan_ifindex;
  self->fd = cs_solicitations_open (self->ifindex);
  if (self->fd < 0)
    cs_warning (self->share->lan, "cannot listen to neighbor solicitations: %s",
                cs_errno_words (errno));
  listen_again (self);
  return TRUE;
}

/* --- Following the plan --------------------------------------------------------------
 */

/* What an earlier service has held. */
static void
take_over (CsExtendedLan *self)
{
  g_autoptr (GArray) held = cs_client_routes_list (self->netlink, self->share);
  gint64 now = g_get_monotonic_time ();

  for (guint i = 0; i < held->len && self->clients->len < CS_PROXIED_MAX; i++)
    {
      CsProxied client = { .address = g_array_index (held, CsAddress, i),
                           .state = CS_PROXIED_HELD,
                           .since = now };

      if (cs_proxied_find (self->clients, client.address) == NULL)
        g_array_append_val (self->clients, client);
    }
}

static void
drop_left (CsExtendedLan *self)
{
  for (guint i = self->clients->len; i-- > 0;)
    {
      const CsProxied *client = &g_array_index (self->clients, CsProxied, i);

      if (!cs_cidrs_contain (self->share->ipv6.extended, client->address)
          || has_address (self->share, client->address))
        g_array_remove_index_fast (self->clients, i);
    }
}

gboolean
cs_extended_lan_follow (CsExtendedLan *self, CsSharePlan *share, GError **error)
{
  if (cs_netlink_renew (&self->netlink, NETLINK_ROUTE) == NULL)
    {
      int cause = errno;

      return cs_netlink_check (self->netlink, cause, error, "cannot route IPv6 clients");
    }
  g_clear_pointer (&self->share, cs_share_plan_unref);
  self->share = cs_share_plan_ref (share);
  drop_left (self);
  take_over (self);
  for (guint i = 0; i < self->clients->len; i++)
    {
      const CsProxied *client = &g_array_index (self->clients, CsProxied, i);

      if (client->state == CS_PROXIED_HELD)
        hold (self, client);
    }
  look_in (self, LOOK_SOON);
  return begin_listening (self, error);
}

CsExtendedLan *
cs_extended_lan_new (void)
{
  CsExtendedLan *self = g_new0 (CsExtendedLan, 1);

  self->clients = g_array_new (FALSE, FALSE, sizeof (CsProxied));
  self->fd = -1;
  return self;
}

void
cs_extended_lan_free (CsExtendedLan *self)
{
  stop_listening (self);
  g_clear_handle_id (&self->decision, g_source_remove);
  g_clear_handle_id (&self->look, g_source_remove);
  g_clear_pointer (&self->netlink, cs_netlink_close);
  g_clear_pointer (&self->share, cs_share_plan_unref);
  g_array_unref (self->clients);
  g_free (self);
}
