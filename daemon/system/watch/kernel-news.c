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

GArray *
cs_kernel_view_new_addresses6 (void)
{
  return g_array_new (FALSE, TRUE, sizeof (CsIpv6Address));
}

CsKnownLink *
cs_kernel_view_remember (CsKernelView *self, const CsLink *link)
{
  CsKnownLink *known = cs_kernel_view_find (self, link->ifindex);

  if (known == NULL)
    {
      known = g_new0 (CsKnownLink, 1);
      known->addresses = cs_kernel_view_new_addresses ();
      known->addresses6 = cs_kernel_view_new_addresses6 ();
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

gboolean
cs_kernel_view_has_address (const CsKnownLink *known)
{
  for (guint i = 0; i < known->addresses6->len; i++)
    if (!cs_address_is_link_local (
            g_array_index (known->addresses6, CsIpv6Address, i).local.address))
      return TRUE;
  return known->addresses->len > 0;
}

/* For a link that may be a container's, existing is not enough. */
static gboolean
concerns_anybody (CsKernelView *self, const CsKnownLink *known)
{
  const CsKnownLink *master = cs_kernel_view_find (self, known->link.master);
  gboolean is_plain = known->kind == CS_KIND_ETHERNET || known->kind == CS_KIND_BRIDGE
                      || known->kind == CS_KIND_OTHER;

  return self->requests == NULL || !is_plain || cs_kernel_view_has_address (known)
         || known->readdress || is_minded (self, known)
         || (master != NULL && is_minded (self, master))
         || cs_kernel_routes_has_link (self->routes, known->link.ifindex)
         || cs_kernel_routes_has_link (self->routes6, known->link.ifindex);
}

/* Of one family: @drops and @dropped are its .drops_linkdown, now and before. Objects of
 * "ip nexthop" go with the carrier. */
static void
follow (CsKernelRoutes *routes,
        const CsLink *link,
        unsigned int changed,
        gboolean drops,
        gboolean dropped)
{
  if ((changed & IFF_UP) && !(link->flags & IFF_UP))
    cs_kernel_routes_link_down (routes, link->ifindex);
  else if (changed & IFF_UP)
    cs_kernel_routes_link_up (routes);
  else if ((changed & IFF_LOWER_UP) && !(link->flags & IFF_LOWER_UP)
           && cs_kernel_routes_has_link (routes, link->ifindex))
    cs_kernel_routes_distrust (routes);
  if (drops != dropped || (drops && (changed & (IFF_RUNNING | IFF_LOWER_UP))))
    cs_kernel_routes_distrust (routes);
}

/* Updates the routes when @before becomes @link. */
static void
follow_routes (CsKernelView *self, const CsLink *before, const CsLink *link)
{
  unsigned int changed = before->flags ^ link->flags;

  follow (self->routes, link, changed, link->drops_linkdown, before->drops_linkdown);
  follow (self->routes6, link, changed, link->drops_linkdown6, before->drops_linkdown6);
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
  changed = known == NULL || message->nlmsg_type == RTM_DELLINK
            || !is_same (&known->link, &link);
  concerned = known != NULL && changed && concerns_anybody (self, known);
  if (message->nlmsg_type == RTM_DELLINK)
    {
      cs_kernel_routes_link_gone (self->routes, link.ifindex);
      cs_kernel_routes_link_gone (self->routes6, link.ifindex);
      g_hash_table_remove (self->known, GINT_TO_POINTER (link.ifindex));
      return concerned;
    }
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

/* The place of an address, if it is known. */
static gboolean
find_address6 (const CsKnownLink *known, CsCidr local, guint *place)
{
  for (guint i = 0; i < known->addresses6->len; i++)
    if (cs_cidr_equal (g_array_index (known->addresses6, CsIpv6Address, i).local, local))
      {
        *place = i;
        return TRUE;
      }
  return FALSE;
}

/* Each router advertisement has the kernel announce the address again. */
static gboolean
is_known_address6 (const CsKnownLink *known, guint16 type, const CsIpv6Address *address)
{
  const CsIpv6Address *other;
  guint place;

  if (known->readdress6)
    return FALSE;
  if (!find_address6 (known, address->local, &place))
    return type == RTM_DELADDR;
  other = &g_array_index (known->addresses6, CsIpv6Address, place);
  return type == RTM_NEWADDR && other->unusable == address->unusable
         && other->deprecated == address->deprecated
         && other->temporary == address->temporary
         && other->permanent == address->permanent;
}

/* Routes with an address as their source lose that when it goes. */
static gboolean
hear_address6 (CsKernelView *self, const struct nlmsghdr *message)
{
  CsIpv6Address address;
  CsKnownLink *known;
  int ifindex;

  if (!cs_rtnetlink_parse_address6 (message, &ifindex, &address))
    return FALSE;
  known = cs_kernel_view_find (self, ifindex);
  if (known == NULL || is_known_address6 (known, message->nlmsg_type, &address))
    return FALSE;
  known->readdress6 = TRUE;
  if (message->nlmsg_type == RTM_DELADDR
      && cs_kernel_routes_has_source (self->routes6, address.local.address))
    {
      self->loses = self->loses_source6 = TRUE;
      cs_kernel_routes_distrust (self->routes6);
    }
  return !cs_address_is_link_local (address.local.address)
         || concerns_anybody (self, known);
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

/* Somebody wrote net.ipv6.conf.*, which each snapshot reads. */
static gboolean
hear_conf6 (CsKernelView *self, int ifindex, const struct nlattr *drops_linkdown)
{
  CsKnownLink *known = cs_kernel_view_find (self, ifindex);
  CsLink link;

  if (known == NULL)
    return ifindex < 0;
  link = known->link;
  link.drops_linkdown6
      = cs_netlink_get_u32 (drops_linkdown, (guint32)link.drops_linkdown6) != 0;
  follow_routes (self, &known->link, &link);
  known->link = link;
  return concerns_anybody (self, known);
}

/* Somebody wrote net.ipv4.conf.*; writing to "all" or "default" there changes links
 * without an announcement. A new link's message precedes the link itself. */
static gboolean
hear_conf (CsKernelView *self, const struct nlmsghdr *message)
{
  static const guint8 sizes[NETCONFA_MAX + 1] = { [NETCONFA_IFINDEX] = sizeof (guint32) };
  const struct nlattr *attributes[NETCONFA_MAX + 1];
  const struct netconfmsg *info = mnl_nlmsg_get_payload (message);
  CsLink link;
  CsKnownLink *known;
  int ifindex;

  if (!cs_netlink_parse (message, sizeof (struct netconfmsg), sizes, attributes,
                         NETCONFA_MAX))
    return FALSE;
  ifindex = (int)cs_netlink_get_u32 (attributes[NETCONFA_IFINDEX], 0);
  if (info->ncm_family == AF_INET6)
    return hear_conf6 (self, ifindex, attributes[NETCONFA_IGNORE_ROUTES_WITH_LINKDOWN]);
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
      return hear_address (self, message) || hear_address6 (self, message);
    case RTM_NEWROUTE:
    case RTM_DELROUTE:
      return cs_kernel_routes_hear (self->routes, message)
             || cs_kernel_routes_hear (self->routes6, message);
    case RTM_NEWRULE:
    case RTM_DELRULE:
      return hear_rule (self, message);
    case RTM_NEWNEXTHOP: /* routes change with it, which the kernel need not announce */
    case RTM_DELNEXTHOP:
      cs_kernel_routes_distrust (self->routes);
      cs_kernel_routes_distrust (self->routes6);
      return TRUE;
    case RTM_NEWNETCONF:
      return hear_conf (self, message);
    default:
      return FALSE;
    }
}
