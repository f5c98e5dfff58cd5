/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Templates and nothing else: the frame of the table, then for each share its counters,
 * its chains, and its entries in the frame's maps and sets. A whole table is its frame
 * and the start of each share.
 *
 * The way of a client's packet: forward -> from_LAN, which only lets through what goes to
 * the uplink and comes from the share's networks -> out_LAN, which counts and accepts;
 * its answers: forward -> to_LAN, which knows them by conntrack -> in_LAN, which counts
 * and accepts. What is refused gets an ICMP error where it comes from a client. An accept
 * ends the base chain.
 *
 * All but the first packets of a flow have a short way to the same end: forward ->
 * flow_LAN or in_LAN, and answers of which nothing has to be changed need not even a
 * chain: the map "answers" has the counter itself. It costs less: the kernel has an
 * interface's number at hand, and copies its name for whoever asks
 * (nft_meta_get_eval ()). It is an offer: two shares that claim the same interfaces,
 * while names move from one device to another, go without, and so may the flows that
 * somebody behind the uplink began.
 *
 * While a share waits, its routes refuse what clients send. But the kernel lets only an
 * error a second pass to each of them (ip_error (), net.ipv4.icmp_ratelimit), and the
 * rest would have to time out: so a chain at the LAN's ingress, where "reject" answers by
 * itself (nft_reject_netdev), is quicker to refuse. It is there for comfort, and may be
 * missing. */
#include "ruleset.h"

#include "ifname.h"

/* Of IP and TCP headers without options (RFC 9293, 3.7.1). */
#define HEADERS     40
#define LARGEST_MSS (G_MAXUINT16 - HEADERS)

/* The segments that say an MSS. */
#define OPENS "tcp flags & (syn | rst) == syn"

static const char frame[]
    = "table inet connshare {\n"
      "\tmap from_lan {\n"
      "\t\ttype ifname : verdict\n"
      "\t}\n"
      "\tmap to_lan {\n"
      "\t\ttype ifname : verdict\n"
      "\t}\n"
      "\tmap answers {\n"
      "\t\ttype nf_proto . iface_index . iface_index : counter\n"
      "\t}\n"
      "\tmap flows {\n"
      "\t\ttype ct_state . iface_index . iface_index : verdict\n"
      "\t}\n"
      "\tset masqueraded {\n"
      "\t\ttype ipv4_addr . ifname\n"
      "\t\tflags interval\n"
      "\t}\n"
      "\tset lan_networks {\n"
      "\t\ttype ipv4_addr\n"
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
      "\t\tct direction reply"
      " counter name meta nfproto . iif . oif map @answers accept\n"
      "\t\tct state . iif . oif vmap @flows\n"
      "\t\tiifname vmap @from_lan\n"
      "\t\toifname vmap @to_lan\n"
      "\t}\n"
      "\tchain input {\n"
      "\t\ttype filter hook input priority filter; policy accept;\n"
      "\t\tip daddr @gateways ip daddr . iifname != @gateway_lans iifname != \"lo\""
      " goto strangers\n"
      "\t}\n"
      "\tchain strangers {\n"
      "\t\tip saddr @lan_networks reject with icmpx admin-prohibited\n"
      "\t\tdrop\n"
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

/* What conntrack calls invalid would go out without masquerading. What is meant for a LAN
 * comes here because the share's own routes know no LAN but, perhaps, its own; once a
 * flow is there its packets need not be asked again. The route's MTU is the least of both
 * ways here. */
static void
add_out_chain (GString *out, const char *id)
{
  g_string_append_printf (out,
                          "\tchain out_%s {\n"
                          "\t\tct state invalid drop\n"
                          "\t\tct state new ip daddr @lan_networks"
                          " reject with icmpx admin-prohibited\n"
                          "\t\t" OPENS " tcp option maxseg size set rt mtu\n"
                          "\t\tcounter name \"sent_%s\" accept\n"
                          "\t}\n",
                          id, id);
}

/* The LAN's MTU may be above the uplink's. */
static gboolean
clamps (const CsSharePlan *share)
{
  return share->uplink_mtu > HEADERS;
}

/* This way "rt mtu" would be the LAN's; the kernel never raises an MSS
 * (nft_exthdr_tcp_set_eval ()), so the uplink's can be set outright. */
static void
add_in_chain (GString *out, const CsSharePlan *share, const char *id)
{
  g_string_append_printf (out, "\tchain in_%s {\n\t\tmeta nfproto != ipv4 drop\n", id);
  if (clamps (share))
    g_string_append_printf (out, "\t\t" OPENS " tcp option maxseg size set %u\n",
                            MIN (share->uplink_mtu - HEADERS, LARGEST_MSS));
  g_string_append_printf (out, "\t\tcounter name \"received_%s\" accept\n\t}\n", id);
}

/* What was let through once, and is answered. The rest goes on to from_LAN, as does a
 * segment that out_LAN may have to change: conntrack calls also one established that
 * opens a connection anew. */
