/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "plan-list.h"

CsPlan *
cs_plan_new_empty (void)
{
  CsPlan *plan = g_new0 (CsPlan, 1);

  g_atomic_ref_count_init (&plan->references);
  plan->shares = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_share_plan_unref);
  return plan;
}

CsPlan *
cs_plan_ref (CsPlan *plan)
{
  g_atomic_ref_count_inc (&plan->references);
  return plan;
}

CsPlan *
cs_plan_copy (const CsPlan *plan)
{
  CsPlan *copy = cs_plan_new_empty ();

  for (guint i = 0; i < plan->shares->len; i++)
    g_ptr_array_add (copy->shares, cs_share_plan_ref (plan->shares->pdata[i]));
  if (plan->begun)
    copy->begun = g_ptr_array_ref (plan->begun);
  for (guint i = 0; plan->remnants && i < plan->remnants->len; i++)
    cs_plan_add_remnant (copy, plan->remnants->pdata[i]);
  return copy;
}

void
cs_plan_unref (CsPlan *plan)
{
  if (!plan || !g_atomic_ref_count_dec (&plan->references))
    return;
  g_ptr_array_unref (plan->shares);
  g_clear_pointer (&plan->begun, g_ptr_array_unref);
  g_clear_pointer (&plan->remnants, g_ptr_array_unref);
  g_free (plan);
}

static CsSharePlan *
find (const GPtrArray *shares, const char *lan)
{
  for (guint i = 0; i < shares->len; i++)
    {
      CsSharePlan *share = shares->pdata[i];

      if (g_str_equal (share->lan, lan))
        return share;
    }
  return NULL;
}

CsSharePlan *
cs_plan_find (const CsPlan *plan, const char *lan)
{
  return find (plan->shares, lan);
}

CsSharePlan *
cs_plan_find_begun (const CsPlan *plan, const char *lan)
{
  return plan && plan->begun ? find (plan->begun, lan) : NULL;
}

void
cs_plan_drop_begun (CsPlan *plan, const char *lan)
{
  GPtrArray *others
      = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_share_plan_unref);

  for (guint i = 0; plan->begun && i < plan->begun->len; i++)
    {
      CsSharePlan *share = plan->begun->pdata[i];

      if (!g_str_equal (share->lan, lan))
        g_ptr_array_add (others, cs_share_plan_ref (share));
      else
        cs_plan_add_remnant (plan, share);
    }
  g_clear_pointer (&plan->begun, g_ptr_array_unref);
  plan->begun = others;
}

void
cs_plan_add_remnant (CsPlan *plan, CsSharePlan *share)
{
  if (!plan->remnants)
    plan->remnants = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_share_plan_unref);
  g_ptr_array_add (plan->remnants, cs_share_plan_ref (share));
}
