/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The places that the packet passes, as a table of checks in that order. */
#include "diagnose-private.h"

typedef void (*Check) (CsWalk *walk);

static const Check host_checks[] = {
  cs_walk_check_any_share,  cs_walk_check_nftables,        cs_walk_check_dnsmasq,
  cs_walk_check_polkit,     cs_walk_check_network_manager, cs_walk_check_seized,
  cs_walk_check_ip_forward,
};

/* Of a share that is in force, waiting or not. */
static const Check share_checks[] = {
  cs_walk_check_link, cs_walk_check_plan,        cs_walk_check_repairs,
  cs_walk_check_dhcp, cs_walk_check_name_server, cs_walk_check_blocks,
  cs_walk_check_mtu,  cs_walk_check_upstream,    cs_walk_check_replies,
};

static void
finding_free (gpointer data)
{
  CsFinding *finding = data;

  g_free (finding->subject);
  g_free (finding->message);
  g_free (finding->remedy);
  g_free (finding);
}

void
cs_walk_add (CsWalk *walk,
             CsSeverity severity,
             const char *code,
             char *message,
             char *remedy)
{
  CsFinding *finding = g_new (CsFinding, 1);

  finding->severity = severity;
  finding->code = g_intern_string (code);
  finding->subject = g_strdup (walk->share ? walk->share->lan : "");
  finding->message = message;
  finding->remedy = remedy;
  g_ptr_array_add (walk->findings, finding);
}

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
                  .findings = g_ptr_array_new_with_free_func (finding_free) };

  for (gsize i = 0; i < G_N_ELEMENTS (host_checks); i++)
    host_checks[i](&walk);
  for (guint i = 0; i < plan->shares->len; i++)
    walk_share (&walk, plan->shares->pdata[i]);
  return walk.findings;
}

const char *
cs_severity_to_string (CsSeverity severity)
{
  static const char *const words[] = { [CS_SEVERITY_INFO] = "info",
                                       [CS_SEVERITY_WARNING] = "warning",
                                       [CS_SEVERITY_ERROR] = "error" };

  return words[severity];
}
