/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The old address goes first: in the same network the new one would be its secondary, and
 * the kernel deletes secondaries together with their primary. What was there before the
 * share (found_address, found_link_down) is left as it was, or restored. */
#include "lan-address.h"

#include "system/netlink/link.h"
#include "system/netlink/rtnetlink.h"

#include <errno.h>
#include <linux/if_addr.h>

static int
change_address (CsNetlink *netlink, const CsSharePlan *share, guint16 type)
{
  CsNetlinkRequest request;
  guint16 flags = type == RTM_NEWADDR ? NLM_F_CREATE | NLM_F_EXCL : 0;
  struct ifaddrmsg *header = cs_netlink_begin (&request, type, flags, sizeof *header);
  CsCidr address = share->address;

  header->ifa_family = address.address.family;
  header->ifa_prefixlen = (guint8)address.prefix;
  header->ifa_index = (guint32)share->lan_ifindex;
  cs_netlink_put_address (&request.header, IFA_LOCAL, address.address);
  cs_netlink_put_address (&request.header, IFA_ADDRESS, address.address);
  if (type == RTM_NEWADDR)
    cs_netlink_put_address (&request.header, IFA_BROADCAST, cs_cidr_last (address));
  return cs_netlink_ask (netlink, &request.header, NULL, NULL);
}

static gboolean
remove_address (CsNetlink *netlink, const CsSharePlan *share, GError **error)
{
  g_autofree char *text = cs_cidr_to_string (share->address);
  int failure = change_address (netlink, share, RTM_DELADDR);

  return failure == EADDRNOTAVAIL || failure == ENODEV
         || cs_netlink_check (netlink, failure, error,
                              "cannot remove the address %s from \"%s\"", text,
                              share->lan);
}

static gboolean
add_address (CsNetlink *netlink, const CsSharePlan *share, GError **error)
{
  g_autofree char *text = cs_cidr_to_string (share->address);
  int failure = change_address (netlink, share, RTM_NEWADDR);

  return failure == EEXIST
         || cs_netlink_check (netlink, failure, error,
                              "cannot add the address %s to \"%s\"", text, share->lan);
}

gboolean
cs_lan_address_apply (const CsSharePlan *from, const CsSharePlan *to, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, error);
  gboolean same_device, same_address;

  if (netlink == NULL)
    return FALSE;
  same_device = from != NULL && to != NULL && from->lan_ifindex == to->lan_ifindex;
  same_address = same_device && cs_cidr_equal (from->address, to->address);

  if (from != NULL && !from->found_address && !same_address
      && !remove_address (netlink, from, error))
    return FALSE;
  if (from != NULL && from->found_link_down && !same_device
      && !cs_link_switch (netlink, from->lan_ifindex, from->lan, FALSE, error))
    return FALSE;
  if (to == NULL)
    return TRUE;
  if (cs_link_is_off (to->lan)
      && !cs_link_switch (netlink, to->lan_ifindex, to->lan, TRUE, error))
    return FALSE;
  return add_address (netlink, to, error);
}
