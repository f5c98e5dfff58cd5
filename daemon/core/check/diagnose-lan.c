/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diagnose-lan.h"
#include "drift.h"

#include "core/plan/radio.h"
#include "core/plan/subnet.h"
#include "core/render/dnsmasq-config.h"

#define LANS_RULE G_STRINGIFY (CS_LANS_RULE_PRIORITY)

static gboolean
has_failed_ppp (const CsSnapshot *snapshot)
{
  for (guint i = 0; i < snapshot->profiles->len; i++)
    {
      const CsProfile *profile = snapshot->profiles->pdata[i];

      if (profile->failed_at != 0 && profile->ppp_failed)
        return TRUE;
    }
  return FALSE;
}

static char *
remedy_of_state (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  static const struct
  {
    CsReason reason;
    const char *remedy;
  } remedies[] = {
    { CS_REASON_UPLINK_MISSING, "dial it, or plug it in: sharing resumes by itself" },
    { CS_REASON_UPLINK_DOWN, "connect it: sharing resumes by itself" },
    { CS_REASON_UPLINK_DIALING, "wait a moment: sharing resumes by itself" },
    { CS_REASON_UPLINK_UNSTABLE, "wait a moment: sharing resumes by itself" },
    { CS_REASON_UPLINK_UNKNOWN,
      "choose another, such as this computer's own: sharectl change %s via auto" },
    { CS_REASON_NO_PRIMARY, "connect this computer: sharing resumes by itself" },
    { CS_REASON_LAN_MISSING, "plug it in: sharing resumes by itself" },
    { CS_REASON_LAN_UNAVAILABLE,
      "wait a moment, or switch on what is off: nmcli networking on, "
      "nmcli radio wifi on" },
    { CS_REASON_LAN_TAKEN, "sharectl share %s" },
    { CS_REASON_LAN_WITHOUT_ADDRESS,
      "give %s an address, or let the share do it: sharectl change %s --no-keep-lan" },
    { CS_REASON_ANSWERS_ASTRAY, "\"ip rule\" lists the rules; exclude the networks of %s "
                                "from that one, or give it a priority above " LANS_RULE },
    { CS_REASON_CLIENTS_ASTRAY,
      "\"ip rule\" lists the rules; exclude the networks of %s from that one" },
    { CS_REASON_DATA_LIMIT,
      "raise the limit, or drop it: sharectl change %s --limit none" },
    { CS_REASON_ADDRESS_CONFLICT,
      "choose another, or let it take a free network: sharectl "
      "change %s --address auto" },
    { CS_REASON_NOT_SUITABLE, "\"sharectl interfaces\" shows which can be LAN or WAN" },
  };

  if (share->reason == CS_REASON_UPLINK_DOWN && has_failed_ppp (snapshot))
    return g_strdup ("check its user name and password, and the line; \"journalctl -t "
                     "pppd\" shows what pppd said");
  for (gsize i = 0; i < G_N_ELEMENTS (remedies); i++)
    if (share->reason == remedies[i].reason)
      {
        g_auto (GStrv) parts = g_strsplit (remedies[i].remedy, "%s", -1);

        return g_strjoinv (share->lan, parts);
      }
  return g_strdup ("connshared keeps trying; " CS_JOURNAL " may say more");
}

void
cs_walk_check_state (CsWalk *w)
{
  const CsSharePlan *share = w->share;

  if (share->state == CS_STATE_FAILED)
    cs_walk_add (w, CS_SEVERITY_ERROR, cs_reason_to_string (share->reason),
                 g_strdup_printf ("%s is not shared: %s", share->lan, share->message),
                 remedy_of_state (share, w->snapshot));
  else if (share->state == CS_STATE_WAITING)
    cs_walk_add (w, CS_SEVERITY_WARNING, cs_reason_to_string (share->reason),
                 g_strdup_printf ("%s waits: %s", share->lan, share->message),
                 remedy_of_state (share, w->snapshot));
  else if (share->state == CS_STATE_STARTING)
    cs_walk_add (w, CS_SEVERITY_WARNING, "starting",
                 g_strdup_printf ("%s is being set up", share->lan),
                 g_strdup ("check again in a moment"));
}

