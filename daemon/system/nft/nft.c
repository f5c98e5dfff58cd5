/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Turns the texts of core/render/ruleset.h into transactions, through connshare-nft, in a
 * thread, because a commit waits for the kernel's grace periods. A share that starts,
 * changes or ends is one small transaction, if nobody else has committed anything since
 * our last one: the kernel counts. Otherwise the table may have been changed, flushed, or
 * left half done by a crash, and is rebuilt as a whole, also in one transaction; counters
 * keep their values. The table goes with the last share. */
#include "nft.h"

#include "client-counts.h"
#include "forward-elements.h"
#include "nft-commit.h"
#include "own-ports.h"
#include "usages.h"

#include "base/errno-words.h"
#include "core/render/extras.h"
#include "core/render/ruleset.h"
#include "core/value/ifname.h"
#include "dbus/errors.h"

#include <errno.h>
#include <string.h>

/* The worker's own. */
typedef struct
{
  guint32 generation; /* made by our last commit; 0: unknown */
} Nft;

static gint lacking; /* atomic: CS_EXTRA_BIT () of what the kernel has refused */

static gboolean
run (const char *text, guint32 *generation, GError **error)
{
  g_autoptr (GError) commit_error = NULL;

  if (cs_nft_commit (text, generation, &commit_error))
    return TRUE;
  if (commit_error->domain == G_IO_ERROR)
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED, "cannot change the packet filter: %s",
                 commit_error->message);
  else
    g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                 "nftables refused the ruleset: %s; this kernel needs nf_tables with "
                 "NAT, masquerade, conntrack and reject, and quota for a limit",
                 commit_error->message);
  return FALSE;
}

/* Creates the new counters before the shares, which leave existing ones alone. */
static gboolean
carry_counters (GString *text, const char *lan, GError **error)
{
  g_autofree char *id = cs_ifname_escape (lan);
  CsCounters counters;
  int failure = cs_nft_find_counters (lan, &counters);

  if (failure == ENOENT)
    return TRUE;
  if (failure != 0)
    {
      g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
                   "cannot read the counters of the share of %s: %s", lan,
                   cs_errno_words (failure));
      return FALSE;
    }
  g_string_append_printf (
      text,
      "add counter inet connshare sent_%s { packets %" G_GUINT64_FORMAT
      " bytes %" G_GUINT64_FORMAT " }\n",
      id, counters.packets_sent, counters.bytes_sent);
  g_string_append_printf (
      text,
      "add counter inet connshare received_%s { packets %" G_GUINT64_FORMAT
      " bytes %" G_GUINT64_FORMAT " }\n",
      id, counters.packets_received, counters.bytes_received);
  return TRUE;
}

guint
cs_nft_get_lacking (void)
{
  return g_atomic_int_get (&lacking);
}

/* Finds out which extras the kernel refuses. Whether there were more than was known. */
static gboolean
try_extras (void)
{
  guint found = 0;

  for (CsExtra extra = 0; extra < CS_EXTRAS; extra++)
    {
      g_autofree char *trial = cs_extra_render_trial (extra);
      g_autoptr (GError) commit_error = NULL;

      if (!cs_nft_commit (trial, NULL, &commit_error) && commit_error->domain == CS_ERROR)
        found |= CS_EXTRA_BIT (extra);
    }
  return (guint)g_atomic_int_exchange (&lacking, (int)found) != found;
}

/* What has been used of limits, for new quotas: (nullable), none is needed. */
static GPtrArray *
find_usages (const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    if (((const CsSharePlan *)g_ptr_array_index (plan->shares, i))->limit != 0)
      return cs_usages_get ();
  return NULL;
}

static gboolean
rebuild_once (CsPlan *plan, GError **error)
{
  g_autofree char *end = cs_ruleset_render_end ();
  g_autofree char *frame = cs_ruleset_render_frame (cs_nft_get_lacking ());
  g_autoptr (GPtrArray) usages = find_usages (plan);
  g_autofree char *shares = cs_ruleset_render_shares (plan, usages);
  g_autofree char *ports = cs_own_ports_render ();
  g_autofree char *clients = cs_client_counts_render (plan);
  g_autofree char *forwards = cs_forward_elements_render ();
  g_autoptr (GString) text = g_string_new (end);
  guint32 generation;

  g_string_append (text, frame);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL && !carry_counters (text, share->lan, error))
        return FALSE;
    }
  g_string_append (text, shares);
  g_string_append (text, ports);
  g_string_append (text, clients);
  g_string_append (text, forwards);
  if (!run (text->str, &generation, error))
    return FALSE;
  cs_nft_note_rebuild (generation);
  cs_client_counts_note_rebuild (plan);
  cs_own_ports_look ();
  return TRUE;
}

