/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel announces a neighbour that has come, answered, or failed to answer; what it
 * tells of its own doubts in between is filtered out, so a quiet LAN wakes nobody. */
#include "neighborhood.h"

#include <glib-unix.h>
#include <linux/filter.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>

struct _CsNeighborhood
{
  void (*changed) (gpointer);
  gpointer user_data;
  CsNetlink *netlink; /* (owned) (nullable) for requests */
  CsNetlink *events;  /* (owned) (nullable) while it listens */
  guint fd_source;    /* of .events, or 0 */
};

CsNeighborhood *
cs_neighborhood_new (void (*changed) (gpointer), gpointer user_data)
{
  CsNeighborhood *self = g_new0 (CsNeighborhood, 1);

  self->changed = changed;
  self->user_data = user_data;
  return self;
}

void
cs_neighborhood_free (CsNeighborhood *self)
{
  cs_neighborhood_ignore (self);
  g_clear_pointer (&self->netlink, cs_netlink_close);
  g_free (self);
}

/* --- News -------------------------------------------------------------------------- */

static gboolean
on_event (int fd, GIOCondition condition, gpointer user_data)
{
  CsNeighborhood *self = user_data;

  cs_netlink_hear (self->events, NULL, NULL);
  self->changed (self->user_data);
  return G_SOURCE_CONTINUE;
}

/* Leaves out neighbours that the kernel is about to ask or is asking. */
static void
filter_events (CsNetlink *netlink)
{
  const guint32 state = NLMSG_HDRLEN + G_STRUCT_OFFSET (struct ndmsg, ndm_state);
  /* the kernel of the packet language reads numbers in network order */
  const guint32 news = GUINT16_FROM_BE (NUD_REACHABLE | NUD_STALE | NUD_FAILED);
  struct sock_filter steps[] = {
    BPF_STMT (BPF_LD | BPF_H | BPF_ABS, state),
    BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, news, 0, 1),
    BPF_STMT (BPF_RET | BPF_K, G_MAXUINT32),
    BPF_STMT (BPF_RET | BPF_K, 0),
  };
  struct sock_fprog program = { G_N_ELEMENTS (steps), steps };

  setsockopt (mnl_socket_get_fd (netlink->socket), SOL_SOCKET, SO_ATTACH_FILTER, &program,
              sizeof program);
}

void
cs_neighborhood_listen (CsNeighborhood *self)
{
  static const int groups[] = { RTNLGRP_NEIGH, 0 };

  if (self->events != NULL)
    return;
  self->events = cs_netlink_listen (NETLINK_ROUTE, groups, NULL);
  if (self->events == NULL)
    return;
  filter_events (self->events);
  self->fd_source
      = g_unix_fd_add (mnl_socket_get_fd (self->events->socket), G_IO_IN, on_event, self);
}

void
cs_neighborhood_ignore (CsNeighborhood *self)
{
  g_clear_handle_id (&self->fd_source, g_source_remove);
  g_clear_pointer (&self->events, cs_netlink_close);
}

/* --- Requests ---------------------------------------------------------------------- */

typedef struct
{
  int ifindex;
  void (*found) (const CsNeighbor *, gpointer user_data);
  gpointer user_data;
} Listing;

static void
on_neighbor (const struct nlmsghdr *message, gpointer user_data)
{
  const Listing *listing = user_data;
  CsNeighbor neighbor;

  if (cs_neighbor_parse (message, listing->ifindex, &neighbor))
    listing->found (&neighbor, listing->user_data);
}

void
cs_neighborhood_list (CsNeighborhood *self,
                      int family,
                      int ifindex,
                      void (*found) (const CsNeighbor *, gpointer user_data),
                      gpointer user_data)
{
  Listing listing = { ifindex, found, user_data };

  if (cs_netlink_renew (&self->netlink, NETLINK_ROUTE) != NULL)
    cs_neighbors_dump (self->netlink, family, ifindex, on_neighbor, &listing);
}

void
cs_neighborhood_probe (CsNeighborhood *self, int ifindex, const CsNeighbor *neighbor)
{
  if (cs_netlink_renew (&self->netlink, NETLINK_ROUTE) != NULL)
    cs_neighbor_probe (self->netlink, ifindex, neighbor);
}
