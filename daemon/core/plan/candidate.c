/* SPDX-License-Identifier: GPL-2.0-or-later */
/* One choice by itself: from its words to an interface, if there is one, and from that
 * to the problem that keeps it from being an uplink. */
#include "candidate.h"

#include "suitable.h"
#include "way-out.h"

#include "core/value/backoff.h"
#include "core/value/ifname.h"
#include "core/value/quote.h"
#include "core/value/request.h"

void
cs_candidate_clear (gpointer data)
{
  CsCandidate *candidate = data;

  g_free (candidate->problem);
  g_free (candidate->idle);
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

  if (g_str_equal (interface->name, q->lan))
    return (
        CsCandidate){ .reason = CS_REASON_UPLINK_DOWN,
                      .problem = g_strdup_printf (
                          "%s is the LAN itself, so it cannot be the uplink", q->lan) };
  /* An interface that became a port while it was the uplink may stop being one. */
  if (!cs_wan_check (interface, q->older_lans, q->snapshot, &error))
    return (CsCandidate){ .reason = interface->master && !q->is_new
                                        ? CS_REASON_UPLINK_DOWN
                                        : CS_REASON_NOT_SUITABLE,
                          .problem = g_strdup (error->message) };
  flaw = cs_uplink_flaw (interface, q->snapshot);
  if (!flaw)
    return (
        CsCandidate){ .interface = interface, .ready = TRUE, .reason = CS_REASON_NONE };
  return (CsCandidate){ .interface = interface,
                        .ipv6_alone
                        = q->ipv6 && cs_uplink_has_ipv6 (interface, q->snapshot),
                        .reason = CS_REASON_UPLINK_DOWN,
                        .problem = g_strdup_printf ("%s %s", interface->name, flaw) };
}

/* For an Ethernet device that only carries a PPPoE connection: that connection. */
static const CsInterface *
find_carried (const CsInterface *interface, const CsUplinkQuestion *q)
{
  const CsInterface *carried = NULL;

  if (interface->carries && !g_str_equal (interface->carries, q->lan)
      && cs_uplink_flaw (interface, q->snapshot))
    carried = cs_snapshot_find (q->snapshot, interface->carries);
  return carried ? carried : interface;
}

static CsCandidate
from_device (const CsInterface *interface, const CsUplinkQuestion *q)
{
  return from_interface (find_carried (interface, q), q);
}

/* What to expect while the kernel has no way out, or it is the LAN's: that
 * NetworkManager's primary connection comes up, or that the next default route counts
 * once the LAN has lost its own. */
static const CsInterface *
find_primary (const CsUplinkQuestion *q)
{
  const CsInterface *fallback = cs_way_out_by_main (q->lan, q->snapshot);
  const char *name = q->snapshot->primary;
  const CsInterface *primary = NULL;

  if (name && !g_str_equal (name, q->lan))
    primary = cs_snapshot_find (q->snapshot, name);
  if (!primary || (fallback && cs_uplink_flaw (find_carried (primary, q), q->snapshot)))
    return fallback;
  return primary;
}

static CsCandidate
from_auto (const CsUplinkQuestion *q)
{
  const CsInterface *interface = cs_way_out_find (q);

  if (!interface && cs_way_out_is_refused (q))
    return (CsCandidate){
      .reason = CS_REASON_NO_PRIMARY,
      .problem
      = g_strdup ("this computer's own routes and rules block its way to the Internet")
    };
  if (!interface && q->ipv6)
    interface = cs_way_out_find_ipv6 (q);
  if (!interface)
    interface = find_primary (q);
  if (interface && is_older_lan (interface, q))
    return (CsCandidate){
      .reason = CS_REASON_NO_PRIMARY,
      .problem = g_strdup_printf (
          "this computer's own connection is %s, which is a LAN itself", interface->name)
    };
  if (interface)
    return from_device (interface, q);
  return (CsCandidate){ .reason = CS_REASON_NO_PRIMARY,
                        .problem = g_strdup (
                            "this computer has no connection to share right now") };
}

static gboolean
is_lan (const CsUplinkQuestion *q, const CsInterface *interface)
{
  for (guint i = 0; q->requests && i < q->requests->len; i++)
    if (g_str_equal (((const CsRequest *)q->requests->pdata[i])->lan, interface->name))
      return TRUE;
  return g_str_equal (q->lan, interface->name);
}

/* How well it does as an uplink. */
static int
rate (const CsInterface *interface, const CsUplinkQuestion *q)
{
  if (!cs_uplink_flaw (interface, q->snapshot))
    return 2;
  return q->ipv6 && cs_uplink_has_ipv6 (interface, q->snapshot) ? 1 : 0;
}

