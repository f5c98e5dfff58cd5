/* SPDX-License-Identifier: GPL-2.0-or-later */
/* From the client to this computer: the share itself, the cable, the address, DHCP, DNS.
 */
#include "diagnose-private.h"

#include "holds.h"

static char *
remedy_of_state (const CsSharePlan *share)
{
  static const struct
  {
    const char *reason;
    const char *remedy;
  } remedies[] = {
    { "uplink-missing", "dial it, or plug it in: sharing goes on by itself" },
    { "uplink-down", "connect it: sharing goes on by itself" },
    { "uplink-dialing", "wait a moment: sharing goes on by itself" },
    { "uplink-unstable", "wait a moment: sharing goes on by itself" },
    { "uplink-unknown", "choose another: sharectl share %s via WAN" },
    { "no-primary", "connect this computer: sharing goes on by itself" },
    { "lan-missing", "plug it in: sharing goes on by itself" },
    { "lan-taken", "sharectl share %s via WAN" },
    { "lan-without-address", "give %s an address: sharing goes on by itself" },
    { "address-conflict",
      "sharectl share %s via WAN, without --address or with another" },
    { "not-suitable", "sharectl interfaces shows which can be LAN or WAN" },
  };

  for (gsize i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (g_str_equal (share->reason, remedies[i].reason))
      {
        g_auto (GStrv) parts = g_strsplit (remedies[i].remedy, "%s", -1);

        return g_strjoinv (share->lan, parts);
      }
  return g_strdup ("it is tried again by itself; " CS_JOURNAL " may say more");
}

void
cs_walk_check_state (CsWalk *w)
{
  const CsSharePlan *share = w->share;

  if (share->state == CS_STATE_FAILED)
    cs_walk_add (w, CS_SEVERITY_ERROR, share->reason,
                 g_strdup_printf ("%s is not shared: %s", share->lan, share->message),
                 remedy_of_state (share));
  else if (share->state == CS_STATE_WAITING)
    cs_walk_add (w, CS_SEVERITY_WARNING, share->reason,
                 g_strdup_printf ("%s waits: %s", share->lan, share->message),
                 remedy_of_state (share));
  else if (share->state == CS_STATE_STARTING)
    cs_walk_add (w, CS_SEVERITY_WARNING, "starting",
                 g_strdup_printf ("%s is just being shared", share->lan),
                 g_strdup ("ask again in a moment"));
}

void
cs_walk_check_link (CsWalk *w)
{
  if (!w->lan || (w->lan->up && w->lan->carrier))
    return;
  cs_walk_add (
      w, CS_SEVERITY_WARNING, "lan-no-link",
      g_strdup_printf ("%s %s", w->share->lan,
                       w->lan->up ? "has no link: nothing is connected to it"
                                  : "is switched off"),
      w->lan->up ? g_strdup ("plug in the cable, and switch on what is at its other end")
                 : g_strdup_printf ("ip link set %s up", w->share->lan));
}

void
cs_walk_check_plan (CsWalk *w)
{
  g_autofree char *damage = cs_share_plan_damage (w->share, w->snapshot);

  if (damage)
    cs_walk_add (
        w, CS_SEVERITY_ERROR, "not-as-planned", g_steal_pointer (&damage),
        g_strdup ("connshared puts that right by itself; if it does not stay so, find "
                  "out who else changes it: " CS_JOURNAL));
}

void
cs_walk_check_repairs (CsWalk *w)
{
  if (w->found->repairing)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "repaired-again",
        g_strdup_printf ("what the share of %s needs is broken by another program again "
                         "and again, and now repaired at intervals only",
                         w->share->lan),
        g_strdup (CS_JOURNAL " names what it is; keep the other program from it"));
}

gboolean
cs_walk_serves_lan (const CsWalk *w)
{
  return w->share->lan_method == CS_LAN_PROFILE || w->share->lan_method == CS_LAN_ADDRESS;
}

void
cs_walk_check_dhcp (CsWalk *w)
{
  const char *lan = w->share->lan;

  if (!cs_walk_serves_lan (w))
    return;
  if (w->found->dhcp_missing)
    cs_walk_add (
        w, CS_SEVERITY_ERROR, "dhcp-silent",
        g_strdup_printf ("no DHCP server of the share listens on %s: clients get no "
                         "address",
                         lan),
        g_strdup ("it is started again by itself; " CS_JOURNAL " may say why it ended"));
  if (w->found->dhcp_owner)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "dhcp-rival",
        g_strdup_printf ("%s serves DHCP on %s too: clients may get from it what does "
                         "not fit the share",
                         w->found->dhcp_owner, lan),
        g_strdup_printf ("end that program, or keep it off %s; or leave DHCP to it: "
                         "sharectl share %s via WAN --keep-lan",
                         lan, lan));
}

/* Where the share's name server listens on port 53, somebody else there is in its way. */
static const char *
find_usurper (const CsWalk *w)
{
  return w->share->dns_port == 53 ? w->found->dns_owner : NULL;
}

static char *
silence_in_words (const CsWalk *w)
{
  g_autofree char *address = cs_ipv4_to_string (w->share->address.address);

  if (find_usurper (w))
    return g_strdup_printf ("the share's name server at %s does not answer: port 53 is "
                            "taken by %s",
                            address, w->found->dns_owner);
  if (w->found->name_server == CS_ANSWER_CLOSED)
    return g_strdup_printf ("the share's name server is not there: nobody listens at "
                            "%s, port %u",
                            address, w->share->dns_port);
  return g_strdup_printf ("the share's name server at %s does not answer", address);
}

static char *
remedy_of_silence (const CsWalk *w)
{
  if (find_usurper (w))
    return g_strdup ("end that program, or let it listen on other addresses only");
  if (w->found->server_pid == 0)
    return g_strdup ("it is started again by itself; " CS_JOURNAL
                     " may say why it ended");
  return g_strdup_printf ("end it, and another is started: kill -KILL %d",
                          w->found->server_pid);
}

/* This computer's own questions take another way than those of clients, in through "lo",
 * which a filter may close. A server that lives but cannot be reached is no finding. */
static gboolean
is_out_of_reach (const CsWalk *w)
{
  return w->found->name_server == CS_ANSWER_NONE && w->found->server_alive;
}

void
cs_walk_check_name_server (CsWalk *w)
{
  const char *owner = w->found->dns_owner ? w->found->dns_owner : "another program";

  if (!cs_walk_serves_lan (w))
    return;
  if (is_out_of_reach (w))
    {
      cs_walk_add (w, CS_SEVERITY_INFO, "dns-unproven",
                   g_strdup ("the share's name server runs, but could not be asked from "
                             "here, as a packet filter drops what this computer sends "
                             "to itself"),
                   g_strdup (""));
      return;
    }
  if (w->found->name_server != CS_ANSWER_GOOD
      && w->found->name_server != CS_ANSWER_NOT_ASKED)
    cs_walk_add (w, CS_SEVERITY_ERROR, "dns-silent", silence_in_words (w),
                 remedy_of_silence (w));
  else if (w->share->dns_port != 53)
    cs_walk_add (w, CS_SEVERITY_INFO, "dns-port",
                 g_strdup_printf ("%s has port 53 on all addresses, so the share's name "
                                  "server has port %u, which clients do not notice",
                                  owner, w->share->dns_port),
                 g_strdup (""));
}
