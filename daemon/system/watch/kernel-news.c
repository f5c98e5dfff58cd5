/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Applies the kernel's announcements to the known state, and decides whether they matter
 * to anybody. */
#include "kernel-view-private.h"

#include "link-kind.h"

#include "core/value/request.h"

#include <linux/if.h>
#include <linux/if_addr.h>
#include <linux/netconf.h>
#include <string.h>

/* The flags that show in a snapshot. */
#define FLAGS_SHOWN (IFF_UP | IFF_LOWER_UP | IFF_POINTOPOINT | IFF_LOOPBACK)

CsKnownLink *
cs_kernel_view_find (CsKernelView *self, int ifindex)
{
  return g_hash_table_lookup (self->known, GINT_TO_POINTER (ifindex));
}

static gboolean
is_same_device (const CsLink *a, const CsLink *b)
{
  return a->type == b->type && strcmp (a->name, b->name) == 0
         && strcmp (a->info_kind, b->info_kind) == 0;
}

static gboolean
is_same (const CsLink *a, const CsLink *b)
{
  return is_same_device (a, b) && a->mtu == b->mtu && a->master == b->master
         && a->forwarding == b->forwarding && a->rp_filter == b->rp_filter
         && (a->flags & FLAGS_SHOWN) == (b->flags & FLAGS_SHOWN);
}

GArray *
cs_kernel_view_new_addresses (void)
{
  return g_array_new (FALSE, TRUE, sizeof (CsInterfaceAddress));
}

CsKnownLink *
cs_kernel_view_remember (CsKernelView *self, const CsLink *link)
{
  CsKnownLink *known = cs_kernel_view_find (self, link->ifindex);

  if (known == NULL)
    {
      known = g_new0 (CsKnownLink, 1);
      known->addresses = cs_kernel_view_new_addresses ();
      g_hash_table_insert (self->known, GINT_TO_POINTER (link->ifindex), known);
    }
  if (!is_same_device (&known->link, link))
    known->kind = cs_link_kind (link);
  known->link = *link;
  return known;
}

static gboolean
is_minded (CsKernelView *self, const CsKnownLink *known)
{
  for (guint i = 0; i < self->requests->len; i++)
    if (cs_request_minds (self->requests->pdata[i], known->link.name, known->kind))
      return TRUE;
  return FALSE;
}

/* For a link that may be a container's, existing is not enough. */
static gboolean
concerns_anybody (CsKernelView *self, const CsKnownLink *known)
{
  const CsKnownLink *master = cs_kernel_view_find (self, known->link.master);
  gboolean is_plain = known->kind == CS_KIND_ETHERNET || known->kind == CS_KIND_BRIDGE
                      || known->kind == CS_KIND_OTHER;

  return self->requests == NULL || !is_plain || known->addresses->len > 0
         || known->readdress || is_minded (self, known)
         || (master != NULL && is_minded (self, master))
         || cs_kernel_routes_has_link (self->routes, known->link.ifindex);
}

/* Updates the routes when @before becomes @link. Objects of "ip nexthop" go with the
 * carrier. */
static void
follow_routes (CsKernelView *self, const CsLink *before, const CsLink *link)
{
  unsigned int changed = before->flags ^ link->flags;

  if ((changed & IFF_UP) && !(link->flags & IFF_UP))
    cs_kernel_routes_link_down (self->routes, link->ifindex);
  else if (changed & IFF_UP)
    cs_kernel_routes_link_up (self->routes);
  else if ((changed & IFF_LOWER_UP) && !(link->flags & IFF_LOWER_UP)
           && cs_kernel_routes_has_link (self->routes, link->ifindex))
    cs_kernel_routes_distrust (self->routes);
  if (link->drops_linkdown != before->drops_linkdown
      || (link->drops_linkdown && (changed & (IFF_RUNNING | IFF_LOWER_UP))))
    cs_kernel_routes_distrust (self->routes);
}