/* The ready one that the host prefers, otherwise the first one, with its problem. */
static CsCandidate
from_type (const CsWanChoice *choice, const CsUplinkQuestion *q)
{
  const CsInterface *best = NULL;
  int best_rate = 0;

  for (guint i = 0; i < q->snapshot->interfaces->len; i++)
    {
      const CsInterface *interface = q->snapshot->interfaces->pdata[i];
      int rated;

      if (interface->kind != choice->type || interface->master || is_lan (q, interface))
        continue;
      rated = rate (interface, q);
      if (best
          && (best_rate > rated
              || (best_rate == rated
                  && cs_way_out_rank (best, q->snapshot)
                         <= cs_way_out_rank (interface, q->snapshot))))
        continue;
      best = interface;
      best_rate = rated;
    }
  if (best)
    return from_interface (best, q);
  return (CsCandidate){ .reason = CS_REASON_UPLINK_MISSING,
                        .problem = g_strdup_printf ("there is no %s interface",
                                                    cs_kind_to_string (choice->type)) };
}

static CsCandidate
missing (const char *name, const CsSnapshot *snapshot)
{
  return (
      CsCandidate){ .reason = CS_REASON_UPLINK_MISSING,
                    .problem = g_strdup_printf (
                        "%s does not exist%s", name,
                        snapshot->nm_running ? "" : "; NetworkManager is not running") };
}

/* A name that no interface can have and no profile has. */
static CsCandidate
unknown (const char *name, const CsSnapshot *snapshot)
{
  if (snapshot->nm_running)
    return (CsCandidate){
      .reason = CS_REASON_UPLINK_UNKNOWN,
      .problem = g_strdup_printf (
          "there is no connection profile \"%s\"; \"nmcli connection\" lists them", name)
    };
  return (CsCandidate){
    .reason = CS_REASON_UPLINK_MISSING,
    .problem = g_strdup_printf (
        "NetworkManager, which may know the profile \"%s\", is not running", name)
  };
}

/* What the user did against the profile, or a failed attempt to connect it, stands in
 * the way, unless the user has just requested the share. */
static CsCandidate
from_profile_down (const CsProfile *profile, const CsUplinkQuestion *q)
{
  gint64 again = profile->failed_at + cs_backoff_pause (CS_BACKOFF_DIAL, 1);
  gboolean has_failed = profile->failed_at != 0 && !(q->dial && q->is_new);
  CsCandidate candidate = { .reason = CS_REASON_UPLINK_DOWN };
  g_autofree char *id = cs_quote (profile->id);

  if (profile->hung_up && !q->is_new)
    candidate.problem = g_strdup_printf ("the user disconnected %s", id);
  else if (has_failed && (!q->dial || q->snapshot->now < again))
    {
      candidate.problem
          = g_strdup_printf ("could not connect %s: %s", id,
                             profile->failure ? profile->failure : "unknown reason");
      candidate.wake_at = q->dial ? again : 0;
    }
  else if (q->dial)
    {
      candidate.reason = CS_REASON_UPLINK_DIALING;
      candidate.problem = g_strdup_printf ("connecting %s", id);
      candidate.idle = g_strdup_printf ("%s is not connected", id);
      candidate.dial = profile->uuid;
    }
  else
    candidate.problem = g_strdup_printf ("%s is not connected", id);
  return candidate;
}

/* A profile that is up on the LAN ends when the LAN gets our own profile; the share
 * then knows this, and waits for it to come up elsewhere. */
static CsCandidate
from_profile_on_lan (const CsProfile *profile, const CsUplinkQuestion *q)
{
  g_autofree char *id = cs_quote (profile->id);

  return (CsCandidate){
    .reason = q->is_new ? CS_REASON_NOT_SUITABLE : CS_REASON_UPLINK_DOWN,
    .problem = g_strdup_printf (
        "%s is the connection of %s itself, which cannot be LAN and uplink at once", id,
        q->lan)
  };
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
    return (CsCandidate){ .reason = CS_REASON_UPLINK_DOWN,
                          .problem = g_strdup_printf ("%s is being disconnected", id) };
  if (profile->state == CS_PROFILE_UP && profile->interface)
    interface = cs_snapshot_find (q->snapshot, profile->interface);
  if (interface)
    return from_interface (interface, q);
  return (CsCandidate){ .reason = CS_REASON_UPLINK_DIALING,
                        .problem = g_strdup_printf ("connecting %s", id) };
}

CsCandidate
cs_candidate_evaluate (const CsWanChoice *choice, const CsUplinkQuestion *q)
{
  const char *name = choice->spelled ? choice->spelled : choice->name;
  gboolean is_word = choice->kind == CS_WAN_AUTO || choice->kind == CS_WAN_TYPE;
  const CsInterface *interface = NULL;
  const CsProfile *profile = NULL;

  if (choice->kind != CS_WAN_PROFILE && (!is_word || choice->spelled))
    interface = cs_snapshot_find (q->snapshot, name);
  if (choice->kind != CS_WAN_INTERFACE && (!is_word || choice->spelled))
    profile = cs_snapshot_find_profile (q->snapshot, name);
  if (is_word && !interface && !profile)
    return choice->kind == CS_WAN_AUTO ? from_auto (q) : from_type (choice, q);
  if (interface)
    return from_device (interface, q);
  if (profile)
    return from_profile (profile, q);
  if (choice->kind != CS_WAN_PROFILE && cs_ifname_check (choice->name, "WAN", NULL))
    return missing (choice->name, q->snapshot);
  return unknown (choice->name, q->snapshot);
}
