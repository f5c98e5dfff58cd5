/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel announces a neighbour that has come, answered, or failed to answer. What it
 * tells of its own doubts in between is filtered out, and what it tells of other links
 * than LANs, such as the uplink with its gateway: a quiet LAN wakes nobody. */
#include "neighborhood.h"

#include <glib-unix.h>
#include <linux/filter.h>
#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

struct _CsNeighborhood
{
  CsNeighborhoodFunc heard;
  gpointer user_data;
  CsNetlink *netlink; /* (owned) (nullable) for requests */
  CsNetlink *events;  /* (owned) (nullable) while it listens */
  GArray *ifindexes;  /* (owned) (nullable) of int: to which it listens */
  guint fd_source;    /* of .events, or 0 */
};

CsNeighborhood *
cs_neighborhood_new (CsNeighborhoodFunc heard, gpointer user_data)
{
  CsNeighborhood *self = g_new0 (CsNeighborhood, 1);

  self->heard = heard;
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

static void
on_message (const struct nlmsghdr *message, gpointer user_data)
{
  CsNeighborhood *self = user_data;
  const struct ndmsg *header = mnl_nlmsg_get_payload (message);
  CsNeighbor neighbor;

  if (mnl_nlmsg_get_payload_len (message) < sizeof *header)
    return;
  self->heard (header->ndm_ifindex,
               cs_neighbor_parse (message, header->ndm_ifindex, &neighbor) ? &neighbor
                                                                           : NULL,
               self->user_data);
}

static gboolean
on_event (int fd, GIOCondition condition, gpointer user_data)
{
  CsNeighborhood *self = user_data;

  if (!cs_netlink_hear (self->events, on_message, self))
    self->heard (0, NULL, self->user_data);
  return G_SOURCE_CONTINUE;
}

/* Leaves out neighbours that the kernel is about to ask or is asking, and those on other
 * links. Where there are more links than a filter has room for, all are heard. */
static void
filter_events (CsNeighborhood *self)
{
  const guint32 header = NLMSG_HDRLEN;
  /* the kernel of the packet language reads numbers in network order */
  const guint32 news = GUINT16_FROM_BE (NUD_REACHABLE | NUD_STALE | NUD_FAILED);
  const struct sock_filter drop = BPF_STMT (BPF_RET | BPF_K, 0);
  const struct sock_filter begin[] = {
    BPF_STMT (BPF_LD | BPF_H | BPF_ABS,
              header + G_STRUCT_OFFSET (struct ndmsg, ndm_state)),
    BPF_JUMP (BPF_JMP | BPF_JSET | BPF_K, news, 1, 0),
    drop,
    BPF_STMT (BPF_LD | BPF_W | BPF_ABS,
              header + G_STRUCT_OFFSET (struct ndmsg, ndm_ifindex)),
  };
  g_autoptr (GArray) steps = g_array_new (FALSE, FALSE, sizeof (struct sock_filter));
  struct sock_fprog program;
  int fd = mnl_socket_get_fd (self->events->socket), none = 0;

  g_array_append_vals (steps, begin, G_N_ELEMENTS (begin));
  for (guint i = 0; i < self->ifindexes->len; i++)
    {
      const guint32 ifindex
          = GUINT32_FROM_BE ((guint32)g_array_index (self->ifindexes, int, i));
      const struct sock_filter take[] = {
        BPF_JUMP (BPF_JMP | BPF_JEQ | BPF_K, ifindex, 0, 1),
        BPF_STMT (BPF_RET | BPF_K, G_MAXUINT32),
      };

      g_array_append_vals (steps, take, G_N_ELEMENTS (take));
    }
  g_array_append_val (steps, drop);
  program = (struct sock_fprog){ (guint16)MIN (steps->len, G_MAXUINT16),
                                 (struct sock_filter *)steps->data };
  if (setsockopt (fd, SOL_SOCKET, SO_ATTACH_FILTER, &program, sizeof program) != 0)
    setsockopt (fd, SOL_SOCKET, SO_DETACH_FILTER, &none, sizeof none);
}

static gboolean
are_equal (const GArray *one, const GArray *other)
{
  return one != NULL && one->len == other->len
         && memcmp (one->data, other->data, one->len * sizeof (int)) == 0;
}

void
cs_neighborhood_listen (CsNeighborhood *self, GArray *ifindexes)
{
  static const int groups[] = { RTNLGRP_NEIGH, 0 };

  if (self->events == NULL)
    self->events = cs_netlink_listen (NETLINK_ROUTE, groups, NULL);
  if (self->events == NULL)
    return;
  if (self->fd_source == 0)
    self->fd_source = g_unix_fd_add (mnl_socket_get_fd (self->events->socket), G_IO_IN,
                                     on_event, self);
  if (are_equal (self->ifindexes, ifindexes))
    return;
  g_clear_pointer (&self->ifindexes, g_array_unref);
  self->ifindexes = g_array_ref (ifindexes);
  filter_events (self);
}

void
cs_neighborhood_ignore (CsNeighborhood *self)
{
  g_clear_handle_id (&self->fd_source, g_source_remove);
  g_clear_pointer (&self->events, cs_netlink_close);
  g_clear_pointer (&self->ifindexes, g_array_unref);
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
