/* SPDX-License-Identifier: GPL-2.0-or-later */
/* What is amiss first is told, from the LAN to the uplink. */
#include "plan-state.h"

#include "dbus/errors.h"

static void
set_state (CsSharePlan *share, CsState state, const char *reason, char *message)
{
  share->state = state;
  g_free (share->reason);
  share->reason = g_strdup (reason);
  g_free (share->message);
  share->message = message;
}

/* "lan0 is shared via ppp0", and why that one, where it is not plain to see. */
static char *
active_message (const CsSharePlan *share,
                const CsRequest *request,
                const CsUplink *uplink)
{
  static const char *const ordinals[] = { "1st", "2nd", "3rd" };
  g_autofree char *ordinal = NULL;

  if (uplink->choice == 0 && g_str_equal (request->wan, share->uplink))
    return g_strdup_printf ("%s is shared via %s", share->lan, share->uplink);
  if (uplink->choice == 0)
    return g_strdup_printf ("%s is shared via %s (%s)", share->lan, share->uplink,
                            request->wan);
  ordinal = uplink->choice < G_N_ELEMENTS (ordinals)
                ? g_strdup (ordinals[uplink->choice])
                : g_strdup_printf ("%uth", uplink->choice + 1);
  return g_strdup_printf ("%s is shared via %s (%s choice; %s)", share->lan,
                          share->uplink, ordinal, uplink->message);
}

void
cs_plan_state (CsSharePlan *share,
               const CsRequest *request,
               const CsInterface *lan,
               const CsUplink *uplink,
               const CsSnapshot *snapshot)
{
  if (share->lan_taken == CS_LAN_OTHERS)
    set_state (share, CS_STATE_WAITING, "lan-taken",
               g_strdup_printf ("the user has given %s another connection; sharing goes "
                                "on when that ends",
                                share->lan));
  else if (share->lan_taken == CS_LAN_DISCONNECTED)
    set_state (share, CS_STATE_WAITING, "lan-taken",
               g_strdup_printf ("the user has disconnected %s; to go on, share it again",
                                share->lan));
  else if (!lan)
    set_state (share, CS_STATE_WAITING, "lan-missing",
               g_strdup_printf (cs_snapshot_find (snapshot, share->lan)
                                    ? "%s is not there for NetworkManager, which makes "
                                      "the access point"
                                    : "%s is not there",
                                share->lan));
  else if (share->subnets->len == 0)
    set_state (
        share, CS_STATE_WAITING, "lan-without-address",
        g_strdup_printf ("%s has no IPv4 address; give it one, or share it without "
                         "keep-lan",
                         share->lan));
  else if (!uplink->interface)
    set_state (share, CS_STATE_WAITING, uplink->reason, g_strdup (uplink->message));
  else
    set_state (share, CS_STATE_ACTIVE, "none", active_message (share, request, uplink));
}

void
cs_plan_state_fail (CsSharePlan *share, const GError *error)
{
  const char *reason = "failed";

  if (g_error_matches (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT))
    reason = "address-conflict";
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_NOT_SUITABLE))
    reason = "not-suitable";
  set_state (share, CS_STATE_FAILED, reason, g_strdup (error->message));
}
