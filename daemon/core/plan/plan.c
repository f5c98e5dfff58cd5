/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Planning, one share after another, oldest first: if two want the same thing, the
 * older one gets it. A share's plan is made in parts, each of which may use the parts
 * before it. If one fails, the plan is its error; and if the LAN is suitable, it is
 * closed until the share can be planned: its clients' packets must not find another
 * way. What the plan in force has is kept as long as it is right, so that a pass
 * without a cause changes nothing. */
#include "plan.h"

#include "data-limit.h"
#include "found.h"
#include "gateway.h"
#include "ipv6.h"
#include "lan-networks.h"
#include "lan-taken.h"
#include "opening.h"
#include "plan-state.h"
#include "radio.h"
#include "rules.h"
#include "services.h"
#include "share-uplink.h"
#include "suitable.h"

#include "core/value/ifname.h"
#include "core/value/wan.h"
#include "dbus/errors.h"

/* How long what a share has left stays guarded, unless another plan comes first. */
#define LEAVE_TIME G_USEC_PER_SEC

typedef struct
{
  const CsSnapshot *snapshot;
  const CsPlan *previous; /* (nullable) */
  const GPtrArray *requests;
  CsPlan *plan;       /* unowned; the shares planned so far */
  GHashTable *others; /* (owned) LAN -> CsSharePlan: those, and what is in force */

  /* of the share that is being planned */
  const CsRequest *request;
  const CsSharePlan *before; /* (nullable) what is in force for it */
  const CsInterface *lan;    /* (nullable) */
  CsUplink uplink;           /* (owned) */
  CsSharePlan *share;        /* unowned */
} Planner;

static const CsSharePlan *
find_applied (const CsPlan *plan, const char *lan)
{
  return plan ? cs_share_plan_applied (cs_plan_find (plan, lan)) : NULL;
}

/* Whether the device that the plan in force was made for still has its name. */
static gboolean
lan_is_same (const Planner *p)
{
  return p->before && !p->before->closed && p->lan
         && p->before->lan_ifindex == p->lan->ifindex;
}

/* The other share as it counts for this one: as planned now if it is older, otherwise
 * as in force. (nullable) */
static const CsSharePlan *
find_other (const Planner *p, const CsRequest *request)
{
  return request == p->request ? NULL : g_hash_table_lookup (p->others, request->lan);
}

/* What is in force, before anything is planned: LAN (unowned) -> CsSharePlan (unowned).
 */
static GHashTable *
list_others (const CsPlan *previous)
{
  GHashTable *others = g_hash_table_new (g_str_hash, g_str_equal);

  for (guint i = 0; previous && i < previous->shares->len; i++)
    {
      CsSharePlan *share = previous->shares->pdata[i];

      if (cs_share_plan_applied (share))
        g_hash_table_insert (others, share->lan, share);
    }
  return others;
}

static void
add_share (Planner *p, CsSharePlan *share)
{
  g_ptr_array_add (p->plan->shares, share);
  if (cs_share_plan_applied (share))
    g_hash_table_replace (p->others, share->lan, share);
  else
    g_hash_table_remove (p->others, share->lan);
}

static gboolean
is_mapped (const Planner *p)
{
  const char *const *mapped = (const char *const *)p->snapshot->mapped;

  return mapped && g_strv_contains (mapped, p->request->lan);
}

static CsLanMethod
choose_method (const Planner *p)
{
  if (!p->lan)
    return CS_LAN_METHOD_ABSENT;
  if (p->request->keep_lan)
    return CS_LAN_METHOD_KEEP;
  if (lan_is_same (p) && cs_share_plan_serves (p->before))
    return p->before->lan_method;
  return p->lan->managed == CS_MANAGED_YES ? CS_LAN_METHOD_PROFILE
                                           : CS_LAN_METHOD_ADDRESS;
}

/* Whether @older has @lan as its uplink, or had it until this plan. While that is in
 * force, its rule makes what comes in there skip the LANs' rules, see
 * cs_share_plan_list_rules (). */
static gboolean
has_uplink (const Planner *p, const CsSharePlan *older, const CsInterface *lan)
{
  const CsSharePlan *before = find_applied (p->previous, older->lan);

  return older->uplink_ifindex == lan->ifindex
         || (before && g_strcmp0 (before->uplink, lan->name) == 0);
}

/* That NetworkManager shares the LAN is why it is adopted. */
static gboolean
check_lan (const Planner *p, GError **error)
{
  if (p->request->adopted && cs_lan_unfit (p->lan, TRUE, p->snapshot) == CS_UNFIT_SHARED)
    return TRUE;
  return cs_lan_check (p->lan, p->request->force || lan_is_same (p), p->snapshot, error);
}

/* Older shares' uplinks cannot be a LAN. A share in force does not end because its LAN
 * got a default route since: the price has been paid. */
