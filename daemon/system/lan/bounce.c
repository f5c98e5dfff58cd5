/* SPDX-License-Identifier: GPL-2.0-or-later */
/* An access point of ours has already been restarted (lan-profile.c). Somebody else's is
 * left alone: switching it off would end it, and its clients find out when they renew
 * their leases. */
#include "bounce.h"

#include "base/log.h"
#include "system/netlink/link.h"
#include "system/netlink/rtnetlink.h"

static gboolean
has_moved (const CsSharePlan *from, const CsSharePlan *to)
{
  return from != NULL && to != NULL && to->lan_ifindex != 0
         && from->lan_ifindex == to->lan_ifindex && from->address.prefix != 0
         && to->address.prefix != 0 && !cs_cidr_equal (from->address, to->address);
}

static gboolean
bounce (const CsSharePlan *share, GError **error)
{
  g_autoptr (CsNetlink) netlink = cs_netlink_open (NETLINK_ROUTE, error);

  return netlink != NULL
         && cs_link_switch (netlink, share->lan_ifindex, share->lan, FALSE, error)
         && cs_link_switch (netlink, share->lan_ifindex, share->lan, TRUE, error);
}

/* Clients that do not notice at once do so later: no reason to undo the move. */
static gboolean
apply (gpointer self, const CsStepCall *call, GError **error)
{
  const CsSharePlan *from = call->from, *to = call->to;
  g_autoptr (GError) cause = NULL;

  if (has_moved (from, to) && !from->lan_wireless && !to->lan_wireless
      && !bounce (to, &cause))
    cs_warning (to->lan, "clients keep their old addresses for a while: %s",
                cause->message);
  return TRUE;
}

static const CsStepType type = {
  .name = "clients' leases",
  .apply = apply,
};

CsStep *
cs_bounce_step_new (void)
{
  return cs_step_new (&type, NULL);
}
