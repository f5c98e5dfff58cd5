/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second socket gets the kernel's notifications, whose content is ignored: any of them
 * leads to a query for the addresses, so a lost one does no harm. */
#include "address-watch.h"

#include "system/netlink/rtnetlink.h"

#include <glib-unix.h>

struct _CsAddressWatch
{
  CsNetlink *netlink; /* (owned) for queries */
  CsNetlink *events;  /* (owned) */
  guint source;       /* of .events */
  int ifindex;
  CsCidr address;
  CsAddressFunc changed;
  gpointer user_data;
};

static gboolean
on_event (int fd, GIOCondition condition, gpointer user_data)
{
  CsAddressWatch *self = user_data;

  cs_netlink_hear (self->events, NULL, NULL);
  self->changed (self->user_data);
  return G_SOURCE_CONTINUE;
}

CsAddressWatch *
cs_address_watch_new (int ifindex,
                      CsCidr address,
                      CsAddressFunc changed,
                      gpointer user_data,
                      GError **error)
{
  static const int groups[] = { RTNLGRP_IPV4_IFADDR, 0 };
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, error);
  g_autoptr (CsNetlink) events
      = netlink != NULL ? cs_netlink_listen (NETLINK_ROUTE, groups, error) : NULL;
  CsAddressWatch *self;

  if (events == NULL)
    return NULL;
  self = g_new0 (CsAddressWatch, 1);
  self->netlink = g_steal_pointer (&netlink);
  self->events = g_steal_pointer (&events);
  self->ifindex = ifindex;
  self->address = address;
  self->changed = changed;
  self->user_data = user_data;
  self->source = g_unix_fd_add (mnl_socket_get_fd (self->events->socket),
                                G_IO_IN | G_IO_ERR, on_event, self);
  return self;
}

void
cs_address_watch_free (CsAddressWatch *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  cs_netlink_close (self->events);
  cs_netlink_close (self->netlink);
  g_free (self);
}

typedef struct
{
  int ifindex;
  CsCidr address;
  gboolean found;
} Search;

static void
on_address (const struct nlmsghdr *message, gpointer user_data)
{
  Search *search = user_data;
  int ifindex;
  CsInterfaceAddress address;

  if (cs_rtnetlink_parse_address (message, &ifindex, &address)
      && ifindex == search->ifindex && cs_cidr_equal (address.local, search->address))
    search->found = TRUE;
}

/* FALSE: the kernel gives no answer. An interrupted dump may lack an address. */
static gboolean
look (CsAddressWatch *self, gboolean *there)
{
  Search search = { .ifindex = self->ifindex, .address = self->address };

  self->netlink->interrupted = FALSE;
  if (!cs_rtnetlink_dump (self->netlink, RTM_GETADDR, AF_INET, 0, on_address, &search,
                          NULL))
    return FALSE;
  *there = search.found;
  return search.found || !self->netlink->interrupted;
}

gboolean
cs_address_watch_is_there (CsAddressWatch *self)
{
  gboolean there;

  return look (self, &there) && there;
}

gboolean
cs_address_watch_is_gone (CsAddressWatch *self)
{
  gboolean there;

  return look (self, &there) && !there;
}