static gboolean
plan_lan (Planner *p, GError **error)
{
  p->share->lan_method = choose_method (p);
  if (!p->lan)
    return TRUE;
  p->share->lan_ifindex = p->lan->ifindex;
  p->share->lan_wireless = p->lan->kind == CS_KIND_WIFI;
  if (!cs_radio_plan (p->share, p->request, lan_is_same (p) ? p->before : NULL, p->lan,
                      p->snapshot, error)
      || !check_lan (p, error))
    return FALSE;
  for (guint i = 0; i < p->plan->shares->len; i++)
    {
      const CsSharePlan *other = p->plan->shares->pdata[i];

      if (!has_uplink (p, other, p->lan))
        continue;
      g_set_error (error, CS_ERROR, CS_ERROR_NOT_SUITABLE,
                   "%s is the uplink of the share of %s, so it cannot be a LAN as well; "
                   "end that share first",
                   p->lan->name, other->lan);
      return FALSE;
    }
  return TRUE;
}

/* Of char * (unowned): the LANs of those planned so far. */
static GPtrArray *
list_older_lans (const Planner *p)
{
  GPtrArray *lans = g_ptr_array_new ();

  for (guint i = 0; i < p->plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (p->plan->shares->pdata[i]);

      if (share)
        g_ptr_array_add (lans, share->lan);
    }
  return lans;
}

/* Another choice does not make up for one that can never be an uplink; anything else
 * may become one. */
static gboolean
check_choices (const Planner *p, GError **error)
{
  const GPtrArray *choices = p->request->choices;

  for (guint i = 0; i < choices->len; i++)
    for (guint k = 0; k < p->snapshot->interfaces->len; k++)
      {
        const CsInterface *interface = p->snapshot->interfaces->pdata[k];

        if (!cs_wan_choice_allows_interface (choices->pdata[i], interface->name))
          continue;
        if (!cs_ifname_check (interface->name, "WAN", error)
            || (interface->kind == CS_KIND_LOOPBACK
                && !cs_wan_check (interface, NULL, p->snapshot, error)))
          return FALSE;
      }
  return TRUE;
}

static gboolean
plan_uplink (Planner *p, GError **error)
{
  g_autoptr (GPtrArray) older_lans = list_older_lans (p);
  const CsUplinkQuestion question = {
    .snapshot = p->snapshot,
    .choices = p->request->choices,
    .lan = p->request->lan,
    .requests = p->requests,
    .older_lans = older_lans,
    .ipv6 = cs_request_ipv6 (p->request) != CS_IPV6_OFF,
    .dial = p->request->dial,
    .is_new = !p->before || p->before->closed || p->before->asked_again,
    .current = p->before ? p->before->uplink : NULL,
    .better = p->before ? p->before->better : NULL,
    .better_since = p->before ? p->before->better_since : 0,
    .damping = p->before ? p->before->damping : (CsDamping){ 0 },
  };

  if (!check_choices (p, error))
    return FALSE;
  if (cs_data_limit_is_reached (p->share, p->snapshot))
    {
      p->uplink = (CsUplink){ .reason = CS_REASON_DATA_LIMIT,
                              .message = cs_data_limit_message (p->share) };
      return TRUE;
    }
  p->uplink = cs_uplink_resolve (&question);
  if (p->uplink.reason == CS_REASON_NOT_SUITABLE)
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_NOT_SUITABLE, p->uplink.message);
      return FALSE;
    }
  p->share->dial = g_strdup (p->uplink.dial);
  p->share->better = g_strdup (p->uplink.better);
  p->share->better_since = p->uplink.better_since;
  p->share->damping = p->uplink.damping;
  p->plan->wake_at = cs_earlier (p->plan->wake_at, p->uplink.wake_at);
  if (p->uplink.interface)
    cs_share_uplink_take (p->share, p->lan, p->uplink.interface);
  return TRUE;
}

static void
add_taken (GArray *taken, const CsSharePlan *other)
{
  for (guint i = 0; other && i < other->subnets->len; i++)
    {
      CsTaken entry = { g_array_index (other->subnets, CsCidr, i), other->lan };

      g_array_append_val (taken, entry);
    }
}

static GArray *
collect_taken (const Planner *p)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (CsTaken));

  for (guint i = 0; i < p->requests->len; i++)
    {
      const CsRequest *request = p->requests->pdata[i];

      add_taken (taken, find_other (p, request));
      if (request != p->request)
        add_taken (taken, cs_plan_find_begun (p->previous, request->lan));
    }
  return taken;
}

static gboolean
plan_gateway (Planner *p, GError **error)
{
  g_autoptr (GArray) taken = collect_taken (p);

  return cs_gateway_plan (p->share, p->request, p->before, taken, p->snapshot, error);
}

/* Including those in force that are no longer wanted: their tables are cleared at
 * their end. */
