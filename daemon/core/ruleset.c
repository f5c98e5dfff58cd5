/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates and nothing else: the frame of the table, then for each share its counters,
 * its chains, and its entries in the frame's maps and sets. A whole table and the start
 * of a share are made of the same text.
 *
 * The way of a client's packet: forward -> from_LAN, which only lets through what goes to
 * the uplink and comes from the share's networks -> out_LAN, which counts and accepts;
 * its answers: forward -> to_LAN, which knows them by conntrack. What is refused gets an
 * ICMP error where it comes from a client. An accept ends the base chain. */
#include "ruleset.h"

#include "ifname.h"

/* Of IP and TCP headers without options (RFC 9293, 3.7.1). */
#define HEADERS     40
#define LARGEST_MSS (G_MAXUINT16 - HEADERS)

static const char frame[]
    = "table inet connshare {\n"
      "\tmap from_lan {\n"
      "\t\ttype ifname : verdict\n"
      "\t}\n"
      "\tmap to_lan {\n"
      "\t\ttype ifname : verdict\n"
      "\t}\n"
      "\tset masqueraded {\n"
      "\t\ttype ipv4_addr . ifname\n"
      "\t\tflags interval\n"
      "\t}\n"
      "\tset gateways {\n"
      "\t\ttype ipv4_addr\n"
      "\t}\n"
      "\tset gateway_lans {\n"
      "\t\ttype ipv4_addr . ifname\n"
      "\t}\n"
      "\tmap name_servers {\n"
      "\t\ttype ifname : ipv4_addr . inet_service\n"
      "\t}\n"
      "\tchain forward {\n"
      "\t\ttype filter hook forward priority filter; policy accept;\n"
      "\t\tiifname vmap @from_lan\n"
      "\t\toifname vmap @to_lan\n"
      "\t}\n"
      "\tchain input {\n"
      "\t\ttype filter hook input priority filter; policy accept;\n"
      "\t\tip daddr @gateways ip daddr . iifname != @gateway_lans iifname != \"lo\" "
      "drop\n"
      "\t}\n"
      "\tchain prerouting {\n"
      "\t\ttype nat hook prerouting priority dstnat; policy accept;\n"
      "\t\tmeta l4proto { tcp, udp } th dport 53 ip daddr . iifname @gateway_lans"
      " dnat ip to iifname map @name_servers\n"
      "\t}\n"
      "\tchain postrouting {\n"
      "\t\ttype nat hook postrouting priority srcnat; policy accept;\n"
      "\t\tip saddr . oifname @masqueraded masquerade\n"
      "\t}\n"
      "}\n";

/* "192.168.137.0/24" or "{ 10.0.0.0/16, 10.2.0.0/16 }" */
static char *
format_subnets (const GArray *subnets)
{
  GString *list = g_string_new (NULL);

  for (guint i = 0; i < subnets->len; i++)
    {
      g_autofree char *text = cs_cidr_to_string (g_array_index (subnets, CsCidr, i));

      g_string_append_printf (list, "%s%s", i ? ", " : "", text);
    }
  if (subnets->len > 1)
    {
      g_string_prepend (list, "{ ");
      g_string_append (list, " }");
    }
  return g_string_free (list, FALSE);
}

/* What conntrack calls invalid would go out without masquerading. The route's MTU is the
 * least of both ways here. */
static void
add_out_chain (GString *out, const char *id)
{
  g_string_append_printf (out,
                          "\tchain out_%s {\n"
                          "\t\tct state invalid drop\n"
                          "\t\ttcp flags & (syn | rst) == syn"
                          " tcp option maxseg size set rt mtu\n"
                          "\t\tcounter name \"sent_%s\" accept\n"
                          "\t}\n",
                          id, id);
}

/* With keep-lan, what is behind another router of the LAN may be reached by us. */
static void
add_from_chain (GString *out, const CsSharePlan *share, const char *id)
{
  g_autofree char *subnets = format_subnets (share->subnets);

  g_string_append_printf (out, "\tchain from_%s {\n", id);
  if (share->lan_method == CS_LAN_KEEP)
    g_string_append_printf (out, "\t\toifname \"%s\" accept\n", share->lan);
  if (share->uplink && share->subnets->len > 0)
    g_string_append_printf (out, "\t\toifname \"%s\" ip saddr %s goto out_%s\n",
                            share->uplink, subnets, id);
  g_string_append_printf (out, "\t\treject with icmpx %s\n\t}\n",
                          share->uplink ? "admin-prohibited" : "no-route");
}

/* This way "rt mtu" would be the LAN's; the kernel never raises an MSS
 * (nft_exthdr_tcp_set_eval ()), so the uplink's can be set outright. */
