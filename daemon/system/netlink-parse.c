/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Messages of rtnetlink as plain values. By hand, since libnl's caches would make several
 * objects of each. Sizes are checked by nlmsg_parse ()'s policies. */
#include "netlink.h"

#include <linux/fib_rules.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/ip.h>
#include <netlink/msg.h>

static gboolean
parse (const struct nlmsghdr *message,
       int family_size,
       struct nlattr **attributes,
       int max,
       const struct nla_policy *policy)
{
  /* libnl reads only, but does not say so */
  return nlmsg_parse ((struct nlmsghdr *)message, family_size, attributes, max, policy)
         >= 0;
}

void
cs_netlink_walk (const void *buffer, gsize size, CsNetlinkFunc func, gpointer user_data)
{
  const struct nlmsghdr *message = buffer;

  while (NLMSG_OK (message, size))
    {
      gsize whole = MIN (NLMSG_ALIGN (message->nlmsg_len), size);

      func (message, user_data);
      message = (const struct nlmsghdr *)((const char *)message + whole);
      size -= whole;
    }
}

static guint32
get_u32 (const struct nlattr *attribute, guint32 otherwise)
{
  return attribute == NULL ? otherwise : nla_get_u32 (attribute);
}

static guint32
get_ipv4 (const struct nlattr *attribute)
{
  return GUINT32_FROM_BE (get_u32 (attribute, 0));
}

/* net.ipv4.conf.NAME.* as the array of the kernel's enum, which starts at 1. */
static void
parse_devconf (const struct nlattr *af_spec, CsLink *link)
{
  const struct nlattr *inet = NULL, *conf = NULL;
  const gint32 *values;
  int count;

  if (af_spec != NULL)
    inet = nla_find (nla_data (af_spec), nla_len (af_spec), AF_INET);
  if (inet != NULL)
    conf = nla_find (nla_data (inet), nla_len (inet), IFLA_INET_CONF);
  if (conf == NULL)
    return;
  values = nla_data (conf);
  count = nla_len (conf) / (int)sizeof *values;
  if (count >= IPV4_DEVCONF_FORWARDING)
    link->forwarding = values[IPV4_DEVCONF_FORWARDING - 1];
  if (count >= IPV4_DEVCONF_RP_FILTER)
    link->rp_filter = values[IPV4_DEVCONF_RP_FILTER - 1];
}

