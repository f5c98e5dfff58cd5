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

gboolean
cs_ctnetlink_parse (const struct nlmsghdr *message, CsConnection *connection)
{
  const struct nfgenmsg *header = mnl_nlmsg_get_payload (message);
  const struct nlattr *attributes[CTA_MAX + 1];
  const struct nlattr *answers, *protocol, *number, *port;

  if (!cs_netlink_parse (message, sizeof *header, sizes, attributes, CTA_MAX))
    return FALSE;
  answers = attributes[CTA_TUPLE_REPLY];
  get_ends (attributes[CTA_TUPLE_ORIG], header->nfgen_family, &connection->client,
            &connection->server);
  get_ends (answers, header->nfgen_family, &connection->answers_from,
            &connection->answers_to);
  protocol = cs_netlink_find (answers, CTA_TUPLE_PROTO);
  number = cs_netlink_find (protocol, CTA_PROTO_NUM);
  port = cs_netlink_find (protocol, CTA_PROTO_DST_PORT);
  connection->protocol = number != NULL ? mnl_attr_get_u8 (number) : 0;
  connection->port = port != NULL ? g_ntohs (mnl_attr_get_u16 (port)) : 0;
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
