/* SPDX-License-Identifier: GPL-2.0-or-later */
/* A packet's path is that of IPv4 (ruleset.c), in chains of its own: each base chain has
 * one rule that leads there, so that IPv4 pays for nothing else. In "forward" that is the
 * first: to fail with two rules of IPv4 costs more than to ask for the family once. What
 * differs is this.
 *
 * A LAN has several networks, all of 64 bits, and a set of networks is one of hashes, in
 * which the upper half of an address is looked up. So rules may drop what they do not
 * find there even while the whole table is replaced; and where a share's own networks are
 * named, each has a rule of its own rather than all an anonymous set, for the same
 * reason.
 *
 * Some networks leave by their uplink as they are ("paths6"), this computer's own
 * addresses in them included, whose flows get their replies there; others are
 * masqueraded, beside them ("masqueraded6"). What goes from a LAN to its uplink
 * ("routed6") and is neither is dropped, and so is what the kernel has masqueraded to an
 * address of another interface, as it does where the uplink has lost its own but kept its
 * default route (ipv6_dev_get_saddr ()). A network that is the uplink's as well is not in
 * "lan_networks6", because it does not tell where its addresses are.
 *
 * What comes unasked is dropped (RFC 6092), but for echo requests to clients that have
 * addresses of the Internet (RFC 4890, 4.3.1). Neighbour discovery and MLD from any
 * source get to this computer (4.4.1): what it replies stays on the link. Other
 * multicasts from a source that is not the LAN's do not, because it would reply to that;
 * nor does anything else from no source at all, as the kernel would redirect that to
 * another router, by its own default route (ip6_forward ()).
 *
 * IPv6 of a LAN whose share has none meets the chains of IPv4, which drop it, and before
 * that a routing rule, which replies. So what has a source that is not behind that LAN,
 * by the kernel's routes, is dropped before it is routed ("refused6").
 *
 * Before Linux 6.17, a computer forwards IPv6 between all of its interfaces or none.
 * While it does so because of a share, "strangers6" drops what belongs to none. */
#include "ruleset-frame6.h"

#include "extras.h"

#define ERRORS \
  "icmpv6 type { destination-unreachable, packet-too-big, time-exceeded," \
  " parameter-problem }"
#define FROM_LANS   "ip6 saddr " CS_NETWORK6 " @lan_networks6"
#define SHORT_TYPE6 "ipv6_addr . iface_index . iface_index : verdict"

static const CsFrameSet sets[] = {
  { "map", "from_lan6", "ifname : verdict", FALSE, FALSE },
  { "map", "to_lan6", "ifname : verdict", FALSE, FALSE },
  { "map", "flows6", "ct_state . iface_index . iface_index : verdict", FALSE, FALSE },
  { "set", "routed6", "ifname . ifname", FALSE, FALSE },
  { "set", "masqueraded6", "ipv6_addr . ifname", FALSE, FALSE },
  { "set", "lan_networks6", "ipv6_addr", FALSE, FALSE },
  { "set", "paths6", "ipv6_addr . ifname", FALSE, FALSE },
  { "map", "lan_sources6", "ifname : verdict", FALSE, FALSE },
  { "map", "lan_outputs6", "ifname : verdict", FALSE, FALSE },
  { "set", "uplinks6", "ifname", FALSE, FALSE },
  { "map", "strangers6", "nf_proto : verdict", FALSE, FALSE },
  { "set", "uplink_addresses6", "ipv6_addr", FALSE, FALSE },
  { "set", "uplink_paths6", "ipv6_addr . ifname", FALSE, FALSE },
  { "set", "left_networks6", "ipv6_addr", TRUE, FALSE },
  { "set", "gateways6", "ipv6_addr", FALSE, FALSE },
  { "set", "gateway_lans6", "ipv6_addr . ifname", FALSE, FALSE },
  { "map", "name_servers6", "ifname : ipv6_addr . inet_service", FALSE, FALSE },
  { "set", CS_PINHOLES, "ipv6_addr . inet_proto . inet_service", FALSE, FALSE },
  { "set", CS_CLIENTS_SENT6, "ipv6_addr", FALSE, TRUE },
  { "set", CS_CLIENTS_RECEIVED6, "ipv6_addr", FALSE, TRUE },
  { "map", CS_SHORT_SENT6, SHORT_TYPE6, FALSE, TRUE },
  { "map", CS_SHORT_RECEIVED6, SHORT_TYPE6, FALSE, TRUE },
};

