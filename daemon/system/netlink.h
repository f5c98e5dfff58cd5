/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A request socket for rtnetlink: whole dumps as plain values, errors in words, and the
 * border between libnl's addresses and core's. Changes are made with libnl-route's own
 * functions on .socket; the kernel answers within the call, so nothing here waits. */
#pragma once

#include "core/snapshot.h"

#include <net/if.h>
#include <linux/rtnetlink.h>
#include <netlink/netlink.h>

typedef struct
{
  struct nl_sock *socket; /* (owned) connected, NETLINK_ROUTE */
  int kernel_error;       /* errno of the last refusal, positive */
  char *kernel_words;     /* (owned) (nullable) what the kernel said to it */
  gboolean interrupted;   /* something changed during a dump since this was last cleared:
                             a message may be missing or twice */
} CsNetlink;

CsNetlink *cs_netlink_open (GError **error);
void cs_netlink_close (CsNetlink *self);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNetlink, cs_netlink_close)

/* TRUE if @code, which a libnl function on .socket returned, is no error. Else sets
 * CS_ERROR_FAILED: the text of @format ("Cannot add the route X"), a colon, and why. To
 * let one pass, compare before: -NLE_EXIST (EEXIST), -NLE_OBJ_NOTFOUND (ENOENT, ESRCH),
 * -NLE_NODEV (ENODEV), -NLE_NOADDR (EADDRNOTAVAIL). */
gboolean
cs_netlink_check (CsNetlink *self, int code, GError **error, const char *format, ...)
    G_GNUC_PRINTF (4, 5);

/* Calls @func for each message of a dump: RTM_GETLINK, RTM_GETADDR, RTM_GETROUTE,
 * RTM_GETRULE; all but links of IPv4 only. With RTM_GETROUTE, @table (not 0) asks for
 * this one only, and a table that does not exist is empty. */
typedef void (*CsNetlinkFunc) (const struct nlmsghdr *message, gpointer user_data);
gboolean cs_netlink_dump (CsNetlink *self,
                          int type,
                          guint32 table,
                          CsNetlinkFunc func,
                          gpointer user_data,
                          GError **error);

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
  int forwarding;     /* net.ipv4.conf.NAME.*; -1: not told */
  int rp_filter;
} CsLink;

typedef struct
{
  char iif[IFNAMSIZ]; /* "": any */
  char oif[IFNAMSIZ]; /* "": any */
  guint32 source;     /* with prefix 32; 0: any, or another prefix */
  guint32 priority;
  guint32 skip_to; /* priority of the rule to go on with; 0: the action is not goto */
  guint32 table;   /* of a lookup, or only written on a goto; 0: another action */
  guint8 protocol; /* RTPROT_*: who made it */
} CsRule;

/* FALSE for messages of another kind or family, and malformed ones. They take those of
 * dumps and of notifications, NEW and DEL. */
/* Calls @func for each message that is whole in the @size bytes at @buffer. */
void
cs_netlink_walk (const void *buffer, gsize size, CsNetlinkFunc func, gpointer user_data);
gboolean cs_netlink_parse_link (const struct nlmsghdr *message, CsLink *link);
gboolean cs_netlink_parse_address (const struct nlmsghdr *message,
                                   int *ifindex,
                                   CsAddress *address);
/* Of several next hops the first one counts. */
gboolean cs_netlink_parse_route (const struct nlmsghdr *message, CsRoute *route);
gboolean cs_netlink_parse_rule (const struct nlmsghdr *message, CsRule *rule);

typedef struct nl_addr CsNlAddr;
void cs_nl_addr_free (CsNlAddr *address);
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsNlAddr, cs_nl_addr_free)
/* For rtnl_addr_set_local (), rtnl_route_set_dst () and so on, which take a reference. */
CsNlAddr *cs_nl_addr_new (CsCidr cidr);
