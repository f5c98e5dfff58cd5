/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "neighbors.h"

#include <linux/neighbour.h>
#include <linux/rtnetlink.h>
#include <string.h>

#define TICKS 100 /* a second, as the kernel counts for programs (USER_HZ) */

gboolean
cs_neighbor_parse (const struct nlmsghdr *message, int ifindex, CsNeighbor *neighbor)
{
  static const guint8 sizes[NDA_MAX + 1] = {
    [NDA_LLADDR] = sizeof (CsMac), [NDA_CACHEINFO] = sizeof (struct nda_cacheinfo)
  };
  const struct nlattr *attributes[NDA_MAX + 1];
  const struct ndmsg *header = mnl_nlmsg_get_payload (message);
  struct nda_cacheinfo cache;

  if (message->nlmsg_type != RTM_NEWNEIGH
      || !cs_netlink_parse (message, sizeof *header, sizes, attributes, NDA_MAX)
      || header->ndm_ifindex != ifindex || header->ndm_flags & NTF_PROXY
      || header->ndm_state & (NUD_FAILED | NUD_INCOMPLETE | NUD_NOARP)
      || attributes[NDA_LLADDR] == NULL || attributes[NDA_CACHEINFO] == NULL
      || mnl_attr_get_payload_len (attributes[NDA_LLADDR]) != sizeof (CsMac))
    return FALSE;
  neighbor->address = cs_netlink_get_address (header->ndm_family, attributes[NDA_DST]);
  memcpy (&neighbor->mac, mnl_attr_get_payload (attributes[NDA_LLADDR]),
          sizeof neighbor->mac);
  memcpy (&cache, mnl_attr_get_payload (attributes[NDA_CACHEINFO]), sizeof cache);
  neighbor->heard_ago = cache.ndm_confirmed / TICKS;
  neighbor->reachable
      = (header->ndm_state & (NUD_REACHABLE | NUD_DELAY | NUD_PROBE)) != 0;
  return cs_address_is_set (neighbor->address) && cs_mac_is_client (neighbor->mac);
}

int
cs_neighbors_dump (CsNetlink *netlink,
                   int family,
                   int ifindex,
                   CsNetlinkFunc func,
                   gpointer user_data)
{
  CsNetlinkRequest request;
  struct ndmsg *header
      = cs_netlink_begin (&request, RTM_GETNEIGH, NLM_F_DUMP, sizeof *header);

  header->ndm_family = (guint8)family;
  mnl_attr_put_u32 (&request.header, NDA_IFINDEX, (guint32)ifindex);
  return cs_netlink_ask (netlink, &request.header, func, user_data);
}

void
cs_neighbor_probe (CsNetlink *netlink, int ifindex, const CsNeighbor *neighbor)
{
  CsNetlinkRequest request;
  struct ndmsg *header
      = cs_netlink_begin (&request, RTM_NEWNEIGH, NLM_F_REPLACE, sizeof *header);

  header->ndm_family = neighbor->address.family;
  header->ndm_ifindex = ifindex;
  header->ndm_state = NUD_PROBE;
  cs_netlink_put_address (&request.header, NDA_DST, neighbor->address);
  mnl_attr_put (&request.header, NDA_LLADDR, sizeof neighbor->mac, &neighbor->mac);
  cs_netlink_ask (netlink, &request.header, NULL, NULL);
}