static void
add_flow_chain (GString *out, const CsSharePlan *share, const char *id)
{
  g_autofree char *subnets = format_subnets (share->subnets);

  g_string_append_printf (out, "\tchain flow_%s {\n", id);
  if (clamps (share))
    g_string_append (out, "\t\t" OPENS " return\n");
  if (share->subnets->len > 0)
    g_string_append_printf (out, "\t\tip saddr %s counter name \"sent_%s\" accept\n",
                            subnets, id);
  g_string_append (out, "\t}\n");
}

/* What stays within the LAN is not ours to refuse: with keep-lan it may be behind another
 * router there, and with br_netfilter the clients of a bridge see each other this way. */
static void
add_from_chain (GString *out, const CsSharePlan *share, const char *id)
{
  g_autofree char *subnets = format_subnets (share->subnets);

  g_string_append_printf (out, "\tchain from_%s {\n\t\toifname \"%s\" accept\n", id,
                          share->lan);
  if (share->uplink && share->subnets->len > 0)
    g_string_append_printf (out, "\t\toifname \"%s\" ip saddr %s goto out_%s\n",
                            share->uplink, subnets, id);
  g_string_append_printf (out, "\t\treject with icmpx %s\n\t}\n",
                          share->uplink ? "admin-prohibited" : "no-route");
}

static void
add_to_chain (GString *out, const CsSharePlan *share, const char *id)
{
  g_string_append_printf (out, "\tchain to_%s {\n", id);
  if (share->uplink)
    g_string_append_printf (
        out, "\t\tiifname \"%s\" ct state established,related goto in_%s\n",
        share->uplink, id);
  g_string_append (out, "\t\tdrop\n\t}\n");
}

/* The numbers of interfaces are that long so that nft does not take them for the name of
 * one, which would be shorter. */
static void
add_flow_elements (GPtrArray *elements, const CsSharePlan *share, const char *id)
{
  int lan = share->lan_ifindex, uplink = share->uplink_ifindex;
  g_autofree char *sent = g_strdup_printf ("\"%016d\" . \"%016d\"", lan, uplink);
  g_autofree char *received = g_strdup_printf ("\"%016d\" . \"%016d\"", uplink, lan);

  g_ptr_array_add (
      elements, g_strdup_printf ("flows { established . %s : jump flow_%s }", sent, id));
  g_ptr_array_add (
      elements,
      clamps (share)
          ? g_strdup_printf ("flows { established . %s : jump in_%s }", received, id)
          : g_strdup_printf ("answers { ipv4 . %s : \"received_%s\" }", received, id));
}

static void
add_subnet_elements (GPtrArray *elements, const CsSharePlan *share)
{
  for (guint i = 0; i < share->subnets->len; i++)
    {
      g_autofree char *subnet
          = cs_cidr_to_string (g_array_index (share->subnets, CsCidr, i));

      g_ptr_array_add (elements, g_strdup_printf ("lan_networks { %s }", subnet));
      if (share->uplink)
        g_ptr_array_add (elements, g_strdup_printf ("masqueraded { %s . \"%s\" }", subnet,
                                                    share->uplink));
    }
}

static void
add_gateway_elements (GPtrArray *elements, const CsSharePlan *share)
{
  g_autofree char *gateway = cs_ipv4_to_string (share->address.address);

  g_ptr_array_add (elements, g_strdup_printf ("gateways { %s }", gateway));
  g_ptr_array_add (elements,
                   g_strdup_printf ("gateway_lans { %s . \"%s\" }", gateway, share->lan));
  if (share->dns_port != 53)
    g_ptr_array_add (elements, g_strdup_printf ("name_servers { \"%s\" : %s . %u }",
                                                share->lan, gateway, share->dns_port));
}

/* The entries of @share (nullable) in the frame's maps and sets, as what follows "add
 * element inet connshare": strings (owned). */
static GPtrArray *
list_elements (const CsSharePlan *share, gboolean flows)
{
  GPtrArray *elements = g_ptr_array_new_with_free_func (g_free);
  g_autofree char *id = share ? cs_ifname_escape (share->lan) : NULL;

  if (!share || !cs_share_plan_guards (share))
    return elements;
  g_ptr_array_add (
      elements, g_strdup_printf ("from_lan { \"%s\" : jump from_%s }", share->lan, id));
  g_ptr_array_add (elements,
                   g_strdup_printf ("to_lan { \"%s\" : jump to_%s }", share->lan, id));
  if (flows && share->uplink_ifindex && share->lan_ifindex)
    add_flow_elements (elements, share, id);
  add_subnet_elements (elements, share);
  if (share->address.prefix != 0)
    add_gateway_elements (elements, share);
  return elements;
}

/* @verb for each of @elements that is not in @others. */
static void
add_elements (GString *out,
              const char *verb,
              const GPtrArray *elements,
              const GPtrArray *others)
{
  for (guint i = 0; i < elements->len; i++)
    if (!g_ptr_array_find_with_equal_func ((GPtrArray *)others, elements->pdata[i],
                                           g_str_equal, NULL))
      g_string_append_printf (out, "%s element inet connshare %s\n", verb,
                              (const char *)elements->pdata[i]);
}

