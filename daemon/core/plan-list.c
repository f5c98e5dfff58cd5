/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The plans of all shares, as a list that owns a reference of each. */
#include "plan.h"

CsPlan *
cs_plan_new_empty (void)
{
  CsPlan *plan = g_new0 (CsPlan, 1);

  plan->shares = g_ptr_array_new_with_free_func ((GDestroyNotify)cs_share_plan_unref);
  return plan;
}

CsPlan *
cs_plan_copy (const CsPlan *plan)
{
  CsPlan *copy = cs_plan_new_empty ();

  for (guint i = 0; i < plan->shares->len; i++)
    g_ptr_array_add (copy->shares, cs_share_plan_ref (plan->shares->pdata[i]));
  return copy;
}

void
cs_plan_free (CsPlan *plan)
{
  if (!plan)
    return;
  g_ptr_array_unref (plan->shares);
  g_free (plan);
}

CsSharePlan *
cs_plan_find (const CsPlan *plan, const char *lan)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      CsSharePlan *share = plan->shares->pdata[i];

      if (g_str_equal (share->lan, lan))
        return share;
    }
  return NULL;
}