gboolean
cs_netlink_parse_link (const struct nlmsghdr *message, CsLink *link)
{
  static const struct nla_policy policy[IFLA_MAX + 1] = {
    [IFLA_IFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
    [IFLA_MTU] = { .type = NLA_U32 },
    [IFLA_MASTER] = { .type = NLA_U32 },
  };
  struct nlattr *attributes[IFLA_MAX + 1];
  const struct ifinfomsg *info = nlmsg_data (message);
  const struct nlattr *kind = NULL, *link_info;

  /* wireless extensions send scan results and the like as links without properties */
  if ((message->nlmsg_type != RTM_NEWLINK && message->nlmsg_type != RTM_DELLINK)
      || !parse (message, sizeof *info, attributes, IFLA_MAX, policy)
      || info->ifi_family != AF_UNSPEC || attributes[IFLA_IFNAME] == NULL
      || attributes[IFLA_WIRELESS] != NULL)
    return FALSE;
  *link = (CsLink){ .ifindex = info->ifi_index,
                    .flags = info->ifi_flags,
                    .type = info->ifi_type,
                    .mtu = get_u32 (attributes[IFLA_MTU], 0),
                    .master = (int)get_u32 (attributes[IFLA_MASTER], 0),
                    .forwarding = -1,
                    .rp_filter = -1 };
  nla_strlcpy (link->name, attributes[IFLA_IFNAME], sizeof link->name);
  link_info = attributes[IFLA_LINKINFO];
  if (link_info != NULL)
    kind = nla_find (nla_data (link_info), nla_len (link_info), IFLA_INFO_KIND);
  if (kind != NULL)
    nla_strlcpy (link->info_kind, kind, sizeof link->info_kind);
  parse_devconf (attributes[IFLA_AF_SPEC], link);
  return TRUE;
}

gboolean
cs_netlink_parse_address (const struct nlmsghdr *message,
                          int *ifindex,
                          CsAddress *address)
{
  static const struct nla_policy policy[IFA_MAX + 1] = {
    [IFA_ADDRESS] = { .minlen = sizeof (guint32) },
    [IFA_LOCAL] = { .minlen = sizeof (guint32) },
  };
  struct nlattr *attributes[IFA_MAX + 1];
  const struct ifaddrmsg *info = nlmsg_data (message);
  guint32 local, peer;

  if ((message->nlmsg_type != RTM_NEWADDR && message->nlmsg_type != RTM_DELADDR)
      || !parse (message, sizeof *info, attributes, IFA_MAX, policy)
      || info->ifa_family != AF_INET || info->ifa_prefixlen > 32)
    return FALSE;
  peer = get_ipv4 (attributes[IFA_ADDRESS]);
  local = attributes[IFA_LOCAL] != NULL ? get_ipv4 (attributes[IFA_LOCAL]) : peer;
  *ifindex = (int)info->ifa_index;
  *address = (CsAddress){ .local = { local, info->ifa_prefixlen },
                          .peer = peer == local ? 0 : peer };
  return TRUE;
}

/* Of a route with several next hops, the first. */
static void
parse_nexthop (const struct nlattr *multipath, CsRoute *route)
{
  const struct rtnexthop *hop = nla_data (multipath);
  const struct nlattr *gateway;
  size_t length = (size_t)nla_len (multipath);

  if (!RTNH_OK (hop, length))
    return;
  route->ifindex = hop->rtnh_ifindex;
  route->onlink = (hop->rtnh_flags & RTNH_F_ONLINK) != 0;
  gateway = nla_find ((const struct nlattr *)RTNH_DATA (hop),
                      (int)(hop->rtnh_len - RTNH_LENGTH (0)), RTA_GATEWAY);
  if (gateway != NULL && nla_len (gateway) >= (int)sizeof (guint32))
    route->gateway = get_ipv4 (gateway);
}

gboolean
cs_netlink_parse_route (const struct nlmsghdr *message, CsRoute *route)
{
  static const struct nla_policy policy[RTA_MAX + 1] = {
    [RTA_DST] = { .minlen = sizeof (guint32) },
    [RTA_GATEWAY] = { .minlen = sizeof (guint32) },
    [RTA_PREFSRC] = { .minlen = sizeof (guint32) },
    [RTA_PRIORITY] = { .type = NLA_U32 },
    [RTA_OIF] = { .type = NLA_U32 },
    [RTA_TABLE] = { .type = NLA_U32 },
  };
  struct nlattr *attributes[RTA_MAX + 1];
  const struct rtmsg *info = nlmsg_data (message);

  if ((message->nlmsg_type != RTM_NEWROUTE && message->nlmsg_type != RTM_DELROUTE)
      || !parse (message, sizeof *info, attributes, RTA_MAX, policy)
      || info->rtm_family != AF_INET || info->rtm_dst_len > 32
      || (info->rtm_flags & RTM_F_CLONED) != 0 || attributes[RTA_VIA] != NULL)
    return FALSE;
  *route = (CsRoute){
    .destination = { get_ipv4 (attributes[RTA_DST]), info->rtm_dst_len },
    .gateway = get_ipv4 (attributes[RTA_GATEWAY]),
    .source = get_ipv4 (attributes[RTA_PREFSRC]),
    .metric = get_u32 (attributes[RTA_PRIORITY], 0),
    .ifindex = (int)get_u32 (attributes[RTA_OIF], 0),
    .table = get_u32 (attributes[RTA_TABLE], info->rtm_table),
    .unicast = info->rtm_type == RTN_UNICAST,
    .onlink = (info->rtm_flags & RTNH_F_ONLINK) != 0,
  };
  if (attributes[RTA_MULTIPATH] != NULL)
    parse_nexthop (attributes[RTA_MULTIPATH], route);
  return TRUE;
}

gboolean
cs_netlink_parse_rule (const struct nlmsghdr *message, CsRule *rule)
{
  static const struct nla_policy policy[FRA_MAX + 1] = {
    [FRA_IIFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
    [FRA_OIFNAME] = { .type = NLA_STRING, .maxlen = IFNAMSIZ },
    [FRA_SRC] = { .minlen = 4, .maxlen = 4 },
    [FRA_PROTOCOL] = { .type = NLA_U8 },
    [FRA_PRIORITY] = { .type = NLA_U32 },
    [FRA_GOTO] = { .type = NLA_U32 },
    [FRA_TABLE] = { .type = NLA_U32 },
  };
  struct nlattr *attributes[FRA_MAX + 1];
  const struct fib_rule_hdr *info = nlmsg_data (message);

  if ((message->nlmsg_type != RTM_NEWRULE && message->nlmsg_type != RTM_DELRULE)
      || !parse (message, sizeof *info, attributes, FRA_MAX, policy)
      || info->family != AF_INET)
    return FALSE;
  *rule = (CsRule){ .priority = get_u32 (attributes[FRA_PRIORITY], 0) };
  if (attributes[FRA_IIFNAME] != NULL)
    nla_strlcpy (rule->iif, attributes[FRA_IIFNAME], sizeof rule->iif);
  if (attributes[FRA_OIFNAME] != NULL)
    nla_strlcpy (rule->oif, attributes[FRA_OIFNAME], sizeof rule->oif);
  if (attributes[FRA_SRC] != NULL && info->src_len == 32)
    rule->source = get_ipv4 (attributes[FRA_SRC]);
  if (attributes[FRA_PROTOCOL] != NULL)
    rule->protocol = nla_get_u8 (attributes[FRA_PROTOCOL]);
  if (info->action == FR_ACT_GOTO)
    rule->skip_to = get_u32 (attributes[FRA_GOTO], 0);
  if (info->action == FR_ACT_TO_TBL || info->action == FR_ACT_GOTO)
    rule->table = get_u32 (attributes[FRA_TABLE], info->table);
  return TRUE;
}
