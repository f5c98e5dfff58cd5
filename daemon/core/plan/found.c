/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Once a share has changed a value, it cannot be read from the host any more; so the
 * first share to change it records what it found, and every later plan takes it from
 * there, including that of another share with the same uplink. A share that is on its way
 * may have changed it already. Devices are compared by ifindex: a device that is plugged
 * in again has nothing of ours. */
#include "found.h"

#include "found-ipv6.h"

/* Adds all of @list (nullable) to @shares. */
static void
add_all (GPtrArray *shares, const GPtrArray *list)
{
  for (guint i = 0; list && i < list->len; i++)
    g_ptr_array_add (shares, list->pdata[i]);
}

/* Of CsSharePlan (unowned): all that may have changed anything. @previous is nullable. */
static GPtrArray *
list_changers (const CsPlan *previous)
{
  GPtrArray *shares = g_ptr_array_new ();

  if (!previous)
    return shares;
  add_all (shares, previous->shares);
  add_all (shares, previous->begun);
  add_all (shares, previous->remnants);
  return shares;
}

/* One of @shares that makes @ifindex forward, and what was found there: one that changed
 * it takes precedence over those that left it as it was. (nullable) */
static const CsSharePlan *
find_forwarder (const GPtrArray *shares, int ifindex, const char **found)
{
  const CsSharePlan *forwarder = NULL;

  for (guint i = 0; i < shares->len; i++)
    {
      const CsSharePlan *share = shares->pdata[i];

      if (share->lan_ifindex == ifindex && !share->closed)
        *found = share->found_lan_forwarding;
      else if (share->uplink_ifindex == ifindex && cs_share_plan_forwards (share))
        *found = share->found_uplink_forwarding;
      else
        continue;
      forwarder = share;
      if (*found)
        break;
    }
  return forwarder;
}

/* Writing net.ipv4.ip_forward also writes that of every interface (inet_forward_change
 * () in the kernel): what was found before is void then. */
static char *
found_forwarding (const CsInterface *interface,
                  const GPtrArray *shares,
                  const CsSnapshot *snapshot)
{
  const char *found = NULL;
  const CsSharePlan *share = find_forwarder (shares, interface->ifindex, &found);

  if (share && share->host_forwards != snapshot->host_forwards)
    return snapshot->host_forwards ? NULL : g_strdup ("0");
  if (found)
    return g_strdup (found);
  return interface->forwarding == 0 ? g_strdup ("0") : NULL;
}

/* Only strict mode (1) is in the way: it drops replies on an uplink that is not the
 * best route back to their source (RFC 3704; ip-sysctl.rst in the kernel). */
static char *
found_rp_filter (const CsInterface *interface, const GPtrArray *shares)
{
  for (guint i = 0; i < shares->len; i++)
    {
      const CsSharePlan *share = shares->pdata[i];

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
          const GPtrArray *shares,
          const CsSnapshot *snapshot)
{
  gboolean same = before && before->lan_ifindex == lan->ifindex
                  && before->lan_method == share->lan_method;

  share->found_lan_forwarding = found_forwarding (lan, shares, snapshot);
  if (share->lan_method == CS_LAN_METHOD_PROFILE)
    {
      if (same || (before && before->lan_taken == CS_LAN_TAKEN_UNAVAILABLE))
        share->found_connection = g_strdup (before->found_connection);
      else if (!lan->connection_ours)
        share->found_connection = g_strdup (lan->connection_uuid);
    }
  if (share->lan_method == CS_LAN_METHOD_ADDRESS)
    {
      share->found_link_down = same ? before->found_link_down : !lan->up;
      share->found_address = same && cs_cidr_equal (before->address, share->address)
                                 ? before->found_address
                                 : cs_interface_has_address (lan, share->address);
    }
}

/* An interface that forwards, and not because of a share, belongs to somebody who
 * needs replies from the uplink for it. */
static gboolean
others_forward (const GPtrArray *shares, const CsSnapshot *snapshot)
{
  if (snapshot->host_forwards)
    return TRUE;
  for (guint i = 0; i < snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = snapshot->interfaces->pdata[i];
      const char *found = NULL;

      if (interface->forwarding != 1)
        continue;
      find_forwarder (shares, interface->ifindex, &found);
      if (!found)
        return TRUE;
    }
  return FALSE;
}

/* The kernel's reverse path filter looks for the way back to who sent a reply as if from
 * the LAN, whose own rule leads to the uplink, unless the packet's mark counts there, too
 * (fib_validate_source () in fib_frontend.c). */
static char *
found_src_valid_mark (const GPtrArray *shares, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < shares->len; i++)
    {
      const CsSharePlan *share = shares->pdata[i];

      if (share->found_src_valid_mark)
        return g_strdup (share->found_src_valid_mark);
    }
  return snapshot->valid_marks ? NULL : g_strdup ("0");
}

static gboolean
others_translate (const CsSnapshot *snapshot)
{
  return (snapshot->firewall && snapshot->firewall->translates)
         || (snapshot->legacy_filter && snapshot->legacy_filter->translates);
}

void
cs_found_fill (CsSharePlan *share, const CsPlan *previous, const CsSnapshot *snapshot)
{
  g_autoptr (GPtrArray) shares = list_changers (previous);
  const CsSharePlan *before
      = previous ? cs_share_plan_applied (cs_plan_find (previous, share->lan)) : NULL;
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);
  const CsInterface *uplink = cs_snapshot_find_index (snapshot, share->uplink_ifindex);

  share->host_forwards = snapshot->host_forwards;
  share->publishes = snapshot->host_forwards && others_translate (snapshot);
  if (share->publishes)
    share->found_src_valid_mark = found_src_valid_mark (shares, snapshot);
  if (lan)
    fill_lan (share, before, lan, shares, snapshot);
  else if (before && share->lan_taken == CS_LAN_TAKEN_UNAVAILABLE)
    share->found_connection = g_strdup (before->found_connection);
  if (uplink)
    {
      share->found_uplink_forwarding = found_forwarding (uplink, shares, snapshot);
      share->found_uplink_rp_filter = found_rp_filter (uplink, shares);
      share->uplink_sealed
          = cs_share_plan_guards_uplink (share) && !others_forward (shares, snapshot);
    }
  cs_found_fill_ipv6 (share, shares, snapshot);
}
