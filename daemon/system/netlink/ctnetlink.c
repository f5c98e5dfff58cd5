/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ctnetlink.h"

#include <errno.h>
#include <linux/netfilter/nf_conntrack_common.h>
#include <linux/netfilter/nfnetlink.h>
#include <linux/netfilter/nfnetlink_conntrack.h>

static const guint8 sizes[CTA_MAX + 1];

static void
begin (CsNetlinkRequest *request, guint16 type, guint16 flags, guint8 family)
{
  struct nfgenmsg *header = cs_netlink_begin (
      request, (NFNL_SUBSYS_CTNETLINK << 8) | type, flags, sizeof *header);

  header->nfgen_family = family;
  header->version = NFNETLINK_V0;
}

int
cs_ctnetlink_dump (CsNetlink *self,
                   int family,
                   gboolean masqueraded,
                   CsNetlinkFunc func,
                   gpointer user_data)
{
  CsNetlinkRequest request;

  begin (&request, IPCTNL_MSG_CT_GET, NLM_F_DUMP, (guint8)family);
  if (masqueraded)
    {
      mnl_attr_put_u32 (&request.header, CTA_STATUS, g_htonl (IPS_SRC_NAT));
      mnl_attr_put_u32 (&request.header, CTA_STATUS_MASK, g_htonl (IPS_SRC_NAT));
    }
  return cs_netlink_ask (self, &request.header, func, user_data);
}

/* CTA_FILTER_F_CTA_PROTO_NUM and _DST_PORT of the kernel's nf_internals.h, which is not
 * among its headers for programs. */
#define FILTER_PROTOCOL (1u << 3)
#define FILTER_PORT     (1u << 5)

int
cs_ctnetlink_dump_to_port (CsNetlink *self,
                           int family,
                           guint8 protocol,
                           guint16 port,
                           CsNetlinkFunc func,
                           gpointer user_data)
{
  CsNetlinkRequest request;
  struct nlattr *tuple, *proto, *filter;

  begin (&request, IPCTNL_MSG_CT_GET, NLM_F_DUMP, (guint8)family);
  tuple = mnl_attr_nest_start (&request.header, CTA_TUPLE_ORIG);
  proto = mnl_attr_nest_start (&request.header, CTA_TUPLE_PROTO);
  mnl_attr_put_u8 (&request.header, CTA_PROTO_NUM, protocol);
  mnl_attr_put_u16 (&request.header, CTA_PROTO_DST_PORT, g_htons (port));
  mnl_attr_nest_end (&request.header, proto);
  mnl_attr_nest_end (&request.header, tuple);
  filter = mnl_attr_nest_start (&request.header, CTA_FILTER);
  mnl_attr_put_u32 (&request.header, CTA_FILTER_ORIG_FLAGS,
                    FILTER_PROTOCOL | FILTER_PORT);
  mnl_attr_nest_end (&request.header, filter);
  return cs_netlink_ask (self, &request.header, func, user_data);
}

static void
get_ends (const struct nlattr *tuple, int family, CsAddress *from, CsAddress *to)
{
  gboolean is_ipv6 = family == AF_INET6;
  const struct nlattr *ends = cs_netlink_find (tuple, CTA_TUPLE_IP);

  *from = cs_netlink_get_address (
      family, cs_netlink_find (ends, is_ipv6 ? CTA_IP_V6_SRC : CTA_IP_V4_SRC));
  *to = cs_netlink_get_address (
      family, cs_netlink_find (ends, is_ipv6 ? CTA_IP_V6_DST : CTA_IP_V4_DST));
}

static guint16
get_port (const struct nlattr *tuple, guint16 which)
{
  const struct nlattr *port
      = cs_netlink_find (cs_netlink_find (tuple, CTA_TUPLE_PROTO), which);

  return port != NULL ? g_ntohs (mnl_attr_get_u16 (port)) : 0;
}

gboolean
cs_ctnetlink_parse (const struct nlmsghdr *message, CsConnection *connection)
{
  const struct nfgenmsg *header = mnl_nlmsg_get_payload (message);
  const struct nlattr *attributes[CTA_MAX + 1];
  const struct nlattr *answers, *protocol, *number;

  if (!cs_netlink_parse (message, sizeof *header, sizes, attributes, CTA_MAX))
    return FALSE;
  answers = attributes[CTA_TUPLE_REPLY];
  get_ends (attributes[CTA_TUPLE_ORIG], header->nfgen_family, &connection->client,
            &connection->server);
  get_ends (answers, header->nfgen_family, &connection->answers_from,
            &connection->answers_to);
  protocol = cs_netlink_find (answers, CTA_TUPLE_PROTO);
  number = cs_netlink_find (protocol, CTA_PROTO_NUM);
  connection->protocol = number != NULL ? mnl_attr_get_u8 (number) : 0;
  connection->port = get_port (answers, CTA_PROTO_DST_PORT);
  connection->from_port = get_port (answers, CTA_PROTO_SRC_PORT);
  connection->server_port = get_port (attributes[CTA_TUPLE_ORIG], CTA_PROTO_DST_PORT);
  return cs_address_is_set (connection->client)
         && cs_address_is_set (connection->answers_to);
}

int
cs_ctnetlink_delete (CsNetlink *self, const struct nlmsghdr *message)
{
  static const guint16 names[] = { CTA_TUPLE_ORIG, CTA_ZONE, CTA_ID };
  const struct nfgenmsg *header = mnl_nlmsg_get_payload (message);
  const struct nlattr *attributes[CTA_MAX + 1];
  CsNetlinkRequest request;
  int failure;

  if (!cs_netlink_parse (message, sizeof *header, sizes, attributes, CTA_MAX))
    return EBADMSG;
  begin (&request, IPCTNL_MSG_CT_DELETE, 0, header->nfgen_family);
  for (gsize i = 0; i < G_N_ELEMENTS (names); i++)
    {
      const struct nlattr *name = attributes[names[i]];

      if (name != NULL)
        mnl_attr_put (&request.header, name->nla_type, mnl_attr_get_payload_len (name),
                      mnl_attr_get_payload (name));
    }
  failure = cs_netlink_ask (self, &request.header, NULL, NULL);
  return failure == ENOENT ? 0 : failure;
}