void
cs_walk_check_link (CsWalk *w)
{
  gboolean is_kept = w->share->lan_method == CS_LAN_METHOD_KEEP;

  /* if it is ours and off, that is drift */
  if (!w->lan || (w->lan->up ? w->lan->carrier : !is_kept))
    return;
  cs_walk_add (w, CS_SEVERITY_WARNING, "lan-no-link",
               g_strdup_printf ("%s %s", w->share->lan,
                                w->lan->up ? "has no link: nothing is connected to it"
                                           : "is switched off"),
               w->lan->up ? g_strdup (
                   "plug in the cable, and switch on the device at the other end")
                          : g_strdup_printf ("ip link set %s up", w->share->lan));
}

/* NetworkManager does not find networks on other channels then, and does not say why. */
void
cs_walk_check_radio (CsWalk *w)
{
  const CsInterface *other;

  if (!w->lan || !w->share->hotspot.ssid)
    return;
  other = cs_radio_find_sibling (w->lan, FALSE, w->snapshot);
  if (!other || cs_radio_find_sibling (w->lan, TRUE, w->snapshot))
    return;
  cs_walk_add (
      w, CS_SEVERITY_INFO, "one-channel",
      w->lan->ap_with_station == 0
          ? g_strdup_printf ("%s and %s are one radio, which cannot join a network while "
                             "it is an access point",
                             w->share->lan, other->name)
          : g_strdup_printf ("%s and %s are one radio, which uses one channel at a time: "
                             "%s can only join a network on channel %u now",
                             w->share->lan, other->name, other->name,
                             w->share->hotspot.channel),
      w->lan->ap_with_station == 0
          ? g_strdup ("use another Wi-Fi device for one of them")
          : g_strdup_printf ("to join one on another channel, end the share, connect %s, "
                             "and share %s again, on that channel",
                             other->name, w->share->lan));
}

void
cs_walk_check_plan (CsWalk *w)
{
  g_autofree char *drift = cs_share_plan_drift (w->share, w->snapshot);

  if (drift)
    cs_walk_add (w, CS_SEVERITY_ERROR, "not-as-planned", g_steal_pointer (&drift),
                 g_strdup ("connshared repairs it; if it keeps changing, find out who "
                           "else changes it: " CS_JOURNAL));
}

/* Clients do not notice, only what this computer itself says goes to them. */
void
cs_walk_check_network (CsWalk *w)
{
  g_autofree char *cover
      = cs_subnet_cover (w->share->address, w->share->lan, w->snapshot);
  CsCidr network = cs_cidr_network (w->share->address);
  g_autofree char *text = cs_cidr_to_string (network);

  if (!cover || !cs_share_plan_serves (w->share))
    return;
  cs_walk_add (
      w, CS_SEVERITY_INFO, "network-routed",
      g_strdup_printf ("the network of %s, %s, is part of %s: while it is shared, "
                       "this computer cannot reach what has those addresses there",
                       w->share->lan, text, cover),
      g_strdup ("if you need to reach it, choose another network with --address"));
}

void
cs_walk_check_repairs (CsWalk *w)
{
  if (w->found->repairing)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "repaired-again",
        g_strdup_printf ("another program keeps breaking the share of %s, so clients may "
                         "be cut off between repairs",
                         w->share->lan),
        g_strdup (CS_JOURNAL " names the program; stop it from doing that"));
}

/* An access point cannot leave DHCP to others; and options that exclude keep-lan have
 * to go. */
static char *
remedy_of_rival (const CsSharePlan *share)
{
  if (share->hotspot.ssid)
    return g_strdup_printf ("stop that program, or keep it off %s", share->lan);
  return g_strdup_printf ("stop that program, or keep it off %s; or leave DHCP to it: "
                          "sharectl change %s --keep-lan --address auto --dns auto",
                          share->lan, share->lan);
}

/* dnsmasq keeps a lease for its client until it ends, but cannot tell a newcomer from
 * a client that was here before. */
static void
check_pool (CsWalk *w)
{
  const char *lan = w->share->lan;
  CsAddress first, last;
  guint count = cs_dhcp_range (w->share->address, &first, &last);
  guint most = w->share->max_clients;

  if (most > 0 && most < count && w->found->clients + w->found->held >= most)
    {
      cs_walk_add (w, CS_SEVERITY_INFO, "dhcp-max-clients",
                   g_strdup_printf ("%s has as many clients as its share allows, %u: "
                                    "others get no address until one has left",
                                    lan, most),
                   g_strdup_printf ("sharectl change %s --max-clients 0", lan));
      return;
    }
  if (w->found->clients + w->found->held < count)
    return;
  cs_walk_add (
      w, CS_SEVERITY_WARNING, "dhcp-exhausted",
      g_strdup_printf ("all %u addresses for clients of %s are in use, %u of them given "
                       "out or renewed in the last minute: clients that have one keep "
                       "it, others get none until one is free",
                       count, lan, w->found->recent),
      g_strdup_printf ("find out who asks for so many (tcpdump -i %s port 67), or use a "
                       "larger network: sharectl change %s --address 10.42.0.1/16",
                       lan, lan));
}

