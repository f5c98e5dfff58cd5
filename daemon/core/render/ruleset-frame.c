/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Two tables that read as nft(8) lists them; ruleset.c explains a packet's path
 * through them. */
#include "ruleset-frame.h"

#include "extras.h"
#include "ruleset-frame6.h"

#define MARK G_STRINGIFY (CS_PUBLISHED_MARK)
/* ICMP errors. */
#define ERRORS "icmp type { destination-unreachable, time-exceeded, parameter-problem }"

/* Only TCP and UDP have ports. */
#define MAPPED \
  "meta l4proto { tcp, udp }" \
  " dnat ip to meta l4proto . th dport . ip daddr map @" CS_FORWARDS

#define SHORT_TYPE "ipv4_addr . iface_index . iface_index : verdict"

static const CsFrameSet sets[] = {
  { "map", "from_lan", "ifname : verdict", FALSE, FALSE },
  { "map", "to_lan", "ifname : verdict", FALSE, FALSE },
  { "map", "answers", "nf_proto . iface_index . iface_index : counter", FALSE, FALSE },
  { "map", "flows", "ct_state . iface_index . iface_index : verdict", FALSE, FALSE },
  { "set", "inward", "iface_index . iface_index", FALSE, FALSE },
  { "set", "masqueraded", "ifname . ifname", FALSE, FALSE },
  { "set", "lan_networks", "ipv4_addr", TRUE, FALSE },
  { "set", "lans", "ifname", FALSE, FALSE },
  { "map", "lan_sources", "ifname : verdict", FALSE, FALSE },
  { "map", "lan_outputs", "ifname : verdict", FALSE, FALSE },
  { "set", "closed_lans", "ifname", FALSE, FALSE },
  { "set", "published_lans", "ifname", FALSE, FALSE },
  { "set", "uplinks", "ifname", FALSE, FALSE },
  { "set", "uplink_addresses", "ipv4_addr", FALSE, FALSE },
  { "set", "uplink_paths", "ipv4_addr . ifname", FALSE, FALSE },
  { "set", "left_networks", "ipv4_addr", TRUE, FALSE },
  { "set", "gateways", "ipv4_addr", FALSE, FALSE },
  { "set", "gateway_lans", "ipv4_addr . ifname", FALSE, FALSE },
  { "map", "name_servers", "ifname : ipv4_addr . inet_service", FALSE, FALSE },
  { "set", CS_OWN_PORTS, "inet_proto . inet_service", FALSE, FALSE },
  { "map", CS_FORWARDS,
    "inet_proto . inet_service . ipv4_addr : ipv4_addr . inet_service", FALSE, FALSE },
  { "set", CS_FORWARD_TARGETS, "ipv4_addr . inet_proto . inet_service", FALSE, FALSE },
  { "set", "forward_paths", "ipv4_addr . ifname", FALSE, FALSE },
  { "set", "hairpins", "ifname . ifname", FALSE, FALSE },
  { "set", CS_CLIENTS_SENT, "ipv4_addr", FALSE, TRUE },
  { "set", CS_CLIENTS_RECEIVED, "ipv4_addr", FALSE, TRUE },
  { "map", CS_SHORT_SENT, SHORT_TYPE, FALSE, TRUE },
  { "map", CS_SHORT_RECEIVED, SHORT_TYPE, FALSE, TRUE },
};

