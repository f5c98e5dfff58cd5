/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One choice, looked at by itself: to an interface, if there is one, and from it to what
 * keeps it from being an uplink. */
#include "candidate.h"

#include "ifname.h"
#include "quote.h"
#include "request.h"
#include "suitable.h"

void
cs_candidate_clear (gpointer candidate)
{
  g_free (((CsCandidate *)candidate)->lack);
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
          || route->table != CS_TABLE_MAIN || (best && route->metric >= metric))
        continue;
      interface = cs_snapshot_find_index (snapshot, route->ifindex);
      if (!interface || g_str_equal (interface->name, lan))
        continue;
      best = interface;
      metric = route->metric;
    }
  return best;
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
    return cs_uplink_is_seized (interface)
               ? "has no IPv4 address, for NetworkManager has seized it from pppd; "
                 "\"sharectl doctor\" says how to make it let go"
               : "has no IPv4 address";
  routes = cs_uplink_routes (interface, snapshot);
  if (routes->len == 0)
    return "has no default route and no gateway";
  return NULL;
}

/* Whether an older share has it as its LAN. */
static gboolean
is_older_lan (const CsInterface *interface, const CsUplinkQuestion *q)
{
  return q->older_lans
         && g_ptr_array_find_with_equal_func ((GPtrArray *)q->older_lans, interface->name,
                                              g_str_equal, NULL);
}

static CsCandidate
from_interface (const CsInterface *interface, const CsUplinkQuestion *q)
{
  g_autoptr (GError) error = NULL;
  const char *flaw;

  /* One that became a port while it was the uplink may end that again. */
  if (!cs_wan_check (interface, q->older_lans, q->snapshot, &error))
    return (CsCandidate){ .reason = interface->master && !q->is_new ? "uplink-down"
                                                                    : "not-suitable",
                          .lack = g_strdup (error->message) };
  flaw = interface_flaw (interface, q->snapshot);
  if (!flaw)
    return (CsCandidate){ .interface = interface, .ready = TRUE, .reason = "none" };
  return (CsCandidate){ .interface = interface,
                        .reason = "uplink-down",
                        .lack = g_strdup_printf ("%s %s", interface->name, flaw) };
}

/* Of an Ethernet device that only carries a PPPoE connection, that connection. */
static const CsInterface *
find_carried (const CsInterface *interface, const CsUplinkQuestion *q)
{
  const CsInterface *carried = NULL;

  if (interface->carries && !g_str_equal (interface->carries, q->lan)
      && interface_flaw (interface, q->snapshot))
    carried = cs_snapshot_find (q->snapshot, interface->carries);
  return carried ? carried : interface;
}

static CsCandidate
from_device (const CsInterface *interface, const CsUplinkQuestion *q)
{
  return from_interface (find_carried (interface, q), q);
}

/* NetworkManager's primary connection or, while that cannot be used, what the kernel has:
 * NetworkManager names a new one before it is set up, and an old one after it was taken
 * down. */
static const CsInterface *
find_primary (const CsUplinkQuestion *q)
{
  const CsInterface *fallback = find_default_interface (q->lan, q->snapshot);
  const char *name = q->snapshot->primary;
  const CsInterface *primary = NULL;

  if (name && !g_str_equal (name, q->lan))
    primary = cs_snapshot_find (q->snapshot, name);
  if (!primary || (fallback && interface_flaw (find_carried (primary, q), q->snapshot)))
    return fallback;
  return primary;
}