/* Runs "VERB OBJECT inet connshare PREFIX_LAN" for each of @prefixes, a strv. */
static void
add_commands (GString *out,
              const char *command,
              const char *const *prefixes,
              const CsSharePlan *share)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  for (; *prefixes; prefixes++)
    g_string_append_printf (out, "%s inet connshare %s_%s\n", command, *prefixes, id);
}

/* Adding a counter or a chain that is there leaves it as it is. */
static void
add_share (GString *out, const CsSharePlan *share)
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
  add_in_chain (out, share, id);
  add_flow_chain (out, share, id);
  add_from_chain (out, share, id);
  add_to_chain (out, share, id);
  g_string_append (out, "}\n");
}

/* Nobody's packets go out: the LAN is there, and has no uplink. */
static gboolean
waits (const CsSharePlan *share)
{
  return share && share->lan_ifindex && !share->uplink
         && (share->subnets->len > 0 || share->closed);
}

static void
add_refusal_end (GString *out, const char *id)
{
  g_string_append_printf (out,
                          "add table netdev connshare_%s\n"
                          "delete table netdev connshare_%s\n",
                          id, id);
}

char *
cs_ruleset_render_refusal (const CsSharePlan *share)
{
  g_autofree char *id = share ? cs_ifname_escape (share->lan) : NULL;
  g_autofree char *subnets = share ? format_subnets (share->subnets) : NULL;
  GString *out = g_string_new (NULL);

  if (!waits (cs_share_plan_applied (share)))
    return g_string_free (out, FALSE);
  add_refusal_end (out, id);
  g_string_append_printf (
      out,
      "table netdev connshare_%s {\n"
      "\tchain refuse {\n"
      "\t\ttype filter hook ingress device \"%s\" priority 0;\n"
      "\t\ticmp type { destination-unreachable, time-exceeded, parameter-problem }"
      " accept\n"
      "\t\tmeta pkttype host%s%s fib daddr type unicast"
      " limit rate 200/second burst 100 packets reject with icmp host-unreachable\n"
      "\t}\n"
      "}\n",
      id, share->lan, share->subnets->len > 0 ? " ip daddr != " : "", subnets);
  return g_string_free (out, FALSE);
}

char *
cs_ruleset_render_refusal_end (const CsSharePlan *share)
{
  g_autofree char *id = share ? cs_ifname_escape (share->lan) : NULL;
  GString *out = g_string_new (NULL);

  if (waits (cs_share_plan_applied (share)))
    add_refusal_end (out, id);
  return g_string_free (out, FALSE);
}

/* @flows: with the short way. */
static char *
render_change (const CsSharePlan *from, const CsSharePlan *to, gboolean flows)
{
  static const char *const chains[] = { "from", "to", "out", "in", "flow", NULL };
  static const char *const counters[] = { "sent", "received", NULL };
  g_autoptr (GPtrArray) old = list_elements (cs_share_plan_applied (from), flows);
  g_autoptr (GPtrArray) new = list_elements (cs_share_plan_applied (to), flows);
  GString *out = g_string_new (NULL);

  from = cs_share_plan_applied (from);
  to = cs_share_plan_applied (to);
  add_elements (out, "delete", old, new);
  if (from && to && g_str_equal (from->lan, to->lan))
    add_commands (out, "flush chain", chains, from);
  else if (from)
    {
      add_commands (out, "delete chain", chains, from);
      add_commands (out, "delete counter", counters, from);
    }
  if (to)
    add_share (out, to);
  add_elements (out, "add", new, old);
  return g_string_free (out, FALSE);
}

char *
cs_ruleset_render_change (const CsSharePlan *from, const CsSharePlan *to)
{
  return render_change (from, to, TRUE);
}

char *
cs_ruleset_render_end (void)
{
  return g_strdup ("add table inet connshare\n"
                   "delete table inet connshare\n");
}

/* Whether it is between the same two interfaces as another share, by their numbers. */
static gboolean
has_double (const CsPlan *plan, const CsSharePlan *share)
{
  int lan = share->lan_ifindex, uplink = share->uplink_ifindex;

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *other = plan->shares->pdata[i];

      if (other != share
          && ((other->lan_ifindex == lan && other->uplink_ifindex == uplink)
              || (other->lan_ifindex == uplink && other->uplink_ifindex == lan)))
        return TRUE;
    }
  return FALSE;
}

char *
cs_ruleset_render (const CsPlan *plan)
{
  g_autofree char *end = cs_ruleset_render_end ();
  GString *out = g_string_new (end);

  g_string_append (out, frame);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];
      g_autofree char *text = render_change (NULL, share, !has_double (plan, share));

      g_string_append (out, text);
    }
  return g_string_free (out, FALSE);
}
