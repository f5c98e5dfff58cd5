/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of rtnetlink as plain values. */
#include "rtnetlink.h"

#include <linux/fib_rules.h>
#include <netinet/in.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <linux/ipv6.h>
#include <linux/nexthop.h>

/* DEVCONF_FORCE_FORWARDING, since Linux 6.17 */
#define CONF_FORCE_FORWARDING 59

#define UNUSABLE (IFA_F_TENTATIVE | IFA_F_DADFAILED)

static guint
family_bits (int family)
{
  return cs_address_bits ((CsAddress){ .family = (guint8)family });
}

/* The kernel leaves out the address of a default route. */
static CsCidr
get_network (int family, const struct nlattr *attribute, guint8 prefix)
{
  CsCidr network = { cs_netlink_get_address (family, attribute), prefix };

  network.address.family = (guint8)family;
  return network;
}

/* One of net.ipv6.conf.NAME.*, as the array of the kernel's enum; -1: not there. */
static int
get_conf6 (const struct nlattr *conf, guint key)
{
  const gint32 *values = conf != NULL ? mnl_attr_get_payload (conf) : NULL;

  if (values == NULL || mnl_attr_get_payload_len (conf) < (key + 1) * sizeof *values)
    return -1;
  return values[key];
}

/* net.ipv4.conf.NAME.* as the array of the kernel's enum, which starts at 1. */
static void
parse_devconf (const struct nlattr *af_spec, CsLink *link)
{
  const struct nlattr *inet6 = cs_netlink_find (af_spec, AF_INET6);
  const struct nlattr *inet = cs_netlink_find (af_spec, AF_INET);
  const struct nlattr *conf = cs_netlink_find (inet, IFLA_INET_CONF);
  const gint32 *values;
  int count;

  link->drops_linkdown6 = get_conf6 (cs_netlink_find (inet6, IFLA_INET6_CONF),
                                     DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN)
                          > 0;
  if (conf == NULL)
    return;
  values = mnl_attr_get_payload (conf);
  count = mnl_attr_get_payload_len (conf) / (int)sizeof *values;
  if (count >= IPV4_DEVCONF_FORWARDING)
    link->forwarding = values[IPV4_DEVCONF_FORWARDING - 1];
  if (count >= IPV4_DEVCONF_RP_FILTER)
    link->rp_filter = values[IPV4_DEVCONF_RP_FILTER - 1];
  if (count >= IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN)
    link->drops_linkdown = values[IPV4_DEVCONF_IGNORE_ROUTES_WITH_LINKDOWN - 1] != 0;
}

