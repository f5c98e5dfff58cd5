/* SPDX-License-Identifier: GPL-2.0-or-later */
/* IFF_UP, as "ip link set up" and "down" change it. */
#include "link.h"

#include <errno.h>
#include <net/if.h>

gboolean
cs_link_is_off (const char *name)
{
  g_autofree char *path = g_build_filename ("/sys/class/net", name, "flags", NULL);
  g_autofree char *text = NULL;

  return g_file_get_contents (path, &text, NULL, NULL)
         && (g_ascii_strtoull (text, NULL, 16) & IFF_UP) == 0;
}

gboolean
cs_link_switch (CsNetlink *netlink,
                int ifindex,
                const char *name,
                gboolean on,
                GError **error)
{
  CsNetlinkRequest request;
  struct ifinfomsg *link = cs_netlink_begin (&request, RTM_NEWLINK, 0, sizeof *link);
  int failure;

  link->ifi_index = ifindex;
  link->ifi_change = IFF_UP;
  link->ifi_flags = on ? IFF_UP : 0;
  failure = cs_netlink_ask (netlink, &request.header, NULL, NULL);
  return (!on && failure == ENODEV)
         || cs_netlink_check (netlink, failure, error, "cannot switch \"%s\" %s", name,
                              on ? "on" : "off");
}

gboolean
cs_link_switch_on (int ifindex, const char *name, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, error);

  return netlink != NULL && cs_link_switch (netlink, ifindex, name, TRUE, error);
}
