/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "rtnetlink.h"

#include <errno.h>
#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/nexthop.h>
#include <sys/socket.h>

static gsize
header_size (guint16 type)
{
  switch (type)
    {
    case RTM_GETLINK:
      return sizeof (struct ifinfomsg);
    case RTM_GETADDR:
      return sizeof (struct ifaddrmsg);
    case RTM_GETRULE:
      return sizeof (struct fib_rule_hdr);
    case RTM_GETNEXTHOP:
      return sizeof (struct nhmsg);
    default:
      return sizeof (struct rtmsg);
    }
}

gboolean
cs_rtnetlink_dump (CsNetlink *self,
                   guint16 type,
                   int family,
                   guint32 part,
                   CsNetlinkFunc func,
                   gpointer user_data,
                   GError **error)
{
  CsNetlinkRequest request;
  gpointer header = cs_netlink_begin (&request, type, NLM_F_DUMP, header_size (type));
  int failure;

  ((struct rtgenmsg *)header)->rtgen_family = (guint8)family;
  if (type == RTM_GETLINK && family == AF_UNSPEC)
    mnl_attr_put_u32 (&request.header, IFLA_EXT_MASK, RTEXT_FILTER_SKIP_STATS);
  if (part != 0 && type == RTM_GETADDR)
    ((struct ifaddrmsg *)header)->ifa_index = part;
  else if (part != 0)
    mnl_attr_put_u32 (&request.header, RTA_TABLE, part);
  failure = cs_netlink_ask (self, &request.header, func, user_data);
  return (part != 0 && (failure == ENOENT || failure == ENODEV))
         || cs_netlink_check (self, failure, error,
                              "cannot read the state of the network");
}

static void
on_answer (const struct nlmsghdr *message, gpointer user_data)
{
  cs_rtnetlink_parse_answer (message, user_data);
}

/* Whether @error is about the packet, and not about the query. */
static gboolean
is_answer (int error)
{
  return error == ENETUNREACH || error == EHOSTUNREACH || error == EACCES
         || error == EINVAL || error == EXDEV || error == ENODEV;
}

gboolean
cs_rtnetlink_route_get (CsNetlink *self,
                        CsAddress destination,
                        int iif,
                        CsAddress source,
                        CsRouteAnswer *answer,
                        GError **error)
{
  g_autofree char *address = cs_address_to_string (destination);
  CsNetlinkRequest request;
  struct rtmsg *header = cs_netlink_begin (&request, RTM_GETROUTE, 0, sizeof *header);
  int failure;

  *header = (struct rtmsg){ .rtm_family = destination.family,
                            .rtm_dst_len = (guint8)cs_address_bits (destination),
                            .rtm_src_len = (guint8)cs_address_bits (source) };
  /* IPv6 always says which table it is, and refuses the flag */
  if (destination.family == AF_INET)
    header->rtm_flags = RTM_F_LOOKUP_TABLE;
  cs_netlink_put_address (&request.header, RTA_DST, destination);
  if (cs_address_is_set (source))
    cs_netlink_put_address (&request.header, RTA_SRC, source);
  if (iif != 0)
    mnl_attr_put_u32 (&request.header, RTA_IIF, (guint32)iif);
  *answer = (CsRouteAnswer){ 0 };
  failure = cs_netlink_ask (self, &request.header, on_answer, answer);
  if (!is_answer (failure))
    return cs_netlink_check (self, failure, error, "cannot ask for the route to %s",
                             address);
  *answer = (CsRouteAnswer){ .failure = failure };
  return TRUE;
}

/* A change that names no link is refused, but not before it has had its turn (RTNL). */
void
cs_rtnetlink_await_changes (void)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, NULL);
  CsNetlinkRequest request;
  struct ifaddrmsg *header = cs_netlink_begin (&request, RTM_DELADDR, 0, sizeof *header);

  header->ifa_family = AF_INET;
  if (netlink != NULL)
    cs_netlink_ask (netlink, &request.header, NULL, NULL);
}

int
cs_rtnetlink_delete (CsNetlink *self, struct nlmsghdr *message)
{
  int failure;

  /* each kind has NEW, DEL, GET and SET, four numbers in a row */
  message->nlmsg_type = (guint16)((message->nlmsg_type & ~3) + 1);
  message->nlmsg_flags = 0;
  failure = cs_netlink_ask (self, message, NULL, NULL);
  /* what the kernel returns for a rule, and for a route */
  return failure == ENOENT || failure == ESRCH ? 0 : failure;
}