static gboolean
hear_link (CsKernelView *self, const struct nlmsghdr *message)
{
  CsKnownLink *known;
  gboolean concerned, changed;
  CsLink link;

  if (!cs_rtnetlink_parse_link (message, &link))
    return FALSE;
  known = cs_kernel_view_find (self, link.ifindex);
  concerned = known != NULL && concerns_anybody (self, known);
  if (message->nlmsg_type == RTM_DELLINK)
    {
      cs_kernel_routes_link_gone (self->routes, link.ifindex);
      g_hash_table_remove (self->known, GINT_TO_POINTER (link.ifindex));
      return concerned;
    }
  changed = known == NULL || !is_same (&known->link, &link);
  if (known != NULL)
    follow_routes (self, &known->link, &link);
  known = cs_kernel_view_remember (self, &link);
  return changed && (concerned || concerns_anybody (self, known));
}

/* When a link that is up loses its last address, its routes go; when it loses any
 * address, so do the routes with that source. */
static gboolean
hear_address (CsKernelView *self, const struct nlmsghdr *message)
{
  CsInterfaceAddress address;
  CsKnownLink *known;
  int ifindex;

  if (!cs_rtnetlink_parse_address (message, &ifindex, &address))
    return FALSE;
  known = cs_kernel_view_find (self, ifindex);
  if (known != NULL)
    known->readdress = TRUE;
  self->loses = self->loses || message->nlmsg_type == RTM_DELADDR;
  if (message->nlmsg_type == RTM_DELADDR
      && ((known != NULL && (known->link.flags & IFF_UP))
          || cs_kernel_routes_has_source (self->routes, address.local.address)))
    cs_kernel_routes_distrust (self->routes);
  return TRUE;
}

static gboolean
hear_rule (CsKernelView *self, const struct nlmsghdr *message)
{
  CsRule rule;

  if (!cs_rtnetlink_parse_rule (message, &rule))
    return FALSE;
  self->rules_distrusted = TRUE;
  return TRUE;
}

/* Somebody wrote net.ipv4.conf.*; writing to "all" or "default" there changes links
 * without an announcement. A new link's message precedes the link itself. */
static gboolean
hear_conf (CsKernelView *self, const struct nlmsghdr *message)
{
  static const guint8 sizes[NETCONFA_MAX + 1] = { [NETCONFA_IFINDEX] = sizeof (guint32) };
  const struct nlattr *attributes[NETCONFA_MAX + 1];
  CsLink link;
  CsKnownLink *known;
  int ifindex;

  if (!cs_netlink_parse (message, sizeof (struct netconfmsg), sizes, attributes,
                         NETCONFA_MAX))
    return FALSE;
  ifindex = (int)cs_netlink_get_u32 (attributes[NETCONFA_IFINDEX], 0);
  if (ifindex < 0)
    {
      self->links_distrusted = TRUE;
      return TRUE;
    }
  known = cs_kernel_view_find (self, ifindex);
  if (known == NULL)
    return FALSE;
  link = known->link;
  link.forwarding = (int)cs_netlink_get_u32 (attributes[NETCONFA_FORWARDING],
                                             (guint32)link.forwarding);
  link.rp_filter
      = (int)cs_netlink_get_u32 (attributes[NETCONFA_RP_FILTER], (guint32)link.rp_filter);
  link.drops_linkdown
      = cs_netlink_get_u32 (attributes[NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN],
                            link.drops_linkdown)
        != 0;
  follow_routes (self, &known->link, &link);
  if (is_same (&known->link, &link))
    return FALSE;
  known->link = link;
  return concerns_anybody (self, known);
}

gboolean
cs_kernel_view_is_news (CsKernelView *self, const struct nlmsghdr *message)
{
  switch (message->nlmsg_type)
    {
    case RTM_NEWLINK:
    case RTM_DELLINK:
      return hear_link (self, message);
    case RTM_NEWADDR:
    case RTM_DELADDR:
      return hear_address (self, message);
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      return cs_kernel_routes_hear (self->routes, message);
    case RTM_NEWRULE:
    case RTM_DELRULE:
      return hear_rule (self, message);
    case RTM_NEWNEXTHOP: /* routes change with it, which the kernel need not announce */
    case RTM_DELNEXTHOP:
      cs_kernel_routes_distrust (self->routes);
      return TRUE;
    case RTM_NEWNETCONF:
      return hear_conf (self, message);
    default:
      return FALSE;
    }
}
