/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A value that a share has changed cannot be read from the host any more; so the first to
 * change it has written down what it found, and every later plan takes it from there,
 * also that of another share with the same uplink. Devices are compared by ifindex: a
 * device that came anew has nothing of ours. */
#include "found.h"

/* What a share in force found in the forwarding switch of @ifindex. */
static const char *
find_forwarding (const CsPlan *previous, int ifindex)
{
  for (guint i = 0; previous && i < previous->shares->len; i++)
    {
      const CsSharePlan *share = previous->shares->pdata[i];

      if (share->lan_ifindex == ifindex && share->found_lan_forwarding)
        return share->found_lan_forwarding;
      if (share->uplink_ifindex == ifindex && share->found_uplink_forwarding)
        return share->found_uplink_forwarding;
    }
  return NULL;
}

static char *
found_forwarding (const CsInterface *interface, const CsPlan *previous)
{
  const char *before = find_forwarding (previous, interface->ifindex);

  if (before)
    return g_strdup (before);
  return interface->forwarding == 0 ? g_strdup ("0") : NULL;
}

/* Only strict mode (1) is in the way: it drops replies on an uplink that is not the best
 * way back to their source (RFC 3704; ip-sysctl.rst in the kernel). */
static char *
found_rp_filter (const CsInterface *interface, const CsPlan *previous)
{
  for (guint i = 0; previous && i < previous->shares->len; i++)
    {
      const CsSharePlan *share = previous->shares->pdata[i];

      if (share->uplink_ifindex == interface->ifindex && share->found_uplink_rp_filter)
        return g_strdup (share->found_uplink_rp_filter);
    }
  if (interface->rp_filter != 1)
    return NULL;
  return g_strdup (interface->rp_filter_own == 1 ? "1" : "0");
}

static void
fill_lan (CsSharePlan *share,
          const CsSharePlan *before,
          const CsInterface *lan,
          const CsPlan *previous)
{
  gboolean same = before && before->lan_ifindex == lan->ifindex
                  && before->lan_method == share->lan_method;

  share->found_lan_forwarding = found_forwarding (lan, previous);
  if (share->lan_method == CS_LAN_PROFILE)
    {
      if (same)
        share->found_connection = g_strdup (before->found_connection);
      else if (!lan->connection_ours)
        share->found_connection = g_strdup (lan->connection_uuid);
    }
  if (share->lan_method == CS_LAN_ADDRESS)
    {
      share->found_link_down = same ? before->found_link_down : !lan->up;
      share->found_address = same && cs_cidr_equal (before->address, share->address)
                                 ? before->found_address
                                 : cs_interface_has_address (lan, share->address);
    }
}

void
cs_found_fill (CsSharePlan *share, const CsPlan *previous, const CsSnapshot *snapshot)
{
  const CsSharePlan *before
      = previous ? cs_share_plan_applied (cs_plan_find (previous, share->lan)) : NULL;
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);
  const CsInterface *uplink = cs_snapshot_find_index (snapshot, share->uplink_ifindex);

  if (lan)
    fill_lan (share, before, lan, previous);
  if (uplink)
    {
      share->found_uplink_forwarding = found_forwarding (uplink, previous);
      share->found_uplink_rp_filter = found_rp_filter (uplink, previous);
    }
}
