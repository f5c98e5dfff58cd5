/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Reports the first problem, from the LAN to the uplink. */
#include "plan-state.h"

#include "data-limit.h"
#include "share-ipv6.h"
#include "subnet.h"

#include "dbus/errors.h"

static void
set_state (CsSharePlan *share, CsState state, CsReason reason, char *message)
{
  share->state = state;
  share->reason = reason;
  g_free (share->message);
  share->message = message;
}

/* "lan0 is shared via ppp0", and why that uplink, unless it is obvious. */
static char *
describe_uplink (const CsSharePlan *share,
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

static char *
active_message (const CsSharePlan *share,
                const CsRequest *request,
                const CsUplink *uplink,
                const CsSnapshot *snapshot)
{
  g_autofree char *words = describe_uplink (share, request, uplink);
  g_autofree char *cover = cs_subnet_cover (share->address, share->lan, snapshot);
  const CsAddress *server = cs_share_plan_own_server (share);
  g_autofree char *text = server ? cs_address_to_string (*server) : NULL;
  g_autofree char *limit = cs_data_limit_words (share);
  GString *message = g_string_new (words);

  if (uplink->ipv6_alone)
    g_string_append (message, ", which has no IPv4: clients reach only what has IPv6");
  if (server)
    g_string_append_printf (message,
                            "; names come from %s on this computer, which looks them up "
                            "by a way of its own",
                            text);
  if (cover)
    g_string_append_printf (message, "; its network is part of %s", cover);
  if (cs_data_limit_is_near (share, snapshot))
    g_string_append_printf (message, "; nine tenths of its limit of %s are used", limit);
  return g_string_free (message, FALSE);
}

/* Why NetworkManager cannot use it. */
static char *
unavailable_message (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find (snapshot, share->lan);

  if (lan && lan->asleep)
    return g_strdup_printf ("NetworkManager's networking is off; %s is shared again when "
                            "it is back on",
                            share->lan);
  if (lan && lan->wifi_off)
    return g_strdup_printf ("Wi-Fi is switched off; %s is shared again when it is back "
                            "on",
                            share->lan);
  return g_strdup_printf ("NetworkManager cannot use %s yet; it is shared as soon as it "
                          "can",
                          share->lan);
}

/* Where packets of clients go instead; NULL: nowhere else. */
static const CsAstray *
find_astray (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->astray->len; i++)
    {
      const CsAstray *astray = &g_array_index (snapshot->astray, CsAstray, i);

      if (astray->lan_ifindex == share->lan_ifindex)
        return astray;
    }
  return NULL;
}

static char *
astray_message (const CsSharePlan *share,
                const CsAstray *astray,
                const CsSnapshot *snapshot)
{
  const CsInterface *way = cs_snapshot_find_index (snapshot, astray->ifindex);

  return g_strdup_printf ("packets %s clients of %s leave by %s: another program's "
                          "policy rule comes first and leads to table %u",
                          astray->from_clients ? "from" : "to", share->lan,
                          way ? way->name : "another interface", astray->table);
}

void
cs_plan_state (CsSharePlan *share,
               const CsRequest *request,
               const CsInterface *lan,
               const CsUplink *uplink,
               const CsSnapshot *snapshot)
{
  const CsAstray *astray = find_astray (share, snapshot);

  if (share->lan_taken == CS_LAN_TAKEN_OTHERS)
    set_state (
        share, CS_STATE_WAITING, CS_REASON_LAN_TAKEN,
        g_strdup_printf (
            "the user activated another connection on %s; sharing resumes when it ends",
            share->lan));
  else if (share->lan_taken == CS_LAN_TAKEN_DISCONNECTED)
    set_state (share, CS_STATE_WAITING, CS_REASON_LAN_TAKEN,
               g_strdup_printf ("the user disconnected %s; share it again to resume",
                                share->lan));
  else if (share->lan_taken == CS_LAN_TAKEN_UNAVAILABLE)
    set_state (share, CS_STATE_WAITING, CS_REASON_LAN_UNAVAILABLE,
               unavailable_message (share, snapshot));
  else if (!lan)
    set_state (
        share, CS_STATE_WAITING, CS_REASON_LAN_MISSING,
        g_strdup_printf (
            cs_snapshot_find (snapshot, share->lan)
                ? "%s does not exist for NetworkManager, which runs the access point"
                : "%s does not exist",
            share->lan));
  else if (share->subnets->len == 0)
    set_state (share, CS_STATE_WAITING, CS_REASON_LAN_WITHOUT_ADDRESS,
               g_strdup_printf ("%s has no IPv4 address", share->lan));
  else if (!uplink->interface)
    set_state (share, CS_STATE_WAITING, uplink->reason, g_strdup (uplink->message));
  else if (uplink->ipv6_alone && !cs_share_plan_forwards_ipv6 (share))
    set_state (share, CS_STATE_WAITING, CS_REASON_UPLINK_DOWN,
               g_strdup_printf ("%s has no IPv4, and clients cannot use its IPv6",
                                share->uplink));
  else if (astray)
    set_state (share, CS_STATE_WAITING,
               astray->from_clients ? CS_REASON_CLIENTS_ASTRAY : CS_REASON_ANSWERS_ASTRAY,
               astray_message (share, astray, snapshot));
  else
    set_state (share, CS_STATE_ACTIVE, CS_REASON_NONE,
               active_message (share, request, uplink, snapshot));
}

void
cs_plan_state_fail (CsSharePlan *share, const GError *error)
{
  CsReason reason = CS_REASON_FAILED;

  if (g_error_matches (error, CS_ERROR, CS_ERROR_ADDRESS_CONFLICT))
    reason = CS_REASON_ADDRESS_CONFLICT;
  else if (g_error_matches (error, CS_ERROR, CS_ERROR_NOT_SUITABLE))
    reason = CS_REASON_NOT_SUITABLE;
  set_state (share, CS_STATE_FAILED, reason, g_strdup (error->message));
}
