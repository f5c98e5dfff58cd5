/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a WAN spec to an interface. Each choice is looked at by itself and comes to a
 * candidate, ready or with what it lacks; then the first ready one is taken, unless it
 * has been ready for too short a time to leave the one in force for it. */
#include "uplink.h"

#include "ifname.h"
#include "request.h"
#include "wan.h"

void
cs_uplink_clear (CsUplink *uplink)
{
  g_clear_pointer (&uplink->message, g_free);
  uplink->interface = NULL;
}

/* What one choice comes to. */
typedef struct
{
  const CsInterface *interface; /* (nullable) unowned */
  gboolean ready;
  const char *reason;  /* static */
  char *lack;          /* (owned) (nullable) what it lacks, "ppp0 has no link" */
  const char *dial;    /* (nullable) unowned UUID */
  gint64 wake_at;
} Candidate;

static void
candidate_clear (gpointer data)
{
  g_free (((Candidate *)data)->lack);
}

/* Where the host's own packets go, as the kernel has it: what "auto" means while
 * NetworkManager knows no primary connection. */
static const CsInterface *
find_default_interface (const char *lan, const CsSnapshot *snapshot)
{
  const CsInterface *best = NULL;
  guint32 metric = 0;

  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);
      const CsInterface *interface;

      if (!route->unicast || route->destination.prefix != 0
          || route->table != CS_TABLE_MAIN
          || (best && route->metric >= metric))
        continue;
      interface = cs_snapshot_find_index (snapshot, route->ifindex);
      if (!interface || g_str_equal (interface->name, lan))
        continue;
      best = interface;
      metric = route->metric;
    }
  return best;
}

static const CsInterface *
find_primary (const char *lan, const CsSnapshot *snapshot)
{
  const CsInterface *interface = NULL;

  if (snapshot->primary && !g_str_equal (snapshot->primary, lan))
    interface = cs_snapshot_find (snapshot, snapshot->primary);
  return interface ? interface : find_default_interface (lan, snapshot);
}

/* What of "NAME WHAT" keeps it from being an uplink, or NULL. */
static const char *
interface_flaw (const CsInterface *interface, const CsSnapshot *snapshot)
{
  g_autoptr (GArray) routes = NULL;

  if (!cs_ifname_check (interface->name, "WAN", NULL))
    return "has a name that cannot be used; give it another";
  if (!interface->up)
    return "is switched off";
  if (!interface->carrier)
    return "has no link";
  if (interface->addresses->len == 0)
    return "has no IPv4 address";
  routes = cs_uplink_routes (interface, snapshot);
  if (routes->len == 0)
    return "has no default route and no gateway";
  return NULL;
}

static Candidate
from_interface (const CsInterface *interface, const CsUplinkQuestion *q)
{
  const char *flaw = g_str_equal (interface->name, q->lan)
                         ? "is the LAN itself"
                         : interface_flaw (interface, q->snapshot);

  if (!flaw)
    return (Candidate){ .interface = interface, .ready = TRUE, .reason = "none" };
  return (Candidate){ .interface = interface,
                      .reason = "uplink-down",
                      .lack = g_strdup_printf ("%s %s", interface->name, flaw) };
}

/* Of an Ethernet device that only carries a PPPoE connection, that connection. */
static Candidate
from_device (const CsInterface *interface, const CsUplinkQuestion *q)
{
  const CsInterface *carried = NULL;

  if (interface->carries && !g_str_equal (interface->carries, q->lan)
      && interface_flaw (interface, q->snapshot))
    carried = cs_snapshot_find (q->snapshot, interface->carries);
  return from_interface (carried ? carried : interface, q);
}

static Candidate
from_auto (const CsUplinkQuestion *q)
{
  const CsInterface *interface = find_primary (q->lan, q->snapshot);

  if (interface)
    return from_device (interface, q);
  return (Candidate){ .reason = "no-primary",
                      .lack
                      = g_strdup ("this computer has no connection to share now") };
}

static gboolean
is_lan (const CsUplinkQuestion *q, const CsInterface *interface)
{
  for (guint i = 0; q->requests && i < q->requests->len; i++)
    if (g_str_equal (((const CsRequest *)q->requests->pdata[i])->lan, interface->name))
      return TRUE;
  return g_str_equal (q->lan, interface->name);
}

