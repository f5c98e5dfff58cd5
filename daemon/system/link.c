/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IFF_UP, as "ip link set up" and "down" change it. */
#include "link.h"

#include <netlink/route/link.h>

typedef struct rtnl_link CsRtLink;
G_DEFINE_AUTOPTR_CLEANUP_FUNC (CsRtLink, rtnl_link_put)

gboolean
cs_link_switch (CsNetlink *netlink,
                int ifindex,
                const char *name,
                gboolean on,
                GError **error)
{
  g_autoptr (CsRtLink) link = rtnl_link_alloc ();
  g_autoptr (CsRtLink) change = rtnl_link_alloc ();
  int code;

  if (link == NULL || change == NULL)
    g_error ("out of memory");
  rtnl_link_set_ifindex (link, ifindex);
  if (on)
    rtnl_link_set_flags (change, IFF_UP);
  else
    rtnl_link_unset_flags (change, IFF_UP);
  code = rtnl_link_change (netlink->socket, link, change, 0);
  return (!on && code == -NLE_NODEV)
         || cs_netlink_check (netlink, code, error, "Cannot switch \"%s\" %s", name,
                              on ? "on" : "off");
}
