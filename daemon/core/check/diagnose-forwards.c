/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diagnose-forwards.h"

/* No more than good to know: the uplink's own network may be all that is meant, and what
 * its router forwards without having been asked from here cannot be seen. */
void
cs_walk_check_external (CsWalk *w)
{
  const CsSharePlan *share = w->share;
  g_autofree char *address = cs_address_to_string (w->found->external);

  if (!share->maps || w->found->forwards == w->found->forwards_led
      || !cs_address_is_private (w->found->external))
    return;
  if (!cs_address_is_shared (w->found->external))
    cs_walk_add (w, CS_SEVERITY_INFO, "forward-private",
                 g_strdup_printf ("ports of %s lead to clients of %s, but its address %s "
                                  "is private: the Internet does not reach them there",
                                  share->uplink, share->lan, address),
                 g_strdup_printf ("forward the same ports to %s in the router of that "
                                  "network",
                                  address));
  else
    cs_walk_add (w, CS_SEVERITY_INFO, "forward-private",
                 g_strdup_printf ("ports of %s lead to clients of %s, but its address %s "
                                  "is one that a provider shares among customers: the "
                                  "Internet does not reach them there",
                                  share->uplink, share->lan, address),
                 g_strdup ("ask the provider for a public IPv4 address, or use IPv6"));
}

/* What came of asking the router before this computer for the same ports. */
void
cs_walk_check_router (CsWalk *w)
{
  if (w->found->router_says)
    cs_walk_add (w, CS_SEVERITY_INFO, "forward-upstream",
                 g_strdup_printf ("the router before this computer was asked for the "
                                  "ports of %s's mappings: %s",
                                  w->share->lan, w->found->router_says),
                 g_strdup (""));
}

/* Whether a mapping, or a client's request for one, has an effect. */
static gboolean
clients_get_ports (const CsWalk *w)
{
  const CsShareFacts *found = w->found;

  return !w->share->ports_blocked_by
         && ((w->share->upnp && !found->upnp_problem)
             || found->forwards > found->forwards_lost + found->forwards_taken);
}

/* As game consoles have it: "open" if peers of the Internet can begin flows to a client,
 * "strict" if another NAT is in between, which may give each flow another port, and
 * "moderate" otherwise, as this computer keeps a client's port where it can. Of a share
 * that has to do with ports: others need no such line. */
void
cs_walk_check_nat (CsWalk *w)
{
  const CsSharePlan *share = w->share;
  g_autofree char *address = cs_address_to_string (w->found->external);
  gboolean is_public = !cs_address_is_private (w->found->external);
  gboolean is_reached = is_public || w->found->forwards_led > 0;
  gboolean leads = clients_get_ports (w);

  if (!cs_address_is_set (w->found->external)
      || (!share->upnp && w->found->forwards == 0))
    return;
  if (leads && is_reached)
    cs_walk_add (w, CS_SEVERITY_INFO, "nat-type",
                 g_strdup_printf ("game consoles on %s have NAT type open: %s, and its "
                                  "ports lead to clients",
                                  share->lan,
                                  is_public ? "the uplink's address is public"
                                            : "the router before this computer leads "
                                              "ports to the uplink's address"),
                 g_strdup (""));
  else if (is_reached)
    cs_walk_add (
        w, CS_SEVERITY_INFO, "nat-type",
        g_strdup_printf (
            "game consoles on %s have NAT type moderate: the Internet reaches "
            "the uplink's address, but no port of it leads to a client",
            share->lan),
        share->upnp ? g_strdup ("")
                    : g_strdup_printf (
                        "let them ask for ports: sharectl change %s --upnp", share->lan));
  else
    cs_walk_add (
        w, CS_SEVERITY_INFO, "nat-type",
        g_strdup_printf ("game consoles on %s have NAT type strict: the uplink's "
                         "address %s is behind another NAT, which leads no port "
                         "to it",
                         share->lan, address),
        g_strdup ("turn on UPnP, NAT-PMP or PCP in the router before this "
                  "computer"));
}

static char *
count_mappings (guint count, const char *lan)
{
  return count == 1
             ? g_strdup_printf ("1 port mapping of %s leads to a client", lan)
             : g_strdup_printf ("%u port mappings of %s lead to clients", count, lan);
}

/* A client that is switched off is no fault; one that has never been there may be. */
void
cs_walk_check_forwards (CsWalk *w)
{
  const CsSharePlan *share = w->share;
  g_autofree char *lost = count_mappings (w->found->forwards_lost, share->lan);
  g_autofree char *away = count_mappings (w->found->forwards_away, share->lan);

  if (w->found->forwards_lost > 0)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "forward-no-address",
        g_strdup_printf ("%s without a known address", lost),
        g_strdup_printf ("connect the client, or remove what is no longer needed: "
                         "\"sharectl forward list %s\" shows no-address",
                         share->lan));
  if (w->found->forwards_away > 0)
    cs_walk_add (w, CS_SEVERITY_INFO, "forward-away",
                 g_strdup_printf ("%s that %s not there now", away,
                                  w->found->forwards_away == 1 ? "is" : "are"),
                 g_strdup (""));
}

/* As when two shares have come to the same uplink later. */
void
cs_walk_check_ports (CsWalk *w)
{
  guint taken = w->found->forwards_taken;

  if (taken == 0)
    return;
  cs_walk_add (w, CS_SEVERITY_WARNING, "forward-taken",
               taken == 1
                   ? g_strdup_printf ("1 port mapping of %s leads nowhere: another "
                                      "share has its port of %s",
                                      w->share->lan, w->share->uplink)
                   : g_strdup_printf ("%u port mappings of %s lead nowhere: other shares "
                                      "have their ports of %s",
                                      taken, w->share->lan, w->share->uplink),
               g_strdup ("choose another port, or remove the other share's: "
                         "\"sharectl forward list\" shows which"));
}

void
cs_walk_check_upnp (CsWalk *w)
{
  const char *lan = w->share->lan;

  if (w->share->upnp && w->found->upnp_problem)
    cs_walk_add (
        w, CS_SEVERITY_WARNING, "upnp",
        g_strdup_printf ("clients of %s cannot ask for port mappings: %s", lan,
                         w->found->upnp_problem),
        g_strdup_printf ("connshared keeps trying; to do without: sharectl change "
                         "%s --no-upnp",
                         lan));
}