static const CsFrameChain chains[] = {
  { "sent6",
    NULL,
    {
        "ip6 saddr @" CS_CLIENTS_SENT6 " accept",
        "accept",
    } },
  { "received6",
    NULL,
    {
        "ip6 daddr @" CS_CLIENTS_RECEIVED6 " accept",
        "accept",
    } },
  { "forward6",
    NULL,
    {
        "ct direction reply ip6 daddr . iif . oif vmap @" CS_SHORT_RECEIVED6,
        "ct state established ip6 saddr . iif . oif vmap @" CS_SHORT_SENT6,
        "ct state established ip6 daddr . iif . oif vmap @" CS_SHORT_RECEIVED6,
        "ct direction reply counter name meta nfproto . iif . oif map @answers"
        " goto received6",
        "ct state . iif . oif vmap @flows6",
        "iifname vmap @from_lan6",
        "iifname vmap @from_lan",
        "oifname vmap @to_lan6",
        "oifname vmap @to_lan",
        CS_TO_LANS6 " oifname != @lans drop",
        "ct direction reply ip6 daddr @left_networks6 drop",
        "iifname @uplinks6 ct state invalid,new,untracked drop",
        "meta nfproto vmap @strangers6",
    } },
  { "input6",
    NULL,
    {
        "ip6 daddr @gateways6 ip6 daddr . iifname != @gateway_lans6 iifname != \"lo\""
        " goto visitors6",
    } },
  { "visitors6",
    NULL,
    {
        CS_DISCOVERY6 " accept",
        "ip6 daddr " CS_NETWORK6 " . iifname @paths6 ct state established,related accept",
        FROM_LANS " reject with icmpx admin-prohibited",
        "drop",
    } },
  { "output6",
    NULL,
    {
        "ip6 saddr @gateways6 ip6 saddr . oifname != @gateway_lans6 oifname != \"lo\""
        " ip6 saddr " CS_NETWORK6 " . oifname != @paths6 drop",
        "oifname \"lo\" accept",
        "oifname vmap @lan_outputs6",
        CS_TO_LANS6 " oifname != @lans drop",
        ERRORS " oifname != @lans goto errors6",
    } },
  { "errors6",
    NULL,
    {
        "ip6 saddr @uplink_addresses6 ip6 saddr . oifname != @uplink_paths6 drop",
        "ct reply ip6 daddr @uplink_addresses6"
        " ct reply ip6 daddr . oifname != @uplink_paths6 drop",
        "ct reply " CS_TO_LANS6 " ct reply ip6 daddr " CS_NETWORK6
        " . oifname != @paths6 drop",
        "ct reply ip6 daddr @left_networks6 drop",
        "ip6 daddr @left_networks6 drop",
    } },
  { "refused6",
    NULL,
    {
        "ip6 saddr != :: fib saddr . iif oif missing drop",
        "ip6 daddr != fe80::/10 fib daddr type != local fib daddr type != multicast"
        " fib daddr type != anycast reject with icmpx admin-prohibited",
    } },
  { "arrivals6",
    NULL,
    {
        "iifname vmap @lan_sources6",
        "iifname @closed_lans ip6 daddr != ff00::/8 ip6 daddr != fe80::/10"
        " fib daddr type != local drop",
    } },
  { "prerouting6",
    NULL,
    {
        "meta l4proto { tcp, udp } th dport 53 ip6 daddr . iifname @gateway_lans6"
        " dnat ip6 to iifname map @name_servers6",
    } },
  { "leaving6",
    NULL,
    {
        "ct direction reply iif . oif @inward accept",
        "ip6 saddr " CS_NETWORK6 " . oifname @paths6 accept",
        "iif . oif @inward accept",
        "iifname . oifname @routed6 goto masqueraded6",
        FROM_LANS " oifname != @lans oifname != \"lo\" drop",
    } },
  { "masqueraded6",
    NULL,
    {
        "meta l4proto . th sport @" CS_OWN_PORTS " drop",
        "ip6 saddr . oifname @uplink_paths6 accept",
        "ct direction reply ct status dnat accept",
        "drop",
    } },
};

static void
add_extra (GPtrArray *rules, guint lacking, CsExtra extra, const char *rule)
{
  if (!(lacking & CS_EXTRA_BIT (extra)))
    g_ptr_array_add (rules, (gpointer)rule);
}

/* UDP flows live as long where they are only filtered (RFC 6092, REC-14). Ends with NULL,
 * as the next. */
static GPtrArray *
list_postrouting (guint lacking)
{
  GPtrArray *rules = g_ptr_array_new ();

  g_ptr_array_add (rules, (gpointer)CS_RULESET_ENDED ("ip6", CS_ENDED_FLOWS6));
  add_extra (rules, lacking, CS_EXTRA_UDP_TIMEOUT,
             "iifname @lans ct timeout set \"udp_flow6\"");
  g_ptr_array_add (rules, (gpointer) "ip6 saddr " CS_NETWORK6 " . oifname @masqueraded6"
                                     " goto masquerading6");
  g_ptr_array_add (rules, NULL);
  return rules;
}

static GPtrArray *
list_masquerading (guint lacking)
{
  GPtrArray *rules = g_ptr_array_new ();

  add_extra (rules, lacking, CS_EXTRA_NEW_FLOW, cs_extra_get_rule (CS_EXTRA_NEW_FLOW));
  cs_ruleset_end_masquerading (rules);
  return rules;
}

void
cs_ruleset_add_frame6_sets (GString *out)
{
  cs_ruleset_add_frame_sets (out, sets, G_N_ELEMENTS (sets));
}

void
cs_ruleset_add_frame6_chains (GString *out, guint lacking)
{
  g_autoptr (GPtrArray) masquerading = list_masquerading (lacking);
  g_autoptr (GPtrArray) postrouting = list_postrouting (lacking);

  cs_ruleset_add_chain (out, "masquerading6", NULL,
                        (const char *const *)masquerading->pdata);
  cs_ruleset_add_chain (out, "postrouting6", NULL,
                        (const char *const *)postrouting->pdata);
  cs_ruleset_add_frame_chains (out, chains, G_N_ELEMENTS (chains));
}

void
cs_ruleset_outline_frame6 (CsOutline *outline, guint lacking)
{
  static const char *const but[] = { CS_PINHOLES, NULL };
  g_autoptr (GPtrArray) masquerading = list_masquerading (lacking);
  g_autoptr (GPtrArray) postrouting = list_postrouting (lacking);

  cs_ruleset_outline_frame_sets (outline, sets, G_N_ELEMENTS (sets), but);
  cs_outline_add (outline, CS_OUTLINE_CHAIN, "masquerading6", masquerading->len - 1);
  cs_outline_add (outline, CS_OUTLINE_CHAIN, "postrouting6", postrouting->len - 1);
  cs_ruleset_outline_frame_chains (outline, chains, G_N_ELEMENTS (chains));
}
