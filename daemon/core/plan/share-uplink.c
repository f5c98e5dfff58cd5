/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Copies of a few values, and two comparisons of what is in force with what will be. */
#include "share-uplink.h"

#include "share-ipv6.h"

/* Addresses that a share remembers. */
#define FORMER_MAX 16

void
cs_share_uplink_name (CsSharePlan *share, const CsInterface *uplink)
{
  share->uplink = g_strdup (uplink->name);
  share->uplink_ifindex = uplink->ifindex;
  for (guint i = 0; i < uplink->addresses->len; i++)
    {
      CsCidr address = cs_cidr_of_address (
          g_array_index (uplink->addresses, CsInterfaceAddress, i).local.address);

      g_array_append_val (share->uplink_addresses, address);
    }
}

void
cs_share_uplink_take (CsSharePlan *share,
                      const CsInterface *lan,
                      const CsInterface *uplink)
{
  cs_share_uplink_name (share, uplink);
  if (!lan || uplink->mtu < lan->mtu)
    share->uplink_mtu = uplink->mtu;
}

/* An address (all are single) that is listed already has had another uplink since. */
static void
add_former (CsSharePlan *share, GStrvBuilder *uplinks, const char *uplink, CsCidr address)
{
  if (share->former_addresses->len == FORMER_MAX
      || cs_cidr_overlaps_any (address, share->uplink_addresses)
      || cs_cidr_overlaps_any (address, share->former_addresses))
    return;
  g_array_append_val (share->former_addresses, address);
  g_strv_builder_add (uplinks, uplink);
}

static void
remember (CsSharePlan *share, const CsSharePlan *before)
{
  g_autoptr (GStrvBuilder) uplinks = g_strv_builder_new ();

  for (guint i = 0; i < before->uplink_addresses->len; i++)
    add_former (share, uplinks, before->uplink,
                g_array_index (before->uplink_addresses, CsCidr, i));
  for (guint i = 0; i < before->former_addresses->len; i++)
    add_former (share, uplinks, before->former_uplinks[i],
                g_array_index (before->former_addresses, CsCidr, i));
  if (share->former_addresses->len > 0)
    share->former_uplinks = g_strv_builder_end (uplinks);
}

static void
leave_networks (CsSharePlan *share, const GArray *before, const GArray *now)
{
  for (guint i = 0; i < before->len; i++)
    {
      CsCidr network = g_array_index (before, CsCidr, i);

      if (!cs_share_plan_guards (share) || !cs_cidr_overlaps_any (network, now))
        g_array_append_val (share->left_networks, network);
    }
}

static void
leave_forwarding6 (CsSharePlan *share, const CsSharePlan *before)
{
  CsIpv6Plan *ipv6 = &share->ipv6;

  if (cs_share_plan_guards_uplink6 (before)
      && (!cs_share_plan_guards_uplink6 (share)
          || !g_str_equal (before->uplink, share->uplink)))
    ipv6->left_uplink = g_strdup (before->uplink);
  ipv6->left_forwarding
      = before->ipv6.found_all_forwarding && !ipv6->found_all_forwarding;
}

void
cs_share_uplink_leave (CsSharePlan *share, const CsSharePlan *before)
{
  g_autoptr (GArray) networks6 = NULL;
  g_autoptr (GArray) networks6_before = NULL;

  if (!before)
    return;
  remember (share, before);
  if (!cs_share_plan_guards (before))
    return;
  networks6 = cs_share_plan_networks6 (share);
  networks6_before = cs_share_plan_networks6 (before);
  leave_networks (share, before->subnets, share->subnets);
  leave_networks (share, networks6_before, networks6);
  if (cs_share_plan_guards_uplink (before)
      && (!cs_share_plan_guards_uplink (share)
          || !g_str_equal (before->uplink, share->uplink)))
    share->left_uplink = g_strdup (before->uplink);
  leave_forwarding6 (share, before);
}

void
cs_share_uplink_inherit (CsSharePlan *share, const CsSharePlan *unfinished)
{
  g_autoptr (GArray) networks6 = cs_share_plan_networks6 (share);

  for (guint i = 0; i < unfinished->left_networks->len; i++)
    {
      CsCidr network = g_array_index (unfinished->left_networks, CsCidr, i);

      if (!cs_cidr_overlaps_any (network, share->subnets)
          && !cs_cidr_overlaps_any (network, networks6)
          && !cs_cidr_overlaps_any (network, share->left_networks))
        g_array_append_val (share->left_networks, network);
    }
  if (!share->left_uplink && g_strcmp0 (unfinished->left_uplink, share->uplink) != 0)
    share->left_uplink = g_strdup (unfinished->left_uplink);
  if (!share->ipv6.left_uplink
      && g_strcmp0 (unfinished->ipv6.left_uplink, share->uplink) != 0)
    share->ipv6.left_uplink = g_strdup (unfinished->ipv6.left_uplink);
  if (!share->ipv6.found_all_forwarding)
    share->ipv6.left_forwarding |= unfinished->ipv6.left_forwarding;
}