static CsCandidate
from_auto (const CsUplinkQuestion *q)
{
  const CsInterface *interface = find_primary (q);

  if (interface && is_older_lan (interface, q))
    return (CsCandidate){ .reason = "no-primary",
                          .lack = g_strdup_printf (
                              "the connection of this computer is %s, which "
                              "is a LAN itself",
                              interface->name) };
  if (interface)
    return from_device (interface, q);
  return (CsCandidate){ .reason = "no-primary",
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
static CsCandidate
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
  return (CsCandidate){ .reason = "uplink-missing",
                        .lack = g_strdup_printf ("there is no %s interface",
                                                 cs_kind_to_string (choice->type)) };
}

static CsCandidate
missing (const char *name, const CsSnapshot *snapshot)
{
  return (CsCandidate){
    .reason = "uplink-missing",
    .lack = g_strdup_printf ("%s is not there%s", name,
                             snapshot->nm_running ? "" : "; NetworkManager does not run")
  };
}

/* A name that no interface can have, and no profile has. */
static CsCandidate
unknown (const char *name, const CsSnapshot *snapshot)
{
  if (snapshot->nm_running)
    return (CsCandidate){ .reason = "uplink-unknown",
                          .lack = g_strdup_printf (
                              "there is no connection profile \"%s\"; \"nmcli "
                              "connection\" lists those that there are",
                              name) };
  return (CsCandidate){
    .reason = "uplink-missing",
    .lack = g_strdup_printf (
        "NetworkManager, which may know the profile \"%s\", does not run", name)
  };
}

/* What the user did against the profile, and how its last dial ended, stand in the way,
 * unless the user has just asked for the share. */
static CsCandidate
from_profile_down (const CsProfile *profile, const CsUplinkQuestion *q)
{
  gint64 again = profile->failed_at + CS_DIAL_PAUSE;
  gboolean has_failed = profile->failed_at != 0 && !(q->dial && q->is_new);
  CsCandidate candidate = { .reason = "uplink-down" };
  g_autofree char *id = cs_quote (profile->id);

  if (profile->hung_up && !q->is_new)
    candidate.lack = g_strdup_printf ("the user has disconnected %s", id);
  else if (has_failed && (!q->dial || q->snapshot->now < again))
    {
      candidate.lack
          = g_strdup_printf ("%s could not be connected: %s", id,
                             profile->failure ? profile->failure : "unknown reason");
      candidate.wake_at = q->dial ? again : 0;
    }
  else if (q->dial)
    {
      candidate.reason = "uplink-dialing";
      candidate.lack = g_strdup_printf ("connecting %s", id);
      candidate.dial = profile->uuid;
    }
  else
    candidate.lack = g_strdup_printf ("%s is not connected", id);
  return candidate;
}

/* One that is up on the LAN ends when the LAN gets our own profile; by then it is known
 * that it was so, and the share waits for it to come up elsewhere. */
static CsCandidate
from_profile_on_lan (const CsProfile *profile, const CsUplinkQuestion *q)
{
  g_autofree char *id = cs_quote (profile->id);

  return (CsCandidate){ .reason = q->is_new ? "not-suitable" : "uplink-down",
                        .lack
                        = g_strdup_printf ("%s is the connection of %s itself, which "
                                           "cannot be LAN and uplink at once",
                                           id, q->lan) };
}

static CsCandidate
from_profile (const CsProfile *profile, const CsUplinkQuestion *q)
{
  const CsInterface *interface = NULL;
  g_autofree char *id = NULL;

  if (profile->state == CS_PROFILE_DOWN)
    return from_profile_down (profile, q);
  if (g_strcmp0 (profile->interface, q->lan) == 0)
    return from_profile_on_lan (profile, q);
  id = cs_quote (profile->id);
  if (profile->state == CS_PROFILE_GOING)
    return (CsCandidate){ .reason = "uplink-down",
                          .lack = g_strdup_printf ("%s is being disconnected", id) };
  if (profile->state == CS_PROFILE_UP && profile->interface)
    interface = cs_snapshot_find (q->snapshot, profile->interface);
  if (interface)
    return from_interface (interface, q);
  return (CsCandidate){ .reason = "uplink-dialing",
                        .lack = g_strdup_printf ("connecting %s", id) };
}

CsCandidate
cs_candidate_evaluate (const CsWanChoice *choice, const CsUplinkQuestion *q)
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
    return missing (choice->name, q->snapshot);
  return unknown (choice->name, q->snapshot);
}