gboolean
cs_rtnetlink_parse_link (const struct nlmsghdr *message, CsLink *link)
{
  static const guint8 sizes[IFLA_MAX + 1] = {
    [IFLA_MTU] = sizeof (guint32),
    [IFLA_MASTER] = sizeof (guint32),
  };
  const struct nlattr *attributes[IFLA_MAX + 1];
  const struct ifinfomsg *info = mnl_nlmsg_get_payload (message);

  /* wireless extensions send scan results and the like as links without properties */
  if ((message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
      || !cs_netlink_parse (message, sizeof *info, sizes, attributes, IFLA_MAX)
      || info->ifi_family != AF_UNSPEC || attributes[IFLA_IFNAME] == NULL
      || attributes[IFLA_WIRELESS] != NULL)
    return FALSE;
  *link = (CsLink){ .ifindex = info->ifi_index,
                    .flags = info->ifi_flags,
                    .type = info->ifi_type,
                    .mtu = cs_netlink_get_u32 (attributes[IFLA_MTU], 0),
                    .master = (int)cs_netlink_get_u32 (attributes[IFLA_MASTER], 0),
                    .forwarding = -1,
                    .rp_filter = -1 };
  cs_netlink_get_text (attributes[IFLA_IFNAME], link->name, sizeof link->name);
  cs_netlink_get_text (cs_netlink_find (attributes[IFLA_LINKINFO], IFLA_INFO_KIND),
                       link->info_kind, sizeof link->info_kind);
  parse_devconf (attributes[IFLA_AF_SPEC], link);
  return TRUE;
}

gboolean
cs_rtnetlink_parse_conf6 (const struct nlmsghdr *message, int *ifindex, CsIpv6Conf *conf)
{
  static const guint8 sizes[IFLA_MAX + 1] = { 0 };
  const struct nlattr *attributes[IFLA_MAX + 1], *values;
  const struct ifinfomsg *info = mnl_nlmsg_get_payload (message);

  if (message->nlmsg_type != RTM_NEWLINK
      || !cs_netlink_parse (message, sizeof *info, sizes, attributes, IFLA_MAX)
      || info->ifi_family != AF_INET6)
    return FALSE;
  values = cs_netlink_find (attributes[IFLA_PROTINFO], IFLA_INET6_CONF);
  *ifindex = info->ifi_index;
  *conf = (CsIpv6Conf){ .disabled = get_conf6 (values, DEVCONF_DISABLE_IPV6),
                        .accept_ra = get_conf6 (values, DEVCONF_ACCEPT_RA),
                        .forwarding = get_conf6 (values, DEVCONF_FORWARDING),
                        .force_forwarding = get_conf6 (values, CONF_FORCE_FORWARDING),
                        .proxy_ndp = get_conf6 (values, DEVCONF_PROXY_NDP),
                        .proxy_delay = -1 };
  return TRUE;
}

/* An address of @family; the kernel leaves out IFA_LOCAL where there is no peer. */
static gboolean
parse_address (const struct nlmsghdr *message,
               guint8 family,
               const struct nlattr **attributes,
               CsCidr *local,
               CsAddress *peer)
{
  static const guint8 sizes[IFA_MAX + 1] = {
    [IFA_ADDRESS] = sizeof (guint32),
    [IFA_LOCAL] = sizeof (guint32),
    [IFA_FLAGS] = sizeof (guint32),
  };
  const struct ifaddrmsg *info = mnl_nlmsg_get_payload (message);

  if ((message->nlmsg_type != RTM_NEWADDR && message->nlmsg_type != RTM_DELADDR)
      || !cs_netlink_parse (message, sizeof *info, sizes, attributes, IFA_MAX)
      || info->ifa_family != family || info->ifa_prefixlen > family_bits (family))
    return FALSE;
  *peer = cs_netlink_get_address (family, attributes[IFA_ADDRESS]);
  local->address = attributes[IFA_LOCAL] != NULL
                       ? cs_netlink_get_address (family, attributes[IFA_LOCAL])
                       : *peer;
  local->prefix = info->ifa_prefixlen;
  return TRUE;
}

gboolean
cs_rtnetlink_parse_address (const struct nlmsghdr *message,
                            int *ifindex,
                            CsInterfaceAddress *address)
{
  const struct nlattr *attributes[IFA_MAX + 1];
  const struct ifaddrmsg *info = mnl_nlmsg_get_payload (message);
  CsAddress peer;
  CsCidr local;

  if (!parse_address (message, AF_INET, attributes, &local, &peer))
    return FALSE;
  *ifindex = (int)info->ifa_index;
  *address = (CsInterfaceAddress){ .local = local };
  if (!cs_address_equal (peer, local.address))
    address->peer = peer;
  return TRUE;
}

gboolean
cs_rtnetlink_parse_address6 (const struct nlmsghdr *message,
                             int *ifindex,
                             CsIpv6Address *address)
{
  const struct nlattr *attributes[IFA_MAX + 1];
  const struct ifaddrmsg *info = mnl_nlmsg_get_payload (message);
  CsAddress peer;
  CsCidr local;
  guint32 flags;

  if (!parse_address (message, AF_INET6, attributes, &local, &peer))
    return FALSE;
  flags = cs_netlink_get_u32 (attributes[IFA_FLAGS], info->ifa_flags);
  *ifindex = (int)info->ifa_index;
  *address = (CsIpv6Address){ .local = local,
                              .unusable = (flags & UNUSABLE) != 0,
                              .deprecated = (flags & IFA_F_DEPRECATED) != 0,
                              .temporary = (flags & IFA_F_TEMPORARY) != 0,
                              .permanent = (flags & IFA_F_PERMANENT) != 0 };
  return TRUE;
}

/* Takes a gateway as the kernel writes it, 4 or 16 bytes. */
static void
set_gateway (CsRoute *route, const void *address, int size)
{
  if (size == sizeof (struct in6_addr))
    route->gateway = cs_address_new (AF_INET6, address);
  else if (size == sizeof (struct in_addr))
    route->gateway = cs_address_new (AF_INET, address);
}

/* RTA_VIA has a family before the address. */
static void
parse_gateway (CsRoute *route, const struct nlattr *gateway, const struct nlattr *via)
{
  if (gateway != NULL)
    set_gateway (route, mnl_attr_get_payload (gateway),
                 mnl_attr_get_payload_len (gateway));
  else if (via != NULL && mnl_attr_get_payload_len (via) > (int)sizeof (struct rtvia))
    set_gateway (route, ((const struct rtvia *)mnl_attr_get_payload (via))->rtvia_addr,
                 mnl_attr_get_payload_len (via) - (int)sizeof (struct rtvia));
}

static void
parse_gateway_of_hop (CsRoute *route, const struct rtnexthop *hop)
{
  const struct nlattr *gateway = NULL, *via = NULL;
  const void *first = RTNH_DATA (hop);
  const struct nlattr *attr; /* as the macro wants it */

  mnl_attr_for_each_payload (first, (hop->rtnh_len - RTNH_LENGTH (0)))
  {
    if (mnl_attr_get_type (attr) == RTA_GATEWAY)
      gateway = attr;
    else if (mnl_attr_get_type (attr) == RTA_VIA)
      via = attr;
  }
  parse_gateway (route, gateway, via);
}

static void
add_hops (const CsRoute *route, const struct nlattr *multipath, GArray *hops)
{
  const struct rtnexthop *hop = mnl_attr_get_payload (multipath);
  int left = mnl_attr_get_payload_len (multipath);

  while (left >= (int)sizeof *hop && RTNH_OK (hop, left))
    {
      CsRoute copy = *route;

      copy.ifindex = hop->rtnh_ifindex;
      copy.onlink = (hop->rtnh_flags & RTNH_F_ONLINK) != 0;
      parse_gateway_of_hop (&copy, hop);
      if ((hop->rtnh_flags & RTNH_F_DEAD) == 0)
        g_array_append_val (hops, copy);
      left -= (int)RTNH_ALIGN (hop->rtnh_len);
      hop = RTNH_NEXT (hop);
    }
}

static CsRouteEnd
end_of (guint8 type)
{
  if (type == RTN_BLACKHOLE)
    return CS_END_SILENCE;
  return type == RTN_THROW ? CS_END_GO_ON : CS_END_ERROR;
}

static gboolean
leads_nowhere (guint8 type)
{
  return type == RTN_BLACKHOLE || type == RTN_UNREACHABLE || type == RTN_PROHIBIT
         || type == RTN_THROW;
}

gboolean
cs_rtnetlink_parse_route (const struct nlmsghdr *message,
                          CsRoute *route,
                          GArray *hops,
                          guint32 *object)
{
  static const guint8 sizes[RTA_MAX + 1] = {
    [RTA_DST] = sizeof (guint32),      [RTA_GATEWAY] = sizeof (guint32),
    [RTA_PREFSRC] = sizeof (guint32),  [RTA_NH_ID] = sizeof (guint32),
    [RTA_PRIORITY] = sizeof (guint32), [RTA_OIF] = sizeof (guint32),
    [RTA_TABLE] = sizeof (guint32),
  };
  const struct nlattr *attributes[RTA_MAX + 1];
  const struct rtmsg *info = mnl_nlmsg_get_payload (message);

  if ((message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE)
      || !cs_netlink_parse (message, sizeof *info, sizes, attributes, RTA_MAX)
      || (info->rtm_family != AF_INET && info->rtm_family != AF_INET6)
      || info->rtm_dst_len > family_bits (info->rtm_family)
      || (info->rtm_flags & RTM_F_CLONED) != 0)
    return FALSE;
  *route = (CsRoute){
    .destination = get_network (info->rtm_family, attributes[RTA_DST], info->rtm_dst_len),
    .source = cs_netlink_get_address (info->rtm_family, attributes[RTA_PREFSRC]),
    .metric = cs_netlink_get_u32 (attributes[RTA_PRIORITY], 0),
    .ifindex = (int)cs_netlink_get_u32 (attributes[RTA_OIF], 0),
    .table = cs_netlink_get_u32 (attributes[RTA_TABLE], info->rtm_table),
    .unicast = info->rtm_type == RTN_UNICAST,
    .end = end_of (info->rtm_type),
    .onlink = (info->rtm_flags & RTNH_F_ONLINK) != 0,
  };
  if (leads_nowhere (info->rtm_type))
    route->ifindex = 0; /* in IPv6, and with an "ip nexthop" object, it is lo */
  parse_gateway (route, attributes[RTA_GATEWAY], attributes[RTA_VIA]);
  if (hops == NULL)
    return TRUE;
  g_array_set_size (hops, 0);
  *object = 0;
  if (attributes[RTA_MULTIPATH] != NULL)
    add_hops (route, attributes[RTA_MULTIPATH], hops);
  else if (route->unicast && route->ifindex == 0)
    *object = cs_netlink_get_u32 (attributes[RTA_NH_ID], 0);
  else if ((info->rtm_flags & RTNH_F_DEAD) == 0)
    g_array_append_val (hops, *route);
  return TRUE;
}

gboolean
cs_rtnetlink_parse_next_hop (const struct nlmsghdr *message,
                             guint32 *object,
                             CsRoute *hop,
                             GArray *members)
{
  static const guint8 sizes[NHA_MAX + 1] = {
    [NHA_ID] = sizeof (guint32),
    [NHA_OIF] = sizeof (guint32),
  };
  const struct nlattr *attributes[NHA_MAX + 1];
  const struct nhmsg *info = mnl_nlmsg_get_payload (message);
  const struct nexthop_grp *group;

  if (message->nlmsg_type != RTM_NEWNEXTHOP
      || !cs_netlink_parse (message, sizeof *info, sizes, attributes, NHA_MAX)
      || attributes[NHA_ID] == NULL)
    return FALSE;
  *object = mnl_attr_get_u32 (attributes[NHA_ID]);
  *hop = (CsRoute){ .ifindex = (int)cs_netlink_get_u32 (attributes[NHA_OIF], 0),
                    .unicast = (info->nh_flags & RTNH_F_DEAD) == 0,
                    .onlink = (info->nh_flags & RTNH_F_ONLINK) != 0 };
  parse_gateway (hop, attributes[NHA_GATEWAY], NULL);
  g_array_set_size (members, 0);
  if (attributes[NHA_GROUP] == NULL)
    return TRUE;
  group = mnl_attr_get_payload (attributes[NHA_GROUP]);
  for (int left = mnl_attr_get_payload_len (attributes[NHA_GROUP]);
       left >= (int)sizeof *group; left -= (int)sizeof *group, group++)
    g_array_append_val (members, group->id);
  return TRUE;
}

gboolean
cs_rtnetlink_parse_answer (const struct nlmsghdr *message, CsRouteAnswer *answer)
{
  static const guint8 sizes[RTA_MAX + 1] = {
    [RTA_OIF] = sizeof (guint32),
    [RTA_TABLE] = sizeof (guint32),
  };
  const struct nlattr *attributes[RTA_MAX + 1];
  const struct rtmsg *info = mnl_nlmsg_get_payload (message);

  if (message->nlmsg_type != RTM_NEWROUTE
      || !cs_netlink_parse (message, sizeof *info, sizes, attributes, RTA_MAX)
      || (info->rtm_family != AF_INET && info->rtm_family != AF_INET6))
    return FALSE;
  *answer = (CsRouteAnswer){ .ifindex = (int)cs_netlink_get_u32 (attributes[RTA_OIF], 0),
                             .table = cs_netlink_get_u32 (attributes[RTA_TABLE],
                                                          info->rtm_table),
                             .type = info->rtm_type };
  return TRUE;
}

gboolean
cs_rtnetlink_parse_rule (const struct nlmsghdr *message, CsRule *rule)
{
  static const guint8 sizes[FRA_MAX + 1] = {
    [FRA_SRC] = sizeof (guint32),      [FRA_PROTOCOL] = sizeof (guint8),
    [FRA_PRIORITY] = sizeof (guint32), [FRA_GOTO] = sizeof (guint32),
    [FRA_TABLE] = sizeof (guint32),    [FRA_FWMARK] = sizeof (guint32),
  };
  const struct nlattr *attributes[FRA_MAX + 1];
  const struct fib_rule_hdr *info = mnl_nlmsg_get_payload (message);

  if ((message->nlmsg_type != RTM_NEWRULE && message->nlmsg_type != RTM_DELRULE)
      || !cs_netlink_parse (message, sizeof *info, sizes, attributes, FRA_MAX)
      || (info->family != AF_INET && info->family != AF_INET6)
      || info->src_len > (info->family == AF_INET ? 32 : 128))
    return FALSE;
  *rule = (CsRule){ .ipv6 = info->family == AF_INET6,
                    .priority = cs_netlink_get_u32 (attributes[FRA_PRIORITY], 0) };
  cs_netlink_get_text (attributes[FRA_IIFNAME], rule->iif, sizeof rule->iif);
  cs_netlink_get_text (attributes[FRA_OIFNAME], rule->oif, sizeof rule->oif);
  if (info->src_len > 0 && (info->flags & FIB_RULE_INVERT) == 0)
    rule->source = get_network (info->family, attributes[FRA_SRC], info->src_len);
  if (attributes[FRA_PROTOCOL] != NULL)
    rule->protocol = mnl_attr_get_u8 (attributes[FRA_PROTOCOL]);
  rule->mark = cs_netlink_get_u32 (attributes[FRA_FWMARK], 0);
  if (info->action == FR_ACT_GOTO)
    rule->skip_to = cs_netlink_get_u32 (attributes[FRA_GOTO], 0);
  rule->ends = info->action == FR_ACT_BLACKHOLE;
  if (info->action == FR_ACT_TO_TBL || info->action == FR_ACT_GOTO || rule->ends)
    rule->table = cs_netlink_get_u32 (attributes[FRA_TABLE], info->table);
  return TRUE;
}
