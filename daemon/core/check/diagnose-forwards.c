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
