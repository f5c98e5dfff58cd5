/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A second socket gets the kernel's notifications, whose content is not looked at: after
 * any, the addresses are asked for, and so a lost one does no harm. */
#include "address-watch.h"

#include "netlink.h"

#include "dbus/errors.h"
#include "engine/errno-words.h"

#include <errno.h>
#include <glib-unix.h>
#include <sys/socket.h>

struct _CsAddressWatch
{
  CsNetlink *netlink;     /* (owned) for questions */
  struct nl_sock *events; /* (owned) */
  guint source;           /* of .events */
  int ifindex;
  CsCidr address;
  CsAddressFunc changed;
  gpointer user_data;
};

static gboolean
on_event (int fd, GIOCondition condition, gpointer user_data)
{
  CsAddressWatch *self = user_data;
  char dropped[4096];

  while (recv (fd, dropped, sizeof dropped, MSG_DONTWAIT) > 0)
    ;
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
  g_autoptr (CsNetlink) netlink = cs_netlink_open (error);
  CsAddressWatch *self;

  if (netlink == NULL)
    return NULL;
  self = g_new0 (CsAddressWatch, 1);
  self->netlink = g_steal_pointer (&netlink);
  self->ifindex = ifindex;
  self->address = address;
  self->changed = changed;
  self->user_data = user_data;
  self->events = nl_socket_alloc ();
  if (self->events == NULL)
    g_error ("out of memory");
  if (nl_connect (self->events, NETLINK_ROUTE) < 0
      || nl_socket_add_memberships (self->events, RTNLGRP_IPV4_IFADDR, 0) < 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "Cannot follow the host's addresses: %s", cs_errno_words (errno));
      cs_address_watch_free (self);
      return NULL;
    }
  self->source = g_unix_fd_add (nl_socket_get_fd (self->events), G_IO_IN | G_IO_ERR,
                                on_event, self);
  return self;
}

void
cs_address_watch_free (CsAddressWatch *self)
{
  g_clear_handle_id (&self->source, g_source_remove);
  nl_socket_free (self->events);
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
  CsAddress address;

  if (cs_netlink_parse_address (message, &ifindex, &address) && ifindex == search->ifindex
      && cs_cidr_equal (address.local, search->address))
    search->found = TRUE;
}

gboolean
cs_address_watch_is_there (CsAddressWatch *self)
{
  Search search = { .ifindex = self->ifindex, .address = self->address };

  cs_netlink_dump (self->netlink, RTM_GETADDR, 0, on_address, &search, NULL);
  return search.found;
}