static const CsFrameChain chains[] = {
  { "forward",
    "filter hook forward priority filter",
    {
        "meta nfproto ipv6 goto forward6",
        "ct direction reply ip daddr . iif . oif vmap @" CS_SHORT_RECEIVED,
        "ct status seen-reply / seen-reply,dnat"
        " ip saddr . iif . oif vmap @" CS_SHORT_SENT,
        "ct direction original ct status seen-reply,dnat / seen-reply,dnat"
        " ip daddr . iif . oif vmap @" CS_SHORT_RECEIVED,
        "ct direction reply ct status dnat ip saddr . iif . oif vmap @" CS_SHORT_SENT,
        "ct direction reply counter name meta nfproto . iif . oif map @answers"
        " goto received",
        "ct state . iif . oif vmap @flows",
        "iifname vmap @from_lan",
        "oifname vmap @to_lan",
        "ip daddr @lan_networks oifname != @lans drop",
        "ct status dnat ct direction original"
        " ip daddr . meta l4proto . th dport @" CS_FORWARD_TARGETS
        " oifname != @lans drop",
        "ct direction reply ct status snat ip daddr @left_networks drop",
        "ct direction reply " CS_RULESET_PUBLISHED " oifname != @lans drop",
        "iifname @uplinks ct state invalid,new,untracked drop",
    } },
  { "sent",
    NULL,
    {
        "ip saddr @" CS_CLIENTS_SENT " accept",
        "accept",
    } },
  { "received",
    NULL,
    {
        "ip daddr @" CS_CLIENTS_RECEIVED " accept",
        "accept",
    } },
  { "input",
    "filter hook input priority filter",
    {
        "meta nfproto ipv6 goto input6",
        "ip daddr @gateways ip daddr . iifname != @gateway_lans iifname != \"lo\""
        " goto strangers",
    } },
  { "strangers",
    NULL,
    {
        "ip saddr @lan_networks reject with icmpx admin-prohibited",
        "drop",
    } },
  { "output",
    "filter hook output priority filter",
    {
        "meta nfproto ipv6 goto output6",
        "ip saddr @gateways ip saddr . oifname != @gateway_lans oifname != \"lo\""
        " drop",
        ERRORS " ip saddr @uplink_addresses ip saddr . oifname != @uplink_paths"
               " oifname != \"lo\" drop",
        ERRORS " ct reply ip daddr @uplink_addresses oifname != @lans"
               " ct reply ip daddr . oifname != @uplink_paths oifname != \"lo\" drop",
        ERRORS " ip daddr @left_networks oifname != \"lo\" drop",
        "ip daddr @lan_networks oifname != @lans oifname != \"lo\" drop",
        "oifname vmap @lan_outputs",
    } },
  { "arrivals",
    "filter hook prerouting priority dstnat + 10",
    {
        "ct status seen-reply / seen-reply,dnat accept",
        "ct status seen-reply ct mark & " MARK " == 0 accept",
        "meta nfproto ipv6 goto arrivals6",
        "iifname vmap @lan_sources",
        CS_RULESET_PUBLISHED " meta mark set meta mark | " MARK " accept",
        "iifname @closed_lans meta nfproto ipv4 fib daddr type unicast drop",
    } },
  { "prerouting",
    "nat hook prerouting priority dstnat - 10",
    {
        "meta nfproto ipv6 goto prerouting6",
        "meta l4proto { tcp, udp } th dport 53 ip daddr . iifname @gateway_lans"
        " dnat ip to iifname map @name_servers",
        "ip daddr . iifname @forward_paths " MAPPED,
        "iifname @published_lans fib daddr type local"
        " ct mark set ct mark | " MARK,
    } },
  { "forwarding",
    "nat hook output priority -110",
    {
        "oifname \"lo\" " MAPPED,
    } },
  { "postrouting",
    "nat hook postrouting priority srcnat",
    {
        "meta nfproto ipv6 goto postrouting6",
        CS_RULESET_ENDED ("ip", CS_ENDED_FLOWS),
        "iifname . oifname @masqueraded goto masquerading",
        "ct status dnat iifname . oifname @hairpins"
        " ip daddr . meta l4proto . th dport @" CS_FORWARD_TARGETS " masquerade",
    } },
  { "leaving",
    "filter hook postrouting priority srcnat + 10",
    {
        "ct status & (snat | confirmed) == snat | confirmed accept",
        "meta nfproto ipv6 goto leaving6",
        "ct direction reply ct status dnat ip saddr . oifname @uplink_paths accept",
        "iif . oif @inward accept",
        "iifname . oifname @masqueraded meta l4proto . th sport @" CS_OWN_PORTS " drop",
        "iifname . oifname @masqueraded fib saddr type local"
        " fib saddr . oif type != local drop",
        "ct status snat accept",
        "iifname . oifname @masqueraded drop",
        "ct direction reply ct status dnat accept",
        CS_RULESET_PUBLISHED " accept",
        "ip saddr @lan_networks oifname != @lans oifname != \"lo\" drop",
    } },
};

/* @family is "ipv4" or "ipv6". */
static void
add_ended_flows (GString *out, const char *set, const char *family)
{
  g_string_append_printf (out,
                          "\tset %s {\n"
                          "\t\ttype %s_addr . inet_proto . inet_service . %s_addr"
                          " . inet_service\n"
                          "\t\tsize 4096\n"
                          "\t\tflags dynamic,timeout\n"
                          "\t\ttimeout 2m\n"
                          "\t}\n",
                          set, family, family);
}

/* Ends with NULL. @lacking: CS_EXTRA_BIT () of each that the kernel cannot do. */
static GPtrArray *
list_masquerading (guint lacking)
{
  GPtrArray *rules = g_ptr_array_new ();

  for (CsExtra extra = 0; extra < CS_EXTRAS; extra++)
    if (!(lacking & CS_EXTRA_BIT (extra)))
      g_ptr_array_add (rules, (gpointer)cs_extra_get_rule (extra));
  cs_ruleset_end_masquerading (rules);
  return rules;
}

void
cs_ruleset_add_frame (GString *out, guint lacking)
{
  g_autoptr (GPtrArray) rules = list_masquerading (lacking);

  g_string_append (out, "table inet connshare {\n");
  cs_ruleset_add_frame_sets (out, sets, G_N_ELEMENTS (sets));
  add_ended_flows (out, CS_ENDED_FLOWS, "ipv4");
  add_ended_flows (out, CS_ENDED_FLOWS6, "ipv6");
  cs_ruleset_add_frame6_sets (out);
  for (CsExtra extra = 0; extra < CS_EXTRAS; extra++)
    if (!(lacking & CS_EXTRA_BIT (extra)))
      g_string_append (out, cs_extra_get_object (extra));
  cs_ruleset_add_frame6_chains (out, lacking);
  cs_ruleset_add_chain (out, "masquerading", NULL, (const char *const *)rules->pdata);
  cs_ruleset_add_frame_chains (out, chains, G_N_ELEMENTS (chains));
  g_string_append (out, "}\n");
}

void
cs_ruleset_outline_frame (CsOutline *outline, guint lacking)
{
  static const char *const but[]
      = { CS_OWN_PORTS, CS_FORWARDS, CS_FORWARD_TARGETS, NULL };
  g_autoptr (GPtrArray) rules = list_masquerading (lacking);

  cs_ruleset_outline_frame_sets (outline, sets, G_N_ELEMENTS (sets), but);
  cs_ruleset_outline_frame6 (outline, lacking);
  cs_outline_add (outline, CS_OUTLINE_CHAIN, "masquerading", rules->len - 1);
  cs_ruleset_outline_frame_chains (outline, chains, G_N_ELEMENTS (chains));
}
