/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "order-check.h"

#include "request-list.h"

#include "dbus/errors.h"

gboolean
cs_order_check_share (const CsPlan *plan,
                      const CsRequest *request,
                      const CsRequest *previous,
                      GError **error)
{
  const CsSharePlan *share = cs_plan_find (plan, request->lan);
  gboolean same_wan = previous != NULL && g_str_equal (previous->wan, request->wan);

  if (share->error != NULL)
    g_propagate_error (error, g_error_copy (share->error));
  else if (share->lan_ifindex == 0 && share->lan_taken == CS_LAN_TAKEN_NOT
           && previous == NULL)
    g_set_error (error, CS_ERROR, CS_ERROR_NO_SUCH_DEVICE, "there is no interface \"%s\"",
                 request->lan);
  else if (share->reason == CS_REASON_UPLINK_UNKNOWN && !same_wan)
    g_set_error_literal (error, CS_ERROR, CS_ERROR_INVALID_ARGUMENT, share->message);
  else
    return TRUE;
  return FALSE;
}

/* The first share other than @lan's that cannot be, but could be in @before
 * (nullable). */
static const CsSharePlan *
find_victim (const CsPlan *plan, const char *lan, const CsPlan *before)
{
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = g_ptr_array_index (plan->shares, i);
      const CsSharePlan *other
          = before != NULL ? cs_plan_find (before, share->lan) : NULL;

      if (share->error != NULL && !g_str_equal (share->lan, lan)
          && (other == NULL || other->error == NULL))
        return share;
    }
  return NULL;
}

gboolean
cs_order_check_others (const CsPlan *plan,
                       const GPtrArray *requests,
                       const char *lan,
                       const CsRequest *previous,
                       const CsSnapshot *snapshot,
                       const CsPlan *applied,
                       GError **error)
{
  g_autoptr (GPtrArray) without = NULL;
  g_autoptr (CsRequest) dropped = NULL;
  g_autoptr (CsPlan) before = NULL;
  const CsSharePlan *victim = find_victim (plan, lan, NULL);

  if (victim == NULL)
    return TRUE;
  without = cs_request_list_copy (requests);
  dropped = cs_request_list_put (without, lan, previous);
  before = cs_plan_new (without, snapshot, applied);
  victim = find_victim (plan, lan, before);
  if (victim == NULL)
    return TRUE;
  g_set_error (error, CS_ERROR, victim->error->code, "this would end the share of %s: %s",
               victim->lan, victim->error->message);
  return FALSE;
}
