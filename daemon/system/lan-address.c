/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The old address goes first: in the same network the new one would be its secondary, and
 * the kernel deletes the secondaries together with the first. What was there before the
 * share (found_address, found_link_down) is left, or made, as it was. */
#include "lan-address.h"

#include "link.h"
#include "netlink.h"

#include <netlink/route/addr.h>

typedef struct rtnl_addr CsRtAddress;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRtAddress, rtnl_addr_put)

static CsRtAddress *
build_address (const CsSharePlan *share)
{
  CsRtAddress *built = rtnl_addr_alloc ();
  g_autoptr (CsNlAddr) local = cs_nl_addr_new (share->address);

  if (built == NULL)
    g_error ("out of memory");
  rtnl_addr_set_ifindex (built, share->lan_ifindex);
  rtnl_addr_set_local (built, local);
  return built;
}

static gboolean
remove_address (CsNetlink *netlink, const CsSharePlan *share, GError **error)
{
  g_autoptr (CsRtAddress) address = build_address (share);
  g_autofree char *text = cs_cidr_to_string (share->address);
  int code = rtnl_addr_delete (netlink->socket, address, 0);

  return code == -NLE_NOADDR || code == -NLE_NODEV
         || cs_netlink_check (netlink, code, error,
                              "Cannot take the address %s from \"%s\"", text, share->lan);
}

static gboolean
add_address (CsNetlink *netlink, const CsSharePlan *share, GError **error)
{
  g_autoptr (CsRtAddress) address = build_address (share);
  g_autofree char *text = cs_cidr_to_string (share->address);
  CsCidr last = share->address;
  g_autoptr (CsNlAddr) broadcast = NULL;
  int code;

  last.address |= G_MAXUINT32 >> last.prefix;
  last.prefix = 32;
  broadcast = cs_nl_addr_new (last);
  rtnl_addr_set_broadcast (address, broadcast);
  code = rtnl_addr_add (netlink->socket, address, 0);
  return code == -NLE_EXIST
         || cs_netlink_check (netlink, code, error,
                              "Cannot give the address %s to \"%s\"", text, share->lan);
}

gboolean
cs_lan_address_apply (const CsSharePlan *from, const CsSharePlan *to, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (error);
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
  if (to->found_link_down
      && !cs_link_switch (netlink, to->lan_ifindex, to->lan, TRUE, error))
    return FALSE;
  return add_address (netlink, to, error);
}
