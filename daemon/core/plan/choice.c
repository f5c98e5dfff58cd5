/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From a WAN spec to an interface. Each choice by itself yields a candidate, ready or
 * with a problem; then the first ready one is taken, unless it has not been ready for
 * long enough to replace the one in force. */
#include "choice.h"

#include "candidate.h"

void
cs_uplink_clear (CsUplink *uplink)
{
  g_clear_pointer (&uplink->message, g_free);
  uplink->interface = NULL;
}

/* Whether the choice in force stays although the preferred @best is ready, because it
 * has not been ready for long, and the user has not just requested the share. */
static gboolean
dwells (CsUplink *uplink, const CsCandidate *best, const CsUplinkQuestion *q)
{
  gboolean same = g_strcmp0 (q->better, best->interface->name) == 0;
  gint64 since = same ? q->better_since : q->snapshot->now;

  if (q->is_new || q->snapshot->now >= since + CS_UPLINK_DWELL)
    return FALSE;
  uplink->better = best->interface->name;
  uplink->better_since = since;
  uplink->wake_at = cs_earlier (uplink->wake_at, since + CS_UPLINK_DWELL);
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
                       || dwells (uplink, &g_array_index (candidates, CsCandidate, best),
                                  q)
                   ? i
                   : best;
      if (best == candidates->len)
        best = i;
    }
  return best;
}

/* Where none is ready: the first that has IPv6 at least. */
static guint
pick_ipv6_alone (const GArray *candidates)
{
  guint i = 0;

  while (i < candidates->len && !g_array_index (candidates, CsCandidate, i).ipv6_alone)
    i++;
  return i;
}

/* The problems of those before @end, separated by "; ". One without a problem is the
 * one that is waited for, or comes after it. */
static char *
list_problems (const GArray *candidates, guint end, const char *better)
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
        g_string_append_printf (out, "%s is back but must stay up for a moment first",
                                better);
      else
        g_string_append (out, candidate->problem);
      waits |= candidate->ready;
    }
  return out->len > 0 ? g_strdup (out->str) : NULL;
}

/* Of the choices before @end, which are better than the one taken, the first that can be
 * brought up, unless one before it is already on its way. */
static void
take_dial (CsUplink *uplink, const GArray *candidates, guint end)
{
  gboolean comes = FALSE;

  for (guint i = 0; i < end; i++)
    {
      CsCandidate *candidate = &g_array_index (candidates, CsCandidate, i);

      uplink->wake_at = cs_earlier (uplink->wake_at, candidate->wake_at);
      if (!comes)
        uplink->dial = candidate->dial;
      else if (candidate->dial)
        {
          g_free (candidate->problem);
          candidate->problem = g_steal_pointer (&candidate->idle);
        }
      comes |= candidate->reason == CS_REASON_UPLINK_DIALING;
    }
}

/* Why there is none: the first choice's reason, among those that may still be ready
 * some time. */
static CsReason
find_reason (const GArray *candidates)
{
  for (guint i = 0; i < candidates->len; i++)
    {
      CsReason reason = g_array_index (candidates, CsCandidate, i).reason;

      if (reason != CS_REASON_NOT_SUITABLE)
        return reason;
    }
  return CS_REASON_NOT_SUITABLE;
}

/* An uplink that flaps is not followed at every turn. */
static void
damp (CsUplink *uplink, const CsUplinkQuestion *q)
{
  gint64 at;

  uplink->damping = q->is_new ? (CsDamping){ 0 } : q->damping;
  at = cs_damping_note_uplink (&uplink->damping,
                               uplink->interface ? uplink->interface->ifindex : 0,
                               q->snapshot->now);
  if (at == 0 || uplink->reason == CS_REASON_NOT_SUITABLE)
    return;
  uplink->wake_at = cs_earlier (uplink->wake_at, at);
  uplink->interface = NULL;
  uplink->reason = CS_REASON_UPLINK_UNSTABLE;
  g_free (uplink->message);
  uplink->message = g_strdup ("the uplink keeps going up and down; sharing resumes when "
                              "it has stayed up for a second");
}

CsUplink
cs_uplink_resolve (const CsUplinkQuestion *q)
{
  g_autoptr (GArray) candidates = g_array_new (FALSE, TRUE, sizeof (CsCandidate));
  CsUplink uplink = { .reason = CS_REASON_NONE };

  g_array_set_clear_func (candidates, cs_candidate_clear);
  for (guint i = 0; i < q->choices->len; i++)
    {
      CsCandidate candidate = cs_candidate_evaluate (q->choices->pdata[i], q);

      g_array_append_val (candidates, candidate);
    }
  uplink.choice = pick (&uplink, candidates, q);
  take_dial (&uplink, candidates, uplink.choice);
  if (uplink.choice == candidates->len)
    {
      uplink.choice = pick_ipv6_alone (candidates);
      uplink.ipv6_alone = uplink.choice < candidates->len;
    }
  uplink.message = list_problems (candidates, uplink.choice, uplink.better);
  if (uplink.choice < candidates->len)
    uplink.interface = g_array_index (candidates, CsCandidate, uplink.choice).interface;
  else
    uplink.reason = find_reason (candidates);
  damp (&uplink, q);
  return uplink;
}