/* A module that extras need may be missing, or there again. */
static gboolean
rebuild (CsPlan *plan, GError **error)
{
  g_autoptr (GError) commit_error = NULL;

  if (rebuild_once (plan, &commit_error))
    return TRUE;
  if (commit_error->code == CS_ERROR_FAILED && try_extras ())
    return rebuild_once (plan, error);
  g_propagate_error (error, g_steal_pointer (&commit_error));
  return FALSE;
}

static gboolean
has_shares (const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    if (cs_share_plan_applied (plan->shares->pdata[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Whether the table is in the state that the change starts from. */
static gboolean
is_as_before (const CsSharePlan *from, const CsSharePlan *to)
{
  CsCounters counters;

  return cs_nft_find_counters (from != NULL ? from->lan : to->lan, &counters)
         == (from != NULL ? 0 : ENOENT);
}

/* @change_only: whether the change alone was committed, including the end of a reject
 * table. */
static gboolean
commit (CsPlan *plan,
        const CsSharePlan *from,
        const CsSharePlan *to,
        gboolean untouched,
        gboolean *change_only,
        GError **error)
{
  g_autofree char *end = NULL;
  g_autofree char *leave = NULL;
  g_autofree char *change = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GPtrArray) usages = NULL;
  g_autoptr (GError) commit_error = NULL;
  gboolean exists;

  *change_only = FALSE;
  if (!cs_nft_table_exists (&exists, error))
    return FALSE;
  if (!has_shares (plan))
    {
      text = cs_ruleset_render_end ();
      g_atomic_int_set (&lacking, 0);
      if (exists && !run (text, NULL, error))
        return FALSE;
      cs_client_counts_note_rebuild (plan);
      return TRUE;
    }
  if (!exists || !untouched || !is_as_before (from, to))
    return rebuild (plan, error);
  if (cs_share_plan_equal (from, to))
    return TRUE;
  usages = find_usages (plan);
  end = cs_ruleset_render_reject_table_end (from);
  leave = cs_client_counts_leave (from != NULL ? from->lan : to->lan);
  if (leave == NULL)
    return rebuild (plan, error);
  change = cs_ruleset_render_change (
      from, to, plan, to != NULL ? cs_data_usages_find (usages, to->lan) : NULL);
  text = g_strconcat (end, leave, change, NULL);
  *change_only = run (text, NULL, &commit_error);
  if (*change_only)
    {
      cs_client_counts_note_change (from, to);
      return TRUE;
    }
  g_debug ("%s: rebuilding the table: %s", from != NULL ? from->lan : to->lan,
           commit_error->message);
  return rebuild (plan, error);
}

/* Makes or removes the reject table. Without it the routes still refuse, so failing to
 * make it is no failure; but none may be left behind. */
static gboolean
change_reject_table (Nft *self,
                     const CsSharePlan *from,
                     const CsSharePlan *to,
                     gboolean have_ended,
                     GError **error)
{
  const char *lan = to != NULL ? to->lan : from->lan;
  g_autofree char *begin = cs_ruleset_render_reject_table (to);
  g_autofree char *end = cs_ruleset_render_reject_table_end (from);
  const char *text = begin[0] != '\0' || have_ended ? begin : end;
  guint32 before = cs_nft_read_generation ();
  guint32 after;
  g_autoptr (GError) commit_error = NULL;

  if (text[0] == '\0')
    return TRUE;
  if (!cs_nft_commit (text, NULL, &commit_error))
    g_debug ("%s: the reject table: %s", lan, commit_error->message);
  after = cs_nft_read_generation ();
  self->generation = before == self->generation && after - before <= 1 ? after : 0;
  if (commit_error == NULL || text == begin || !cs_nft_may_have_reject_table (lan))
    return TRUE;
  g_set_error (error, CS_ERROR, CS_ERROR_FAILED,
               "cannot delete the netdev table of %s: %s", lan, commit_error->message);
  return FALSE;
}

static gboolean
apply (gpointer nft, const CsStepCall *call, GError **error)
{
  Nft *self = nft;
  g_autoptr (GMutexLocker) locker = cs_nft_lock ();
  guint32 before = cs_nft_read_generation ();
  guint32 after;
  gboolean done, change_only;

  cs_own_ports_set_plan (call->plan);
  done = commit (
      call->plan, cs_share_plan_applied (call->from), cs_share_plan_applied (call->to),
      before != 0 && self->generation != 0 && cs_nft_are_own (self->generation, before),
      &change_only, error);
  after = cs_nft_read_generation ();
  self->generation = done && after - before <= 1 ? after : 0;
  return done && change_reject_table (self, call->from, call->to, change_only, error);
}

static const CsStepType type = {
  .name = "ruleset",
  .flags = CS_STEP_GUARDS | CS_STEP_CLOSES | CS_STEP_BLOCKS,
  .apply = apply,
  .free = g_free,
};

CsStep *
cs_nft_step_new (void)
{
  return cs_step_new (&type, g_new0 (Nft, 1));
}