/* How little the host likes @interface for its own packets. */
static guint32
metric_of (const CsInterface *interface, const CsSnapshot *snapshot)
{
  guint32 metric = G_MAXUINT32;

  if (g_strcmp0 (snapshot->primary, interface->name) == 0)
    return 0;
  for (guint i = 0; i < snapshot->routes->len; i++)
    {
      const CsRoute *route = &g_array_index (snapshot->routes, CsRoute, i);

      if (route->unicast && route->destination.prefix == 0
          && route->table == CS_TABLE_MAIN && route->ifindex == interface->ifindex)
        metric = MIN (metric, MAX (route->metric, 1));
    }
  return metric;
}

/* The ready one that the host prefers, or else the first there is, with its flaw. */
static Candidate
from_type (const CsWanChoice *choice, const CsUplinkQuestion *q)
{
  const CsInterface *best = NULL;
  gboolean best_ready = FALSE;

  for (guint i = 0; i < q->snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = q->snapshot->interfaces->pdata[i];
      gboolean ready;

      if (interface->kind != choice->type || interface->master || is_lan (q, interface))
        continue;
      ready = interface_flaw (interface, q->snapshot) == NULL;
      if (best
          && (best_ready > ready
              || (best_ready == ready
                  && metric_of (best, q->snapshot)
                         <= metric_of (interface, q->snapshot))))
        continue;
      best = interface;
      best_ready = ready;
    }
  if (best)
    return from_interface (best, q);
  return (Candidate){ .reason = "uplink-missing",
                      .lack = g_strdup_printf ("there is no %s interface",
                                               cs_kind_to_string (choice->type)) };
}

static Candidate
missing (const char *name)
{
  return (Candidate){ .reason = "uplink-missing",
                      .lack = g_strdup_printf ("%s is not there", name) };
}

/* A name that no interface can have, and no profile has. */
static Candidate
unknown (const char *name, const CsSnapshot *snapshot)
{
  return (Candidate){
    .reason = snapshot->nm_running ? "uplink-unknown" : "uplink-missing",
    .lack = snapshot->nm_running
                ? g_strdup_printf ("there is no connection profile \"%s\"; \"nmcli "
                                   "connection\" lists those that there are",
                                   name)
                : g_strdup_printf ("NetworkManager, which may know the profile \"%s\", "
                                   "does not run",
                                   name)
  };
}

static Candidate
from_profile_down (const CsProfile *profile, const CsUplinkQuestion *q)
{
  Candidate candidate = { .reason = "uplink-down" };
  gint64 again = profile->failed_at + CS_DIAL_PAUSE;

  if (profile->hung_up && !q->is_new)
    candidate.lack = g_strdup_printf ("the user has disconnected \"%s\"", profile->id);
  else if (profile->failed_at != 0 && (!q->dial || q->snapshot->now < again))
    {
      candidate.lack = g_strdup_printf ("\"%s\" could not be connected: %s", profile->id,
                                        profile->failure ? profile->failure : "unknown");
      candidate.wake_at = q->dial ? again : 0;
    }
  else if (q->dial)
    {
      candidate.reason = "uplink-dialing";
      candidate.lack = g_strdup_printf ("connecting \"%s\"", profile->id);
      candidate.dial = profile->uuid;
    }
  else
    candidate.lack = g_strdup_printf ("\"%s\" is not connected", profile->id);
  return candidate;
}

static Candidate
from_profile (const CsProfile *profile, const CsUplinkQuestion *q)
{
  const CsInterface *interface = NULL;

  if (profile->state == CS_PROFILE_DOWN)
    return from_profile_down (profile, q);
  if (profile->state == CS_PROFILE_GOING)
    return (Candidate){ .reason = "uplink-down",
                        .lack = g_strdup_printf ("\"%s\" is being disconnected",
                                                 profile->id) };
  if (profile->state == CS_PROFILE_UP && profile->interface)
    interface = cs_snapshot_find (q->snapshot, profile->interface);
  if (interface)
    return from_interface (interface, q);
  return (Candidate){ .reason = "uplink-dialing",
                      .lack = g_strdup_printf ("connecting \"%s\"", profile->id) };
}