static gboolean
table_is_free (const Planner *p, guint table)
{
  GHashTableIter iter;
  gpointer lan, other;

  g_hash_table_iter_init (&iter, p->others);
  while (g_hash_table_iter_next (&iter, &lan, &other))
    if (((const CsSharePlan *)other)->table == table
        && !g_str_equal (lan, p->request->lan))
      return FALSE;
  for (guint i = 0; p->previous && p->previous->begun && i < p->previous->begun->len; i++)
    if (((const CsSharePlan *)p->previous->begun->pdata[i])->table == table)
      return FALSE;
  return !cs_snapshot_has_table (p->snapshot, table);
}

static gboolean
plan_table (Planner *p, GError **error)
{
  guint table = p->before ? p->before->table : CS_TABLE_FIRST;

  while (!p->before && cs_table_is_a_shares (table) && !table_is_free (p, table))
    table++;
  if (!cs_table_is_a_shares (table))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "all routing tables from %d to %d are in use; end a share first",
                   CS_TABLE_FIRST, CS_TABLE_FIRST + CS_TABLE_COUNT - 1);
      return FALSE;
    }
  p->share->table = table;
  p->share->displaced = cs_policy_rules_find_place (p->snapshot, AF_INET);
  return TRUE;
}

/* Whether it has the rules for that uplink, see cs_share_plan_list_rules (). */
static gboolean
leads (const CsSharePlan *share, const CsInterface *uplink)
{
  return share && cs_share_plan_guards (share) && !share->uplink_rules_shared
         && share->uplink_ifindex == uplink->ifindex
         && g_strcmp0 (share->uplink, uplink->name) == 0;
}

/* Whether an older share has the rules for this one's uplink in force, and keeps them. */
static gboolean
rules_are_shared (const Planner *p)
{
  for (guint i = 0; i < p->plan->shares->len; i++)
    {
      const CsSharePlan *older = cs_share_plan_applied (p->plan->shares->pdata[i]);

      if (leads (older, p->uplink.interface)
          && leads (find_applied (p->previous, older->lan), p->uplink.interface))
        return TRUE;
    }
  return FALSE;
}

static void
plan_routes (Planner *p)
{
  g_autoptr (GArray) routes = NULL;

  p->share->uplink_rules_shared = p->uplink.interface && rules_are_shared (p);
  if (p->lan && p->request->keep_lan)
    cs_lan_routes (p->lan, p->before, p->snapshot, p->share->routes);
  else if (p->lan && p->share->maps)
    cs_lan_way_back (p->lan, p->share->subnets, p->share->routes);
  if (p->uplink.interface && !p->uplink.ipv6_alone)
    routes = cs_uplink_routes (p->uplink.interface, p->snapshot);
  if (routes)
    g_array_append_vals (p->share->routes, routes->data, routes->len);
  for (guint i = 0; i < p->share->routes->len; i++)
    g_array_index (p->share->routes, CsRoute, i).table = p->share->table;
}

static void
add_networks6 (GArray *taken, const CsSharePlan *other)
{
  g_autoptr (GArray) networks = other ? cs_share_plan_networks6 (other) : NULL;

  if (networks)
    g_array_append_vals (taken, networks->data, networks->len);
}

/* Whether other filters would drop clients' IPv6: better none than one that leads
 * nowhere. */
static gboolean
ipv6_is_blocked (const Planner *p)
{
  g_autoptr (CsSharePlan) trial = NULL;

  if (!cs_share_plan_forwards_ipv6 (p->share) || !cs_share_plan_guards (p->share))
    return FALSE;
  trial = cs_share_plan_copy (p->share);
  cs_opening_choose (trial, p->before, p->snapshot);
  return cs_opening_blocks_ipv6 (trial, p->snapshot);
}

static void
plan_ipv6 (Planner *p)
{
  g_autoptr (GArray) taken = g_array_new (FALSE, FALSE, sizeof (CsCidr));
  gint64 wake_at;
  CsIpv6Question question = {
    .request = p->request,
    .before = p->before,
    .lan = p->lan,
    .uplink = p->uplink.interface,
    .taken = taken,
    .snapshot = p->snapshot,
  };

  for (guint i = 0; i < p->requests->len; i++)
    {
      const CsRequest *request = p->requests->pdata[i];

      add_networks6 (taken, find_other (p, request));
      if (request != p->request)
        add_networks6 (taken, cs_plan_find_begun (p->previous, request->lan));
    }
  wake_at = cs_ipv6_plan (p->share, &question);
  if (ipv6_is_blocked (p))
    {
      cs_ipv6_unplan (p->share);
      question.blocked = TRUE;
      wake_at = cs_ipv6_plan (p->share, &question);
    }
  p->plan->wake_at = cs_earlier (p->plan->wake_at, wake_at);
  if (cs_share_plan_has_ipv6 (p->share))
    p->share->ipv6.displaced = cs_policy_rules_find_place (p->snapshot, AF_INET6);
}

