/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "lan-taken.h"

/* A share waits for a radio that is off only if it has had it before. */
static gboolean
is_unavailable (const CsInterface *lan,
                const CsRequest *request,
                const CsSharePlan *before)
{
  if (!lan || request->keep_lan)
    return FALSE;
  return lan->asleep || lan->unavailable
         || (lan->wifi_off && before && lan->managed == CS_MANAGED_YES
             && (before->lan_method == CS_LAN_METHOD_PROFILE
                 || before->lan_taken == CS_LAN_TAKEN_UNAVAILABLE));
}

/* What NetworkManager chose by itself while ours was away is not the user's choice;
 * but if the user has activated another connection, that stays so even when it comes
 * back by itself. */
static gboolean
is_users_choice (const CsSharePlan *before, const CsInterface *lan)
{
  return lan->connection_uuid && !lan->connection_ours
         && (!lan->connection_auto || before->lan_taken != CS_LAN_TAKEN_NOT);
}

CsLanTaken
cs_lan_taken (const CsInterface *lan, const CsRequest *request, const CsSharePlan *before)
{
  if (is_unavailable (lan, request, before))
    return CS_LAN_TAKEN_UNAVAILABLE;
  if (!before || before->asked_again || !lan || lan->managed != CS_MANAGED_YES)
    return CS_LAN_TAKEN_NOT;
  if (before->lan_taken == CS_LAN_TAKEN_UNAVAILABLE)
    return CS_LAN_TAKEN_NOT;
  if (before->lan_taken == CS_LAN_TAKEN_NOT
      && (before->lan_ifindex != lan->ifindex
          || before->lan_method != CS_LAN_METHOD_PROFILE))
    return CS_LAN_TAKEN_NOT;
  if (lan->changing)
    return before->lan_taken;
  if (is_users_choice (before, lan))
    return CS_LAN_TAKEN_OTHERS;
  if (lan->disconnected && before->lan_taken != CS_LAN_TAKEN_OTHERS)
    return CS_LAN_TAKEN_DISCONNECTED;
  return CS_LAN_TAKEN_NOT;
}
