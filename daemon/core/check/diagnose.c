/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places that a packet passes, as a table of checks in that order. */
#include "diagnose.h"

#include "diagnose-forwards.h"
#include "diagnose-host.h"
#include "diagnose-ipv6.h"
#include "diagnose-lan.h"
#include "diagnose-uplink.h"

typedef void (*Check) (CsWalk *walk);

static const Check host_checks[] = {
  cs_walk_check_any_share, cs_walk_check_nftables,   cs_walk_check_extras,
  cs_walk_check_dnsmasq,   cs_walk_check_polkit,     cs_walk_check_network_manager,
  cs_walk_check_seized,    cs_walk_check_ip_forward, cs_walk_check_ipv6_forward,
};

/* For a share that is in force, waiting or not. */
static const Check share_checks[] = {
  cs_walk_check_link,       cs_walk_check_radio,        cs_walk_check_plan,
  cs_walk_check_network,    cs_walk_check_repairs,      cs_walk_check_blocked,
  cs_walk_check_dhcp,       cs_walk_check_name_server,  cs_walk_check_radvd,
  cs_walk_check_blocks,     cs_walk_check_rules,        cs_walk_check_mtu,
  cs_walk_check_upstream,   cs_walk_check_resolver,     cs_walk_check_ipv6,
  cs_walk_check_ipv6_alone, cs_walk_check_ipv6_proxied, cs_walk_check_replies,
  cs_walk_check_data_limit, cs_walk_check_external,     cs_walk_check_forwards,
  cs_walk_check_ports,      cs_walk_check_upnp,         cs_walk_check_router,
  cs_walk_check_nat,
};

static void
walk_share (CsWalk *walk, const CsSharePlan *share)
{
  walk->share = share;
  walk->found = cs_facts_get_share (walk->facts, share->lan);
  walk->lan = cs_snapshot_find_index (walk->snapshot, share->lan_ifindex);
  walk->uplink = cs_snapshot_find_index (walk->snapshot, share->uplink_ifindex);
  cs_walk_check_clients (walk);
  cs_walk_check_state (walk);
  if (share->state == CS_STATE_FAILED || share->state == CS_STATE_STARTING)
    return;
  for (gsize i = 0; i < G_N_ELEMENTS (share_checks); i++)
    share_checks[i](walk);
}

GPtrArray *
cs_diagnose (const CsPlan *plan, const CsSnapshot *snapshot, CsFacts *facts)
{
  CsWalk walk = { .plan = plan,
                  .snapshot = snapshot,
                  .facts = facts,
                  .findings = g_ptr_array_new_with_free_func (cs_finding_free) };

  for (gsize i = 0; i < G_N_ELEMENTS (host_checks); i++)
    host_checks[i](&walk);
  for (guint i = 0; i < plan->shares->len; i++)
    walk_share (&walk, plan->shares->pdata[i]);
  return walk.findings;
}
