/* SPDX-License-Identifier: GPL-2.0-or-later */
/* core/ruleset.h has the texts; here they become transactions, through libnftables, in a
 * thread, as a commit waits for the kernel's grace periods. A share that starts, changes
 * or ends is one small transaction, if nobody else has committed anything since our last
 * one: the kernel counts. Otherwise the table may have been changed, flushed, or left
 * half done by a crash, and is made anew as a whole, in one transaction too; counters
 * then go on from where they were. With the last share the table goes. */
#include "nft.h"

#include "nft-commit.h"

#include "core/ifname.h"
#include "core/ruleset.h"
#include "dbus/errors.h"

#include <malloc.h>
#include <string.h>

struct _CsNftStep
{
  GObject parent;

  /* the worker's own */
  guint32 generation; /* that our last commit made; 0: unknown */
};

static void cs_nft_step_iface_init (CsStepInterface *iface);
G_DEFINE_FINAL_TYPE_WITH_CODE (CsNftStep,
                               cs_nft_step,
                               G_TYPE_OBJECT,
                               G_IMPLEMENT_INTERFACE (CS_TYPE_STEP,
                                                      cs_nft_step_iface_init))

static gboolean
run (const char *text, guint32 *generation, GError **error)
{
  g_autoptr (GError) refusal = NULL;

  if (cs_nft_commit (text, generation, &refusal))
    return TRUE;
  g_set_error (
      error, CS_ERROR, CS_ERROR_FAILED,
      "nftables refused the ruleset: %s; \"sharectl preview\" shows it, and this "
      "kernel needs nf_tables with NAT, masquerade, conntrack and reject",
      refusal->message);
  return FALSE;
}

/* The new counters are made before the shares, which leave them as they are. */
static void
carry_counters (GString *text, const char *lan)
{
  g_autofree char *id = cs_ifname_escape (lan);
  CsCounters counters;

  if (!cs_nft_read_counters (lan, &counters))
    return;
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
}

static gboolean
rebuild (const CsPlan *plan, GError **error)
{
  g_autofree char *end = cs_ruleset_render_end ();
  g_autofree char *table = cs_ruleset_render (plan);
  GString *text = g_string_new (end);
  g_autofree char *owned = NULL;
  guint32 generation;
  gboolean done;

  g_string_append (text, "add table inet connshare\n");
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share != NULL)
        carry_counters (text, share->lan);
    }
  /* That text starts by removing the table, too. */
  g_string_append (text, g_str_has_prefix (table, end) ? table + strlen (end) : table);
  owned = g_string_free (text, FALSE);
  done = run (owned, &generation, error);
  if (done)
    cs_nft_note_rebuild (generation);
  malloc_trim (0); /* libnftables took some megabytes, for once */
  return done;
}

static gboolean
has_shares (const CsPlan *plan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    if (cs_share_plan_applied (plan->shares->pdata[i]) != NULL)
      return TRUE;
  return FALSE;
}

/* Whether the table has what the change starts from. */
static gboolean
is_as_before (const CsSharePlan *from, const CsSharePlan *to)
{
  CsCounters counters;

  return cs_nft_read_counters (from != NULL ? from->lan : to->lan, &counters)
         == (from != NULL);
}

/* @change_only: whether that was done, with the end of quick refusals in it. */
static gboolean
commit (const CsPlan *plan,
        const CsSharePlan *from,
        const CsSharePlan *to,
        gboolean untouched,
        gboolean *change_only,
        GError **error)
{
  g_autofree char *end = NULL;
  g_autofree char *change = NULL;
  g_autofree char *text = NULL;
  g_autoptr (GError) refusal = NULL;
  gboolean exists;

  *change_only = FALSE;
  if (!cs_nft_table_exists (&exists, error))
    return FALSE;
  if (!has_shares (plan))
    {
      text = cs_ruleset_render_end ();
      return !exists || run (text, NULL, error);
    }
  if (!exists || !untouched || !is_as_before (from, to))
    return rebuild (plan, error);
  if (cs_share_plan_equal (from, to))
    return TRUE;
  end = cs_ruleset_render_refusal_end (from);
  change = cs_ruleset_render_change (from, to);
  text = g_strconcat (end, change, NULL);
  *change_only = run (text, NULL, &refusal);
  if (*change_only)
    return TRUE;
  g_debug ("%s: the table is made anew: %s", from != NULL ? from->lan : to->lan,
           refusal->message);
  return rebuild (plan, error);
}

/* Quick refusals begin or end; without them the routes still refuse. */
static void
refuse (CsNftStep *self,
        const CsSharePlan *from,
        const CsSharePlan *to,
        gboolean have_ended)
{
  g_autofree char *begin = cs_ruleset_render_refusal (to);
  g_autofree char *end = cs_ruleset_render_refusal_end (from);
  const char *text = begin[0] != '\0' || have_ended ? begin : end;
  guint32 before = cs_nft_read_generation ();
  guint32 after;
  g_autoptr (GError) error = NULL;

  if (text[0] == '\0')
    return;
  if (!cs_nft_commit (text, NULL, &error))
    g_debug ("%s: clients are not refused at once: %s", to != NULL ? to->lan : from->lan,
             error->message);
  after = cs_nft_read_generation ();
  self->generation = before == self->generation && after - before <= 1 ? after : 0;
}

static gboolean
apply (CsStep *step,
       const CsPlan *plan,
       const CsSharePlan *from,
       const CsSharePlan *to,
       GError **error)
{
  CsNftStep *self = CS_NFT_STEP (step);
  g_autoptr (GMutexLocker) locker = cs_nft_lock ();
  guint32 before = cs_nft_read_generation ();
  guint32 after;
  gboolean done, change_only;

  done = commit (plan, cs_share_plan_applied (from), cs_share_plan_applied (to),
                 before != 0 && before == self->generation, &change_only, error);
  after = cs_nft_read_generation ();
  self->generation = done && after - before <= 1 ? after : 0;
  if (done)
    refuse (self, from, to, change_only);
  return done;
}

static const char *
cs_nft_step_get_name (CsStep *step)
{
  return "ruleset";
}

static void
cs_nft_step_iface_init (CsStepInterface *iface)
{
  iface->get_name = cs_nft_step_get_name;
  iface->blocks = TRUE;
  iface->apply = apply;
}

static void
cs_nft_step_class_init (CsNftStepClass *klass)
{
}

static void
cs_nft_step_init (CsNftStep *self)
{
}

CsStep *
cs_nft_step_new (void)
{
  return CS_STEP (g_object_new (CS_TYPE_NFT_STEP, NULL));
}
