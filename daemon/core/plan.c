/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Planning, one share after the other, oldest first: where two want the same, the older
 * one has it. A share's plan is made in parts, each of which may look at the parts before
 * it. When one fails, the plan is its error, and where the LAN is fit to be one, that it
 * is closed until the share can be: its clients' packets are not to find another way.
 * What the plan in force has is kept as long as it is right, so that a pass without cause
 * changes nothing. */
#include "plan.h"

#include "found.h"
#include "gateway.h"
#include "lan-networks.h"
#include "opening.h"
#include "plan-state.h"
#include "radio.h"
#include "suitable.h"
#include "uplink.h"
#include "wan.h"

#include "dbus/errors.h"

typedef struct
{
  const CsSnapshot *snapshot;
  const CsPlan *previous; /* (nullable) */
  const GPtrArray *requests;
  CsPlan *plan;       /* unowned; the shares planned so far */
  GHashTable *others; /* (owned) LAN -> CsSharePlan: those, and what is in force */

  /* of the share that is planned now */
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

/* A connection that the user ends on the LAN gives it back to us, unless it is ours.
 * While one takes the place of another there is none for a moment, which is not an end.
 */
static CsLanTaken
find_taker (const Planner *p, const CsInterface *lan)
{
  const CsSharePlan *before = p->before;

  if (!before || before->renewed || !lan || lan->managed != CS_MANAGED_YES)
    return CS_LAN_OURS;
  if (before->lan_taken == CS_LAN_OURS
      && (before->lan_ifindex != lan->ifindex || before->lan_method != CS_LAN_PROFILE))
    return CS_LAN_OURS;
  if (lan->changing)
    return before->lan_taken;
  if (lan->connection_uuid && !lan->connection_ours)
    return CS_LAN_OTHERS;
  if (lan->disconnected && before->lan_taken != CS_LAN_OTHERS)
    return CS_LAN_DISCONNECTED;
  return CS_LAN_OURS;
}

/* The device that the plan in force was made for is still the one with the name. */
static gboolean
lan_is_same (const Planner *p)
{
  return p->before && !p->before->closed && p->lan
         && p->before->lan_ifindex == p->lan->ifindex;
}

/* The other share that counts for this one: as planned now if it is older, else as it is
 * in force. (nullable) */
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

static CsLanMethod
choose_method (const Planner *p)
{
  if (!p->lan)
    return CS_LAN_ABSENT;
  if (p->request->keep_lan)
    return CS_LAN_KEEP;
  if (lan_is_same (p)
      && (p->before->lan_method == CS_LAN_PROFILE
          || p->before->lan_method == CS_LAN_ADDRESS))
    return p->before->lan_method;
  return p->lan->managed == CS_MANAGED_YES ? CS_LAN_PROFILE : CS_LAN_ADDRESS;
}

/* Whether @older has @lan as its uplink, or has had it until this plan. As long as that
 * is in force its rule leads what comes in there past the LANs' rules, see
 * cs_share_plan_list_rules (). */
static gboolean
has_uplink (const Planner *p, const CsSharePlan *older, const CsInterface *lan)
{
  const CsSharePlan *before = find_applied (p->previous, older->lan);

  return older->uplink_ifindex == lan->ifindex
         || (before && g_strcmp0 (before->uplink, lan->name) == 0);
}

/* Older shares' uplinks are not for a LAN. A share that is in force is not ended because
 * its LAN got a default route since: what it would cost has been paid. */
static gboolean
plan_lan (Planner *p, GError **error)
{
  p->share->lan_method = choose_method (p);
  if (!p->lan)
    return TRUE;
  p->share->lan_ifindex = p->lan->ifindex;
  if (!cs_radio_plan (p->share, p->request, lan_is_same (p) ? p->before : NULL, p->lan,
                      error)
      || !cs_lan_check (p->lan, p->request->force || lan_is_same (p), p->snapshot, error))
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

/* Of char * (unowned): the LANs of those that are planned already. */
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

/* Another choice does not make up for one that can never be an uplink; all else may come
 * to be one. */
static gboolean
check_choices (const Planner *p, GError **error)
{
  g_autoptr (GPtrArray) choices = cs_wan_parse (p->request->wan, error);

  for (guint i = 0; choices && i < choices->len; i++)
    for (guint k = 0; k < p->snapshot->interfaces->len; k++)
      {
        const CsInterface *interface = p->snapshot->interfaces->pdata[k];

        if (interface->kind == CS_KIND_LOOPBACK
            && cs_wan_choice_allows_interface (choices->pdata[i], interface->name)
            && !cs_wan_check (interface, NULL, p->snapshot, error))
          return FALSE;
      }
  return choices != NULL;
}

static void
wake (CsPlan *plan, gint64 at)
{
  if (at != 0 && (plan->wake_at == 0 || at < plan->wake_at))
    plan->wake_at = at;
}

static void
take_uplink (CsSharePlan *share, const CsInterface *lan, const CsInterface *uplink)
{
  share->uplink = g_strdup (uplink->name);
  share->uplink_ifindex = uplink->ifindex;
  if (!lan || uplink->mtu < lan->mtu)
    share->uplink_mtu = uplink->mtu;
  for (guint i = 0; i < uplink->addresses->len; i++)
    {
      CsCidr address = g_array_index (uplink->addresses, CsAddress, i).local;

      address.prefix = 32;
      g_array_append_val (share->uplink_addresses, address);
    }
}

static gboolean
plan_uplink (Planner *p, GError **error)
{
  g_autoptr (GPtrArray) older_lans = list_older_lans (p);
  const CsUplinkQuestion question = {
    .snapshot = p->snapshot,
    .wan = p->request->wan,
    .lan = p->request->lan,
    .requests = p->requests,
    .older_lans = older_lans,
    .dial = p->request->dial,
    .is_new = !p->before || p->before->closed || p->before->renewed,
    .current = p->before ? p->before->uplink : NULL,
    .better = p->before ? p->before->better : NULL,
    .better_since = p->before ? p->before->better_since : 0,
    .settle = p->before ? p->before->settle : (CsSettle){ 0 },
  };

  if (!check_choices (p, error))
    return FALSE;
  p->uplink = cs_uplink_resolve (&question);
  if (g_str_equal (p->uplink.reason, "not-suitable"))
    {
      g_set_error_literal (error, CS_ERROR, CS_ERROR_NOT_SUITABLE, p->uplink.message);
      return FALSE;
    }
  p->share->dial = g_strdup (p->uplink.dial);
  p->share->better = g_strdup (p->uplink.better);
  p->share->better_since = p->uplink.better_since;
  p->share->settle = p->uplink.settle;
  wake (p->plan, p->uplink.wake_at);
  if (p->uplink.interface)
    take_uplink (p->share, p->lan, p->uplink.interface);
  return TRUE;
}

static GArray *
collect_taken (const Planner *p)
{
  GArray *taken = g_array_new (FALSE, FALSE, sizeof (CsTaken));

  for (guint i = 0; i < p->requests->len; i++)
    {
      const CsSharePlan *other = find_other (p, p->requests->pdata[i]);

      for (guint k = 0; other && k < other->subnets->len; k++)
        {
          CsTaken entry = { g_array_index (other->subnets, CsCidr, k), other->lan };

          g_array_append_val (taken, entry);
        }
    }
  return taken;
}

static gboolean
plan_gateway (Planner *p, GError **error)
{
  g_autoptr (GArray) taken = collect_taken (p);

  return cs_gateway_plan (p->share, p->request, p->before, taken, p->snapshot, error);
}

/* Also of those that are in force and not wanted any more: at their end they are cleared.
 */
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
  for (guint i = 0; i < p->snapshot->rule_tables->len; i++)
    if (g_array_index (p->snapshot->rule_tables, guint32, i) == table)
      return FALSE;
  for (guint i = 0; i < p->snapshot->routes->len; i++)
    if (g_array_index (p->snapshot->routes, CsRoute, i).table == table)
      return FALSE;
  return TRUE;
}

static gboolean
plan_table (Planner *p, GError **error)
{
  guint table = p->before ? p->before->table : CS_TABLE_FIRST;

  while (!p->before && cs_table_is_ours (table) && !table_is_free (p, table))
    table++;
  if (!cs_table_is_ours (table))
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "All routing tables from %d to %d are in use; end a share first",
                   CS_TABLE_FIRST, CS_TABLE_FIRST + CS_TABLE_COUNT - 1);
      return FALSE;
    }
  p->share->table = table;
  return TRUE;
}

