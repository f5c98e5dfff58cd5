/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Nothing that is there already is written again: each change would be announced, and
 * begin a pass. */
#include "proxies.h"

#include "core/plan/ipv6.h"
#include "core/plan/lan-table.h"
#include "core/plan/rules.h"
#include "system/netlink/rtnetlink.h"

#include <errno.h>
#include <linux/neighbour.h>

static int
unless (int code, int fine)
{
  return code == fine ? 0 : code;
}

/* --- The uplink's link ---------------------------------------------------------------
 */

static struct ndmsg *
begin_neighbor (CsNetlinkRequest *request,
                guint16 type,
                guint16 flags,
                int ifindex,
                CsAddress address)
{
  struct ndmsg *header = cs_netlink_begin (request, type, flags, sizeof *header);

  header->ndm_family = AF_INET6;
  header->ndm_ifindex = ifindex;
  cs_netlink_put_address (&request->header, NDA_DST, address);
  return header;
}

int
cs_proxy_add (CsNetlink *netlink, int ifindex, CsAddress address)
{
  CsNetlinkRequest request;

  begin_neighbor (&request, RTM_NEWNEIGH, NLM_F_CREATE | NLM_F_EXCL, ifindex, address)
      ->ndm_flags
      = NTF_PROXY;
  mnl_attr_put_u8 (&request.header, NDA_PROTOCOL, CS_ROUTE_PROTOCOL);
  return unless (cs_netlink_ask (netlink, &request.header, NULL, NULL), EEXIST);
}

int
cs_proxy_delete (CsNetlink *netlink, int ifindex, CsAddress address)
{
  CsNetlinkRequest request;

  begin_neighbor (&request, RTM_DELNEIGH, 0, ifindex, address)->ndm_flags = NTF_PROXY;
  return unless (cs_netlink_ask (netlink, &request.header, NULL, NULL), ENOENT);
}

typedef struct
{
  int ifindex;
  const GArray *networks; /* unowned */
  GArray *addresses;      /* unowned */
} Listing;

static void
on_proxy (const struct nlmsghdr *message, gpointer user_data)
{
  static const guint8 sizes[NDA_MAX + 1] = { [NDA_PROTOCOL] = 1 };
  const struct nlattr *attributes[NDA_MAX + 1];
  const struct ndmsg *header = mnl_nlmsg_get_payload (message);
  Listing *listing = user_data;
  CsAddress address;

  if (message->nlmsg_type != RTM_NEWNEIGH
      || !cs_netlink_parse (message, sizeof *header, sizes, attributes, NDA_MAX)
      || header->ndm_family != AF_INET6 || !(header->ndm_flags & NTF_PROXY)
      || header->ndm_ifindex != listing->ifindex || attributes[NDA_PROTOCOL] == NULL
      || mnl_attr_get_u8 (attributes[NDA_PROTOCOL]) != CS_ROUTE_PROTOCOL)
    return;
  address = cs_netlink_get_address (AF_INET6, attributes[NDA_DST]);
  if (cs_cidrs_contain (listing->networks, address))
    cs_addresses_add (listing->addresses, address);
}

GArray *
cs_proxies_list (CsNetlink *netlink, int ifindex, const GArray *networks)
{
  Listing listing = { ifindex, networks, cs_addresses_new () };
  CsNetlinkRequest request;
  struct ndmsg *header
      = cs_netlink_begin (&request, RTM_GETNEIGH, NLM_F_DUMP, sizeof *header);

  header->ndm_family = AF_INET6;
  header->ndm_flags = NTF_PROXY;
  cs_netlink_ask (netlink, &request.header, on_proxy, &listing);
  return listing.addresses;
}

/* --- Routes --------------------------------------------------------------------------
 */

/* @ifindex 0: a blackhole. */
static int
change_route (CsNetlink *netlink,
              gboolean adds,
              guint table,
              int ifindex,
              CsAddress address)
{
  CsNetlinkRequest request;
  struct rtmsg *header
      = cs_netlink_begin (&request, adds ? RTM_NEWROUTE : RTM_DELROUTE,
                          adds ? NLM_F_CREATE | NLM_F_EXCL : 0, sizeof *header);

  header->rtm_family = AF_INET6;
  header->rtm_dst_len = 128;
  header->rtm_protocol = CS_ROUTE_PROTOCOL;
  header->rtm_type = ifindex != 0 ? RTN_UNICAST : RTN_BLACKHOLE;
  cs_netlink_put_address (&request.header, RTA_DST, address);
  mnl_attr_put_u32 (&request.header, RTA_TABLE, table);
  mnl_attr_put_u32 (&request.header, RTA_PRIORITY,
                    ifindex != 0 ? CS_IPV6_METRIC : CS_UNREACHABLE_METRIC);
  if (ifindex != 0)
    mnl_attr_put_u32 (&request.header, RTA_OIF, (guint32)ifindex);
  return unless (cs_netlink_ask (netlink, &request.header, NULL, NULL),
                 adds ? EEXIST : ESRCH);
}

/* The end first, the way last; a LAN that is switched off has no way, only the end. */
int
cs_client_routes_add (CsNetlink *netlink, const CsSharePlan *share, CsAddress address)
{
  int lan = share->lan_ifindex;
  int code = change_route (netlink, TRUE, CS_TABLE_LANS, 0, address);

  if (code == 0)
    code = change_route (netlink, TRUE, CS_TABLE_LANS, lan, address);
  return code != 0 ? code : change_route (netlink, TRUE, share->table, lan, address);
}

int
cs_client_routes_delete (CsNetlink *netlink, const CsSharePlan *share, CsAddress address)
{
  int lan = share->lan_ifindex;
  int first = change_route (netlink, FALSE, share->table, lan, address);
  int second = change_route (netlink, FALSE, CS_TABLE_LANS, lan, address);
  int third = change_route (netlink, FALSE, CS_TABLE_LANS, 0, address);

  if (first != 0)
    return first;
  return second != 0 ? second : third;
}

static void
on_route (const struct nlmsghdr *message, gpointer user_data)
{
  Listing *listing = user_data;
  CsRoute route;
  guint32 object;

  if (cs_rtnetlink_parse_route (message, &route, NULL, &object)
      && route.table == CS_TABLE_LANS && !route.unicast
      && route.destination.address.family == AF_INET6
      && cs_cidr_is_address (route.destination)
      && cs_cidrs_contain (listing->networks, route.destination.address))
    cs_addresses_add (listing->addresses, route.destination.address);
}

GArray *
cs_client_routes_list (CsNetlink *netlink, const CsSharePlan *share)
{
  Listing listing = { 0, share->ipv6.extended, cs_addresses_new () };

  cs_rtnetlink_dump (netlink, RTM_GETROUTE, AF_INET6, CS_TABLE_LANS, on_route, &listing,
                     NULL);
  return listing.addresses;
}

/* --- Questions -----------------------------------------------------------------------
 */

void
cs_neighbor_seek (CsNetlink *netlink, int ifindex, CsAddress address)
{
  CsNetlinkRequest request;

  /* only of one whose MAC address is known */
  begin_neighbor (&request, RTM_NEWNEIGH, NLM_F_REPLACE, ifindex, address)->ndm_state
      = NUD_PROBE;
  if (cs_netlink_ask (netlink, &request.header, NULL, NULL) == 0)
    return;
  begin_neighbor (&request, RTM_NEWNEIGH, NLM_F_CREATE, ifindex, address)->ndm_flags
      = NTF_USE;
  cs_netlink_ask (netlink, &request.header, NULL, NULL);
}