/* Turns @share (transfer full) into one that has @error (transfer full). */
static CsSharePlan *
fail (CsSharePlan *share, GError *error)
{
  cs_plan_state_fail (share, error);
  share->error = error;
  return share;
}

/* Until the LAN is back: then clients are told. */
static gboolean
owes_farewell (const Planner *p, const CsSharePlan *share)
{
  return p->before && !cs_share_plan_has_ipv6 (share)
         && (p->before->ipv6.farewell
             || (!p->lan && cs_share_plan_serves_ipv6 (p->before)));
}

/* An uplink that is gone forwards nothing, and one by which the host itself forwards
 * is the host's own. What is left is checked again, whether or not anything happens. */
static void
leave (const Planner *p, CsSharePlan *share)
{
  cs_share_uplink_leave (share, p->before);
  share->ipv6.farewell = owes_farewell (p, share);
  if (share->left_uplink
      && (p->snapshot->host_forwards
          || !cs_snapshot_find_index (p->snapshot, p->before->uplink_ifindex)))
    g_clear_pointer (&share->left_uplink, g_free);
  if (share->left_uplink || share->left_networks->len > 0 || share->ipv6.left_uplink
      || share->ipv6.left_forwarding)
    p->plan->wake_at = cs_earlier (p->plan->wake_at, p->snapshot->now + LEAVE_TIME);
}

static CsSharePlan *
plan_share (Planner *p, const CsRequest *request)
{
  g_autoptr (CsSharePlan) share = cs_share_plan_new (request->lan);
  GError *error = NULL;

  cs_uplink_clear (&p->uplink);
  p->request = request;
  p->share = share;
  p->before = find_applied (p->previous, request->lan);
  p->lan = cs_snapshot_find (p->snapshot, request->lan);
  cs_data_limit_plan (share, request, p->snapshot);
  share->maps = is_mapped (p);
  share->lan_taken = cs_lan_taken (p->lan, request, p->before);
  if (share->lan_taken != CS_LAN_TAKEN_NOT
      || (p->lan && cs_radio_waits (p->lan, request, lan_is_same (p) ? p->before : NULL)))
    p->lan = NULL;
  if (!plan_lan (p, &error) || !plan_table (p, &error))
    return fail (cs_share_plan_new (request->lan), error);
  if (!plan_uplink (p, &error) || !plan_gateway (p, &error))
    {
      CsSharePlan *closed = cs_share_plan_close (share);

      leave (p, closed);
      return fail (closed, error);
    }
  plan_routes (p);
  cs_services_plan (p->share, p->request, lan_is_same (p) ? p->before : NULL,
                    p->uplink.interface, p->snapshot);
  plan_ipv6 (p);
  /* Where it does not guard its LAN, it opens no other filter for it either. */
  if (cs_share_plan_guards (share))
    cs_opening_choose (share, p->before, p->snapshot);
  cs_found_fill (share, p->previous, p->snapshot);
  leave (p, share);
  cs_plan_state (share, request, p->lan, &p->uplink, p->snapshot);
  return g_steal_pointer (&share);
}

/* @plan (unowned) is what is planned so far. */
static Planner
begin (CsPlan *plan,
       const GPtrArray *requests,
       const CsSnapshot *snapshot,
       const CsPlan *previous)
{
  return (Planner){ .snapshot = snapshot,
                    .previous = previous,
                    .requests = requests,
                    .plan = plan,
                    .others = list_others (previous) };
}

static void
planner_clear (Planner *p)
{
  cs_uplink_clear (&p->uplink);
  g_hash_table_unref (p->others);
}
G_DEFINE_AUTO_CLEANUP_CLEAR_FUNC (Planner, planner_clear)

CsPlan *
cs_plan_new (const GPtrArray *requests,
             const CsSnapshot *snapshot,
             const CsPlan *previous)
{
  CsPlan *plan = cs_plan_new_empty ();
  g_auto (Planner) p = begin (plan, requests, snapshot, previous);

  for (guint i = 0; i < requests->len; i++)
    {
      const CsRequest *request = requests->pdata[i];
      CsSharePlan *begun = cs_plan_find_begun (previous, request->lan);

      add_share (&p, begun ? cs_share_plan_ref (begun) : plan_share (&p, request));
    }
  return plan;
}

CsSharePlan *
cs_plan_one_more (const CsPlan *plan,
                  const GPtrArray *requests,
                  const CsRequest *request,
                  const CsSnapshot *snapshot)
{
  g_autoptr (CsPlan) copy = cs_plan_copy (plan);
  g_auto (Planner) p = begin (copy, requests, snapshot, plan);

  return plan_share (&p, request);
}