static Candidate
evaluate (const CsWanChoice *choice, const CsUplinkQuestion *q)
{
  const CsInterface *interface = NULL;
  const CsProfile *profile = NULL;

  if (choice->kind == CS_WAN_AUTO)
    return from_auto (q);
  if (choice->kind == CS_WAN_TYPE)
    return from_type (choice, q);
  if (choice->kind != CS_WAN_PROFILE)
    interface = cs_snapshot_find (q->snapshot, choice->name);
  if (choice->kind != CS_WAN_INTERFACE)
    profile = cs_snapshot_find_profile (q->snapshot, choice->name);
  if (interface)
    return from_device (interface, q);
  if (profile)
    return from_profile (profile, q);
  if (choice->kind != CS_WAN_PROFILE && cs_ifname_check (choice->name, "WAN", NULL))
    return missing (choice->name);
  return unknown (choice->name, q->snapshot);
}

static void
wake (CsUplink *uplink, gint64 at)
{
  if (at != 0 && (uplink->wake_at == 0 || at < uplink->wake_at))
    uplink->wake_at = at;
}

/* Whether the choice in force stays, though the preferred @best is ready: it has not been
 * so for long. */
static gboolean
hold (CsUplink *uplink, const Candidate *best, const CsUplinkQuestion *q)
{
  gboolean same = g_strcmp0 (q->better, best->interface->name) == 0;
  gint64 since = same ? q->better_since : q->snapshot->now;

  if (q->snapshot->now >= since + CS_UPLINK_HOLD)
    return FALSE;
  uplink->better = best->interface->name;
  uplink->better_since = since;
  wake (uplink, since + CS_UPLINK_HOLD);
  return TRUE;
}

/* The index to take, or @candidates' length. */
static guint
pick (CsUplink *uplink, const GArray *candidates, const CsUplinkQuestion *q)
{
  guint best = candidates->len;

  for (guint i = 0; i < candidates->len; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (!candidate->ready)
        continue;
      if (g_strcmp0 (candidate->interface->name, q->current) == 0)
        return best == candidates->len
                       || hold (uplink, &g_array_index (candidates, Candidate, best), q)
                   ? i
                   : best;
      if (best == candidates->len)
        best = i;
    }
  return best;
}

/* What those before @end lack, "; " between. */
static char *
list_lacks (const GArray *candidates, guint end, const char *better)
{
  g_autoptr (GString) out = g_string_new (NULL);

  for (guint i = 0; i < end; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      if (out->len > 0)
        g_string_append (out, "; ");
      if (candidate->lack)
        g_string_append (out, candidate->lack);
      else
        g_string_append_printf (out, "%s is back, and is waited for to stay", better);
    }
  return out->len > 0 ? g_strdup (out->str) : NULL;
}

/* The first choice before the one taken that can be brought up. */
static void
take_dial (CsUplink *uplink, const GArray *candidates, guint end)
{
  for (guint i = 0; i < end; i++)
    {
      const Candidate *candidate = &g_array_index (candidates, Candidate, i);

      wake (uplink, candidate->wake_at);
      if (!uplink->dial)
        uplink->dial = candidate->dial;
    }
}

CsUplink
cs_uplink_resolve (const CsUplinkQuestion *q)
{
  g_autoptr (GPtrArray) choices = cs_wan_parse (q->wan, NULL);
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (Candidate));
  CsUplink uplink = { .reason = "none" };

  g_array_set_clear_func (candidates, candidate_clear);
  for (guint i = 0; i < choices->len; i++)
    {
      Candidate candidate = evaluate (choices->pdata[i], q);

      g_array_append_val (candidates, candidate);
    }
  uplink.choice = pick (&uplink, candidates, q);
  take_dial (&uplink, candidates, uplink.choice);
  uplink.message = list_lacks (candidates, uplink.choice, uplink.better);
  if (uplink.choice < candidates->len)
    uplink.interface = g_array_index (candidates, Candidate, uplink.choice).interface;
  else
    uplink.reason = g_array_index (candidates, Candidate, 0).reason;
  return uplink;
}