/* Whether it has the rules for that uplink, see cs_share_plan_list_rules (). */
static gboolean
leads (const CsSharePlan *share, const CsInterface *uplink)
{
  return share && cs_share_plan_guards (share) && !share->uplink_led
         && share->uplink_ifindex == uplink->ifindex
         && g_strcmp0 (share->uplink, uplink->name) == 0;
}

/* Whether an older share has those for this one's uplink in force, and keeps them. */
static gboolean
is_led (const Planner *p)
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

  p->share->uplink_led = p->uplink.interface && is_led (p);
  if (p->lan && p->request->keep_lan)
    cs_lan_routes (p->lan, p->before, p->snapshot, p->share->routes);
  if (p->uplink.interface)
    routes = cs_uplink_routes (p->uplink.interface, p->snapshot);
  if (routes)
    g_array_append_vals (p->share->routes, routes->data, routes->len);
  for (guint i = 0; i < p->share->routes->len; i++)
    g_array_index (p->share->routes, CsRoute, i).table = p->share->table;
}

/* dnsmasq reads its port and the MTU option when it starts, and so both stay as they are
 * as long as nothing speaks against it: a client's name service is not interrupted
 * because the uplink is away for a moment, or because port 53 became free. */
static void
plan_services (Planner *p)
{
  const CsInterface *uplink = p->uplink.interface;

  if (p->request->keep_lan)
    return;
  p->share->dns_port = p->snapshot->dns_port;
  if (lan_is_same (p) && p->before->dns_port)
    p->share->dns_port = p->before->dns_port;
  if (!uplink && lan_is_same (p))
    p->share->lan_mtu = p->before->lan_mtu;
  if (uplink && p->lan)
    p->share->lan_mtu = p->share->uplink_mtu;
  if (uplink)
    p->share->dns = p->request->dns ? g_strdupv (p->request->dns)
                                    : cs_uplink_dns (uplink, p->snapshot);
}

/* Turns @share (transfer full) into one that says @error (transfer full). */
static CsSharePlan *
fail (CsSharePlan *share, GError *error)
{
  cs_plan_state_fail (share, error);
  share->error = error;
  return share;
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
  share->lan_taken = find_taker (p, p->lan);
  if (share->lan_taken != CS_LAN_OURS
      || (p->lan && cs_radio_waits (p->lan, request, lan_is_same (p) ? p->before : NULL)))
    p->lan = NULL;
  if (!plan_lan (p, &error) || !plan_table (p, &error))
    return fail (cs_share_plan_new (request->lan), error);
  if (!plan_uplink (p, &error) || !plan_gateway (p, &error))
    return fail (cs_share_plan_close (share), error);
  plan_routes (p);
  plan_services (p);
  cs_opening_choose (share, p->before, p->snapshot);
  share->blocked_by = cs_blocked_by (share, p->snapshot);
  cs_found_fill (share, p->previous, p->snapshot);
  cs_plan_state (share, request, p->lan, &p->uplink, p->snapshot);
  return g_steal_pointer (&share);
}

/* @plan (unowned) is what is planned already. */
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
    add_share (&p, plan_share (&p, requests->pdata[i]));
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
