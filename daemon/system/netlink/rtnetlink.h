/* SPDX-License-Identifier: GPL-2.0-or-later */
/* rtnetlink: whole dumps and single queries as plain values, and what changes are made
 * of. */
#pragma once

#include "netlink.h"

#include "core/value/snapshot.h"

#include <net/if.h>
#include <linux/rtnetlink.h>

/* Calls @func for each message of a dump: RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE,
 * RTM_GETRULE, RTM_GETNEXTHOP; of @family, AF_UNSPEC: of all. RTM_GETLINK with AF_INET6
 * has the links' settings for IPv6. A kernel without IPv6 takes AF_INET6 for AF_UNSPEC.
 * @part (not 0) limits RTM_GETROUTE to this table, and RTM_GETADDR to this link; what
 * does not exist is empty. */
gboolean cs_rtnetlink_dump (CsNetlink *self,
                            guint16 type,
                            int family,
                            guint32 part,
                            CsNetlinkFunc func,
                            gpointer user_data,
                            GError **error);

/* The kernel's answer about one packet. */
typedef struct
{
  int ifindex;   /* where it leaves; 0: nowhere, see .failure */
  guint32 table; /* whose route says so */
  guint8 type;   /* RTN_UNICAST; RTN_LOCAL: it is for this computer; ... */
  int failure;   /* positive errno: ENETUNREACH: no route, or a rule "unreachable";
                    EHOSTUNREACH, EACCES, EINVAL: a route "unreachable", "prohibit",
                    "blackhole". With an iif also EHOSTUNREACH: it does not forward;
                    EXDEV, EINVAL: the source cannot come in there; ENODEV: there is
                    no such interface. 0: none */
} CsRouteAnswer;

/* Asks like "ip route get DESTINATION", without a mark, which way a packet takes that
 * comes in by @iif, or that this computer sends itself (@iif 0), from @source (unset: not
 * chosen yet). That there is none is an answer too; FALSE means no answer. */
gboolean cs_rtnetlink_route_get (CsNetlink *self,
                                 CsAddress destination,
                                 int iif,
                                 CsAddress source,
                                 CsRouteAnswer *answer,
                                 GError **error);

/* Deletes what @message, one of a dump, is about, by sending it back as "ip route flush"
 * does, so that it matches whatever attributes it has. Returns as cs_netlink_ask (), but
 * 0 also if it is gone already. */
int cs_rtnetlink_delete (CsNetlink *self, struct nlmsghdr *message);

/* Returns when what the kernel has announced is done. It announces the loss of an address
 * before it removes the routes that go with it, and dumps do not wait for that. From any
 * thread; takes as long as whatever the kernel is doing to any link. */
void cs_rtnetlink_await_changes (void);

/* --- Parsers --------------------------------------------------------------------- */
/* They take messages of dumps and of notifications, NEW and DEL, and return FALSE for
 * those of another kind or family, and for malformed ones. */

/* What the snapshot needs of a link; a name that is no longer than the kernel's limit. */
typedef struct
{
  char name[IFNAMSIZ];
  int ifindex;
  unsigned int flags;  /* IFF_* */
  unsigned short type; /* ARPHRD_* */
  guint mtu;
  int master;         /* 0: none */
  char info_kind[16]; /* "veth", "bridge", "wireguard", ...; "" for real hardware */
  int forwarding;     /* net.ipv4.conf.NAME.*; -1: not sent */
  int rp_filter;
  gboolean drops_linkdown;  /* its routes are not used while it has no carrier; ... */
  gboolean drops_linkdown6; /* ... of IPv6 */
} CsLink;

gboolean cs_rtnetlink_parse_link (const struct nlmsghdr *message, CsLink *link);
gboolean cs_rtnetlink_parse_address (const struct nlmsghdr *message,
                                     int *ifindex,
                                     CsInterfaceAddress *address);
gboolean cs_rtnetlink_parse_address6 (const struct nlmsghdr *message,
                                      int *ifindex,
                                      CsIpv6Address *address);
/* A link's net.ipv6.conf.NAME.*, of cs_rtnetlink_dump () with RTM_GETLINK and AF_INET6.
 */
gboolean
cs_rtnetlink_parse_conf6 (const struct nlmsghdr *message, int *ifindex, CsIpv6Conf *conf);
/* Of either family. @route has ifindex 0 if there are several next hops, or none that
 * leads anywhere. @hops (nullable) of CsRoute becomes one route for each next hop that is
 * not dead, or @route itself if it needs none; if the kernel names only an "ip nexthop"
 * object (net.ipv4.nexthop_compat_mode is 0), @hops is empty and @object is that object's
 * id, otherwise 0. */
gboolean cs_rtnetlink_parse_route (const struct nlmsghdr *message,
                                   CsRoute *route,
                                   GArray *hops,
                                   guint32 *object);
/* An "ip nexthop" object: @hop has its interface and gateway, and .unicast unless it is
 * dead; @members becomes the ids (guint32) of a group's members. */
gboolean cs_rtnetlink_parse_next_hop (const struct nlmsghdr *message,
                                      guint32 *object,
                                      CsRoute *hop,
                                      GArray *members);
gboolean cs_rtnetlink_parse_rule (const struct nlmsghdr *message, CsRule *rule);
gboolean
cs_rtnetlink_parse_answer (const struct nlmsghdr *message, CsRouteAnswer *answer);