static void
add_to_chain (GString *out, const CsSharePlan *share, const char *id)
{
  g_string_append_printf (out, "\tchain to_%s {\n", id);
  if (share->uplink && share->uplink_mtu > HEADERS)
    g_string_append_printf (out,
                            "\t\tiifname \"%s\" meta nfproto ipv4"
                            " tcp flags & (syn | rst) == syn"
                            " tcp option maxseg size set %u\n",
                            share->uplink,
                            MIN (share->uplink_mtu - HEADERS, LARGEST_MSS));
  if (share->uplink)
    g_string_append_printf (out,
                            "\t\tiifname \"%s\" meta nfproto ipv4"
                            " ct state established,related"
                            " counter name \"received_%s\" accept\n",
                            share->uplink, id);
  g_string_append (out, "\t\tdrop\n\t}\n");
}

/* The entries of @share in the frame's maps and sets, by "add" or by "delete": for that
 * the key of a map is enough. */
static void
add_elements (GString *out, const char *verb, const CsSharePlan *share, const char *id)
{
  gboolean adds = g_str_equal (verb, "add");
  g_autofree char *from = g_strdup_printf (" : jump from_%s", id);
  g_autofree char *to = g_strdup_printf (" : jump to_%s", id);
  g_autofree char *gateway = cs_ipv4_to_string (share->address.address);
  g_autofree char *server = g_strdup_printf (" : %s . %u", gateway, share->dns_port);

  g_string_append_printf (out, "%s element inet connshare from_lan { \"%s\"%s }\n", verb,
                          share->lan, adds ? from : "");
  g_string_append_printf (out, "%s element inet connshare to_lan { \"%s\"%s }\n", verb,
                          share->lan, adds ? to : "");
  for (guint i = 0; share->uplink && i < share->subnets->len; i++)
    {
      g_autofree char *subnet
          = cs_cidr_to_string (g_array_index (share->subnets, CsCidr, i));

      g_string_append_printf (out,
                              "%s element inet connshare masqueraded { %s . \"%s\" }\n",
                              verb, subnet, share->uplink);
    }
  if (share->address.prefix == 0)
    return;
  g_string_append_printf (out, "%s element inet connshare gateways { %s }\n", verb,
                          gateway);
  g_string_append_printf (out, "%s element inet connshare gateway_lans { %s . \"%s\" }\n",
                          verb, gateway, share->lan);
  if (share->dns_port != 0 && share->dns_port != 53)
    g_string_append_printf (out, "%s element inet connshare name_servers { \"%s\"%s }\n",
                            verb, share->lan, adds ? server : "");
}

/* Adding a counter that is there leaves it as it is. */
static void
begin_share (GString *out, const CsSharePlan *share)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  g_string_append_printf (out,
                          "table inet connshare {\n"
                          "\tcounter sent_%s {\n"
                          "\t}\n"
                          "\tcounter received_%s {\n"
                          "\t}\n",
                          id, id);
  add_out_chain (out, id);
  add_from_chain (out, share, id);
  add_to_chain (out, share, id);
  g_string_append (out, "}\n");
  add_elements (out, "add", share, id);
}

/* All but the counters. */
static void
end_share (GString *out, const CsSharePlan *share)
{
  static const char *const chains[] = { "from", "to", "out" };
  g_autofree char *id = cs_ifname_escape (share->lan);

  add_elements (out, "delete", share, id);
  for (gsize i = 0; i < G_N_ELEMENTS (chains); i++)
    g_string_append_printf (out, "delete chain inet connshare %s_%s\n", chains[i], id);
}

static void
end_counters (GString *out, const CsSharePlan *share)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  g_string_append_printf (out,
                          "delete counter inet connshare sent_%s\n"
                          "delete counter inet connshare received_%s\n",
                          id, id);
}

char *
cs_ruleset_render (const CsPlan *plan)
{
  GString *out = g_string_new ("add table inet connshare\n"
                               "delete table inet connshare\n");

  g_string_append (out, frame);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share)
        begin_share (out, share);
    }
  return g_string_free (out, FALSE);
}

char *
cs_ruleset_render_change (const CsSharePlan *from, const CsSharePlan *to)
{
  GString *out = g_string_new (NULL);

  from = cs_share_plan_applied (from);
  to = cs_share_plan_applied (to);
  if (from)
    end_share (out, from);
  if (from && !(to && g_str_equal (from->lan, to->lan)))
    end_counters (out, from);
  if (to)
    begin_share (out, to);
  return g_string_free (out, FALSE);
}

char *
cs_ruleset_render_end (void)
{
  return g_strdup ("add table inet connshare\n"
                   "delete table inet connshare\n");
}
