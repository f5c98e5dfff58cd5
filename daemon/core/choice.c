/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a WAN spec to an interface. Each choice is looked at by itself and comes to a
 * candidate, ready or with what it lacks; then the first ready one is taken, unless it
 * has been ready for too short a time to leave the one in force for it. */
#include "uplink.h"

#include "candidate.h"

void
cs_uplink_clear (CsUplink *uplink)
{
  g_clear_pointer (&uplink->message, g_free);
  uplink->interface = NULL;
}

static void
wake (CsUplink *uplink, gint64 at)
{
  if (at != 0 && (uplink->wake_at == 0 || at < uplink->wake_at))
    uplink->wake_at = at;
}

/* Whether the choice in force stays, though the preferred @best is ready: it has not been
 * so for long, and the user has not just asked for it. */
static gboolean
hold (CsUplink *uplink, const CsCandidate *best, const CsUplinkQuestion *q)
{
  gboolean same = g_strcmp0 (q->better, best->interface->name) == 0;
  gint64 since = same ? q->better_since : q->snapshot->now;

  if (q->is_new || q->snapshot->now >= since + CS_UPLINK_HOLD)
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
      const CsCandidate *candidate = &g_array_index (candidates, CsCandidate, i);

      if (!candidate->ready)
        continue;
      if (g_strcmp0 (candidate->interface->name, q->current) == 0)
        return best == candidates->len
                       || hold (uplink, &g_array_index (candidates, CsCandidate, best), q)
                   ? i
                   : best;
      if (best == candidates->len)
        best = i;
    }
  return best;
}

/* What those before @end lack, "; " between. One that lacks nothing is the one that is
 * waited for, or stands behind it. */
static char *
list_lacks (const GArray *candidates, guint end, const char *better)
{
  g_autoptr (GString) out = g_string_new (NULL);
  gboolean waits = FALSE;

  for (guint i = 0; i < end; i++)
    {
      const CsCandidate *candidate = &g_array_index (candidates, CsCandidate, i);

      if (candidate->ready && waits)
        continue;
      if (out->len > 0)
        g_string_append (out, "; ");
      if (candidate->ready)
        g_string_append_printf (out, "%s is back, and is waited for to stay", better);
      else
        g_string_append (out, candidate->lack);
      waits |= candidate->ready;
    }
  return out->len > 0 ? g_strdup (out->str) : NULL;
}

/* Of the choices before the one taken, the first that can be brought up, unless one in
 * front of it is on its way. */
static void
take_dial (CsUplink *uplink, const GArray *candidates, guint end)
{
  gboolean comes = FALSE;

  for (guint i = 0; i < end; i++)
    {
      const CsCandidate *candidate = &g_array_index (candidates, CsCandidate, i);

      wake (uplink, candidate->wake_at);
      if (!comes)
        uplink->dial = candidate->dial;
      comes |= g_str_equal (candidate->reason, "uplink-dialing");
    }
}

/* Why there is none: the first choice's reason, of those that may still come to be. */
static const char *
find_reason (const GArray *candidates)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      const char *reason = g_array_index (candidates, CsCandidate, i).reason;

      if (!g_str_equal (reason, "not-suitable"))
        return reason;
    }
  return "not-suitable";
}

/* One that comes and goes is not followed at every turn. */
static void
settle (CsUplink *uplink, const CsUplinkQuestion *q)
{
  gint64 at;

  uplink->settle = q->is_new ? (CsSettle){ 0 } : q->settle;
  at = cs_settle (&uplink->settle, uplink->interface ? uplink->interface->ifindex : 0,
                  q->snapshot->now);
  if (at == 0 || g_str_equal (uplink->reason, "not-suitable"))
    return;
  wake (uplink, at);
  uplink->interface = NULL;
  uplink->reason = "uplink-unstable";
  g_free (uplink->message);
  uplink->message = g_strdup ("the uplink comes and goes; sharing goes on when it has "
                              "stayed for a second");
}

CsUplink
cs_uplink_resolve (const CsUplinkQuestion *q)
{
  g_autoptr (GPtrArray) choices = cs_wan_parse (q->wan, NULL);
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (CsCandidate));
  CsUplink uplink = { .reason = "none" };

  g_array_set_clear_func (candidates, cs_candidate_clear);
  for (guint i = 0; i < choices->len; i++)
    {
      CsCandidate candidate = cs_candidate_evaluate (choices->pdata[i], q);

      g_array_append_val (candidates, candidate);
    }
  uplink.choice = pick (&uplink, candidates, q);
  take_dial (&uplink, candidates, uplink.choice);
  uplink.message = list_lacks (candidates, uplink.choice, uplink.better);
  if (uplink.choice < candidates->len)
    uplink.interface = g_array_index (candidates, CsCandidate, uplink.choice).interface;
  else
    uplink.reason = find_reason (candidates);
  settle (&uplink, q);
  return uplink;
}