static void
check_held (CsWalk *w)
{
  guint held = w->found->held;

  if (held > 0)
    cs_walk_add (w, CS_SEVERITY_INFO, "dhcp-held",
                 g_strdup_printf ("%u %s on %s %s used by computers that have not asked "
                                  "for one, and so not given to clients",
                                  held, held == 1 ? "address" : "addresses",
                                  w->share->lan, held == 1 ? "is" : "are"),
                 g_strdup (""));
}

/* A user may have forgotten, and look for another cause. */
void
cs_walk_check_blocked (CsWalk *w)
{
  guint count = w->share->blocked ? g_strv_length (w->share->blocked) : 0;

  if (count > 0)
    cs_walk_add (w, CS_SEVERITY_INFO, "clients-blocked",
                 g_strdup_printf ("%u %s of %s %s blocked", count,
                                  count == 1 ? "client" : "clients", w->share->lan,
                                  count == 1 ? "is" : "are"),
                 g_strdup_printf ("see who: sharectl clients %s", w->share->lan));
}

void
cs_walk_check_dhcp (CsWalk *w)
{
  const char *lan = w->share->lan;

  if (!cs_share_plan_serves (w->share))
    return;
  if (w->found->dhcp_missing)
    cs_walk_add (
        w, CS_SEVERITY_ERROR, "dhcp-silent",
        g_strdup_printf (
            "the share's DHCP server does not listen on %s: clients get no address", lan),
        g_strdup ("connshared starts it again; " CS_JOURNAL " may say why it exited"));
  check_pool (w);
  check_held (w);
  if (w->found->dhcp_owner)
    cs_walk_add (w, CS_SEVERITY_WARNING, "dhcp-rival",
                 g_strdup_printf ("%s serves DHCP on %s too: clients may get settings "
                                  "that do not fit the share",
                                  w->found->dhcp_owner, lan),
                 remedy_of_rival (w->share));
}

static char *
silence_in_words (const CsWalk *w)
{
  g_autofree char *address = cs_address_to_string (w->share->address.address);

  if (w->found->name_server == CS_DNS_REPLY_CLOSED)
    return g_strdup_printf (
        "the share's name server is not running: nothing listens on %s, port %u", address,
        w->share->dns_port);
  return g_strdup_printf ("the share's name server at %s does not answer", address);
}

static char *
remedy_of_silence (const CsWalk *w)
{
  if (w->found->server_pid == 0)
    return g_strdup ("connshared starts it again; " CS_JOURNAL " may say why it exited");
  return g_strdup_printf ("kill it, and connshared starts another: kill -KILL %d",
                          w->found->server_pid);
}

/* This computer's own queries come in through "lo", unlike those of clients, and a
 * filter may close that. A server that is running but cannot be reached is not a
 * finding. */
static gboolean
is_out_of_reach (const CsWalk *w)
{
  return w->found->name_server == CS_DNS_REPLY_NONE && w->found->server_alive;
}

void
cs_walk_check_name_server (CsWalk *w)
{
  if (!cs_share_plan_resolves (w->share))
    return;
  if (is_out_of_reach (w))
    {
      cs_walk_add (
          w, CS_SEVERITY_INFO, "dns-unproven",
          g_strdup ("the share's name server is running, but cannot be tested from here, "
                    "because a packet filter drops what this computer sends to itself"),
          g_strdup (""));
      return;
    }
  if (w->found->name_server != CS_DNS_REPLY_GOOD
      && w->found->name_server != CS_DNS_REPLY_NOT_ASKED)
    cs_walk_add (w, CS_SEVERITY_ERROR, "dns-silent", silence_in_words (w),
                 remedy_of_silence (w));
  else if (w->found->dns_owner)
    cs_walk_add (w, CS_SEVERITY_INFO, "dns-port",
                 g_strdup_printf ("%s has port 53 as well; clients' queries bypass it "
                                  "and go to the share's name server on port %u",
                                  w->found->dns_owner, w->share->dns_port),
                 g_strdup (""));
}
