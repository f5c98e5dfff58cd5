/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The frame of the table, then for each share its counters, its chains, and its entries
 * in the frame's maps and sets. A whole table is its frame and the start of each share.
 *
 * The path of a client's packet: forward -> from_LAN, which only accepts what goes to the
 * uplink and comes from the share's networks -> out_LAN, which counts and accepts.
 * Replies: forward -> to_LAN, which recognizes them by conntrack -> in_LAN, which counts
 * and accepts. A refused packet of a client gets an ICMP error. An accept ends the base
 * chain.
 *
 * All but the first packets of a flow take a short path to the same end: forward ->
 * short_sent_LAN or short_received_LAN for clients whose addresses are known: one lookup
 * finds the share and counts for the client. For others: forward -> flow_LAN or in_LAN;
 * replies that need no change do not even need a chain, because the map "answers" has
 * the counter itself. It is cheaper: the kernel has an interface's number at hand, but
 * copies its name for each lookup (nft_meta_get_eval ()). The short path is optional: two
 * shares that claim the same interfaces, while names move from one device to another, do
 * without it, except the known clients of the first, and so may flows that somebody
 * behind the uplink began.
 *
 * What is addressed to a LAN's network leaves by that LAN or is dropped, even if the host
 * itself sends it. Packets that come from a LAN with a source that is not its own are
 * dropped before they are routed: an ICMP error to that source would go anywhere. What
 * comes in by an uplink that forwards because of a share gets through only as a reply to
 * that share's clients; flows that the host lets out for others get their replies.
 *
 * What another program publishes at an address of this computer and leads elsewhere, the
 * port of a container, clients reach as they would without a share. "prerouting" marks
 * their flows to addresses of this computer, before anybody translates these; "arrivals"
 * marks each packet of those that somebody else has translated then, and each reply, for
 * a policy rule that leads them past those of the LANs (core/plan/lan-table.h). Clients
 * can neither make such a translation nor set a mark. Other flows pay nothing for that,
 * as "arrivals" lets them pass with its first rule, and "prerouting" only sees the first
 * of their packets.
 *
 * When the whole table is replaced, the kernel is briefly between both: the new table's
 * sets with "flags interval" are still empty (nft_set_commit_update (), at the end of
 * nf_tables_commit ()), and the old chains still see packets, but nothing in their maps
 * (nft_map_deactivate ()). So that nothing is lost meanwhile, no rule drops what it does
 * not find in one of these.
 *
 * The chain of the NAT hook sees only the first packet of each flow, so what is done
 * there costs others nothing. A flow keeps its source port if it can, so that peers find
 * each other through it, but not one on which this computer listens: replies to the flow
 * would shadow what others send to that service (CVE-2021-3773). Where the kernel happens
 * to choose such a port itself, "leaving" drops the packet, and the next one tries
 * another.
 *
 * Clients' queries to the gateway's port 53 go to the share's own name server, whoever
 * else has that port, and before another program's redirections of it (Docker's, for
 * example, at the usual priority): the first translation counts.
 *
 * While a share waits, its routes refuse what clients send. But the kernel sends each
 * of them only one error a second (ip_error (), net.ipv4.icmp_ratelimit), and the rest
 * would have to time out. A chain at the LAN's ingress, where "reject" replies by
 * itself (nft_reject_netdev), refuses faster. It is a convenience, and may be missing. */
#include "ruleset.h"

#include "ruleset-elements.h"
#include "ruleset-frame.h"
#include "ruleset-limits.h"

#include "core/value/ifname.h"

#define LARGEST_MSS (G_MAXUINT16 - CS_TCP_HEADERS)

/* The segments that carry an MSS. */
#define OPENS "tcp flags & (syn | rst) == syn"

/* The mark is about the route alone, others need not see it. */
#define UNMARK "meta mark set meta mark & 0xefffffff accept"

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

static void G_GNUC_PRINTF (2, 3) add_rule (GPtrArray *rules, const char *format, ...)
{
  va_list arguments;

  va_start (arguments, format);
  g_ptr_array_add (rules, g_strdup_vprintf (format, arguments));
  va_end (arguments);
}

/* What conntrack calls invalid would go out without masquerading. Packets to a LAN
 * come here because the share's own routes know no LAN except, perhaps, its own; once
 * a flow is established, its packets need not be checked again. The route's MTU is the
 * smaller of both directions here. */
static void
list_out_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  add_rule (rules, "ct state invalid drop");
  add_rule (rules, "ct state new ip daddr @lan_networks"
                   " reject with icmpx admin-prohibited");
  add_rule (rules, OPENS " tcp option maxseg size set rt mtu");
  cs_ruleset_add_pace (rules, share, "paced_sent", "saddr");
  cs_ruleset_add_end (rules, share, "sent");
}

/* In the direction of the LAN "rt mtu" would be the LAN's; the kernel never raises an MSS
 * (nft_exthdr_tcp_set_eval ()), so the uplink's can be set unconditionally. */
static void
add_clamp (GPtrArray *rules, const CsSharePlan *share)
{
  if (cs_ruleset_clamps (share))
    add_rule (rules, OPENS " tcp option maxseg size set %u",
              MIN (share->uplink_mtu - CS_TCP_HEADERS, LARGEST_MSS));
}

static void
list_in_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  add_rule (rules, "meta nfproto != ipv4 drop");
  add_clamp (rules, share);
  cs_ruleset_add_pace (rules, share, "paced_received", "daddr");
  cs_ruleset_add_end (rules, share, "received");
}

/* Flows that were accepted once, and replied to. The rest goes on to from_LAN, as does
 * a segment that out_LAN may have to change: conntrack also calls a segment
 * established that reopens a connection. */
static void
list_flow_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autofree char *subnets = format_subnets (share->subnets);

  if (cs_ruleset_clamps (share))
    add_rule (rules, OPENS " return");
  if (share->subnets->len > 0)
    add_rule (rules, "ip saddr %s counter name \"sent_%s\" goto sent", subnets, id);
}

/* The same for clients that are known, whose element has counted the packet; a segment
 * that returns from here is counted for the client once more. */
static void
list_short_sent_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (!cs_ruleset_has_short_path (share))
    return;
  if (cs_ruleset_clamps (share))
    add_rule (rules, OPENS " return");
  add_rule (rules, "counter name \"sent_%s\" accept", id);
}

static void
list_short_received_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (!cs_ruleset_has_short_path (share))
    return;
  add_clamp (rules, share);
  add_rule (rules, "counter name \"received_%s\" accept", id);
}

/* An error goes only to a source in the LAN: to another, such as that of a network that
 * was left, it would leave by whatever route the host has.
 *
 * Traffic within the LAN is not ours to refuse: with keep-lan it may be behind another
 * router there, and with br_netfilter the clients of a bridge see each other this way. */
static void
list_from_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autofree char *subnets = format_subnets (share->subnets);

  add_rule (rules, "oifname \"%s\" accept", share->lan);
  if (share->uplink && share->subnets->len > 0)
    add_rule (rules, "oifname \"%s\" ip saddr %s goto out_%s", share->uplink, subnets,
              id);
  if (cs_share_plan_publishes (share))
    add_rule (rules, CS_RULESET_PUBLISHED " " UNMARK);
  if (share->subnets->len > 0)
    add_rule (rules, "ip saddr %s reject with icmpx %s", subnets,
              share->uplink ? "admin-prohibited" : "no-route");
  add_rule (rules, "drop");
}

static void
list_to_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (share->uplink)
    add_rule (rules, "iifname \"%s\" ct state established,related goto in_%s",
              share->uplink, id);
  if (cs_share_plan_publishes (share))
    add_rule (rules, "ct direction reply " CS_RULESET_PUBLISHED " " UNMARK);
  add_rule (rules, "drop");
}

/* " ip FIELD != NETWORK" for each of the LAN's networks. */
static char *
format_not_own (const CsSharePlan *share, const char *field)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < share->subnets->len; i++)
    {
      g_autofree char *subnet
          = cs_cidr_to_string (g_array_index (share->subnets, CsCidr, i));

      g_string_append_printf (out, " ip %s != %s", field, subnet);
    }
  return g_string_free (out, FALSE);
}

/* DHCP requests come from 0.0.0.0. The connections of a client that is blocked are ended,
 * so that all that it sends comes here. */
static void
list_source_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autofree char *not_own = format_not_own (share, "saddr");
  g_autofree char *blocked = share->blocked ? g_strjoinv (", ", share->blocked) : NULL;

  if (blocked && blocked[0])
    add_rule (rules, "ether saddr { %s } drop", blocked);
  add_rule (rules, "ip saddr != 0.0.0.0%s drop", not_own);
}

static void
list_output_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autofree char *not_own = format_not_own (share, "daddr");

  add_rule (rules, "ip daddr @lan_networks%s drop", not_own);
}

/* A share's chains, those first that others jump to. */
static const struct
{
  const char *prefix;
  void (*list_rules) (GPtrArray *rules, const CsSharePlan *share, const char *id);
} chains[] = {
  { "out", list_out_rules },
  { "in", list_in_rules },
  { "flow", list_flow_rules },
  { "from", list_from_rules },
  { "to", list_to_rules },
  { "source", list_source_rules },
  { "output", list_output_rules },
  { CS_SHORT_SENT, list_short_sent_rules },
  { CS_SHORT_RECEIVED, list_short_received_rules },
};

/* Those of the @i-th of them, ending with NULL. */
static GPtrArray *
list_rules (gsize i, const CsSharePlan *share, const char *id)
{
  GPtrArray *rules = g_ptr_array_new_with_free_func (g_free);

  chains[i].list_rules (rules, share, id);
  g_ptr_array_add (rules, NULL);
  return rules;
}

static void
add_element (GString *out, const char *verb, const CsElement *element)
{
  g_string_append_printf (out, "%s element inet connshare %s { %s }\n", verb,
                          element->set, element->value);
}

/* @verb for each of @elements that is not in @others. */
static void
add_elements (GString *out,
              const char *verb,
              const GPtrArray *elements,
              const GPtrArray *others)
{
  for (guint i = 0; i < elements->len; i++)
    if (!cs_ruleset_has_element (others, elements->pdata[i]))
      add_element (out, verb, elements->pdata[i]);
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

/* Adding an existing counter or chain leaves it as it is. @from and @usage as in
 * cs_ruleset_add_limits (). */
static void
add_share (GString *out,
           const CsSharePlan *share,
           const CsSharePlan *from,
           const CsDataUsage *usage)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  g_string_append_printf (out,
                          "table inet connshare {\n"
                          "\tcounter sent_%s {\n"
                          "\t}\n"
                          "\tcounter received_%s {\n"
                          "\t}\n",
                          id, id);
  cs_ruleset_add_limits (out, share, from, usage);
  for (gsize i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_autoptr (GPtrArray) rules = list_rules (i, share, id);
      g_autofree char *name = g_strconcat (chains[i].prefix, "_", id, NULL);

      cs_ruleset_add_chain (out, name, NULL, (const char *const *)rules->pdata);
    }
  g_string_append (out, "}\n");
}

/* No packets go out: the LAN is there, but has no uplink. */
static gboolean
waits (const CsSharePlan *share)
{
  return share && share->lan_ifindex && !share->uplink
         && (share->subnets->len > 0 || share->closed);
}

static void
add_reject_table_end (GString *out, const char *id)
{
  g_string_append_printf (out,
                          "add table netdev connshare_%s\n"
                          "delete table netdev connshare_%s\n",
                          id, id);
}

char *
cs_ruleset_render_reject_table (const CsSharePlan *share)
{
  g_autofree char *id = share ? cs_ifname_escape (share->lan) : NULL;
  g_autofree char *subnets = share ? format_subnets (share->subnets) : NULL;
  GString *out = g_string_new (NULL);

  if (!waits (cs_share_plan_applied (share)))
    return g_string_free (out, FALSE);
  add_reject_table_end (out, id);
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
cs_ruleset_render_reject_table_end (const CsSharePlan *share)
{
  g_autofree char *id = share ? cs_ifname_escape (share->lan) : NULL;
  GString *out = g_string_new (NULL);

  if (waits (cs_share_plan_applied (share)))
    add_reject_table_end (out, id);
  return g_string_free (out, FALSE);
}

/* Several shares may have the same uplink: elements that go with @lan's but belong to
 * @plan, too, are put back in the same transaction. */
static void
keep_uplinks (GString *out, const GPtrArray *gone, const char *lan, const CsPlan *plan)
{
  g_autoptr (GPtrArray) kept = cs_ruleset_new_elements ();

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = cs_share_plan_applied (plan->shares->pdata[i]);

      if (share && !g_str_equal (share->lan, lan))
        cs_ruleset_add_uplink_elements (kept, share);
    }
  for (guint i = 0; i < kept->len; i++)
    if (cs_ruleset_has_element (gone, kept->pdata[i]))
      add_element (out, "add", kept->pdata[i]);
}

/* @flows: with the short path. @plan is nullable: no other share needs anything. */
static char *
render_change (const CsSharePlan *from,
               const CsSharePlan *to,
               const CsPlan *plan,
               const CsDataUsage *usage,
               gboolean flows)
{
  static const char *const prefixes[] = { "from",   "to",          "out",
                                          "in",     "flow",        "source",
                                          "output", CS_SHORT_SENT, CS_SHORT_RECEIVED,
                                          NULL };
  static const char *const counters[] = { "sent", "received", NULL };
  g_autoptr (GPtrArray) old = cs_ruleset_new_elements ();
  g_autoptr (GPtrArray) new = cs_ruleset_new_elements ();
  GString *out = g_string_new (NULL);

  from = cs_share_plan_applied (from);
  to = cs_share_plan_applied (to);
  cs_ruleset_add_elements (old, from, flows);
  cs_ruleset_add_elements (new, to, flows);
  add_elements (out, "delete", old, new);
  if (from && to && g_str_equal (from->lan, to->lan))
    add_commands (out, "flush chain", prefixes, from);
  else if (from)
    {
      add_commands (out, "delete chain", prefixes, from);
      add_commands (out, "delete counter", counters, from);
    }
  cs_ruleset_end_limits (out, from, to);
  if (to)
    add_share (out, to, from, usage);
  add_elements (out, "add", new, old);
  if (from && plan)
    keep_uplinks (out, old, from->lan, plan);
  return g_string_free (out, FALSE);
}

char *
cs_ruleset_render_change (const CsSharePlan *from,
                          const CsSharePlan *to,
                          const CsPlan *plan,
                          const CsDataUsage *usage)
{
  return render_change (from, to, plan, usage, TRUE);
}

char *
cs_ruleset_render_end (void)
{
  return g_strdup ("add table inet connshare\n"
                   "delete table inet connshare\n");
}

char *
cs_ruleset_render_own_ports (const GPtrArray *ports)
{
  GString *out = g_string_new ("flush set inet connshare " CS_OWN_PORTS "\n");

  for (guint i = 0; i < ports->len; i++)
    g_string_append_printf (out, "%s%s",
                            i ? ", " : "add element inet connshare " CS_OWN_PORTS " { ",
                            (const char *)ports->pdata[i]);
  if (ports->len > 0)
    g_string_append (out, " }\n");
  return g_string_free (out, FALSE);
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
cs_ruleset_render_frame (guint lacking)
{
  GString *out = g_string_new (NULL);

  cs_ruleset_add_frame (out, lacking);
  return g_string_free (out, FALSE);
}

char *
cs_ruleset_render_shares (const CsPlan *plan, const GPtrArray *usages)
{
  GString *out = g_string_new (NULL);

  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];
      g_autofree char *text
          = render_change (NULL, share, NULL, cs_data_usages_find (usages, share->lan),
                           !has_double (plan, share));

      g_string_append (out, text);
    }
  return g_string_free (out, FALSE);
}

char *
cs_ruleset_render (const CsPlan *plan)
{
  g_autofree char *end = cs_ruleset_render_end ();
  g_autofree char *frame = cs_ruleset_render_frame (0);
  g_autofree char *shares = cs_ruleset_render_shares (plan, NULL);

  return g_strconcat (end, frame, shares, NULL);
}

static void
outline_chains (CsOutline *outline, const CsSharePlan *share)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  for (gsize i = 0; i < G_N_ELEMENTS (chains); i++)
    {
      g_autoptr (GPtrArray) rules = list_rules (i, share, id);
      g_autofree char *name = g_strconcat (chains[i].prefix, "_", id, NULL);

      if (rules->len > 1)
        cs_outline_add (outline, CS_OUTLINE_CHAIN, name, rules->len - 1);
    }
}

CsOutline *
cs_ruleset_outline (const CsPlan *plan, guint lacking)
{
  CsOutline *outline = cs_outline_new ();
  g_autoptr (GPtrArray) elements = cs_ruleset_new_elements ();

  cs_ruleset_outline_frame (outline, lacking);
  for (guint i = 0; i < plan->shares->len; i++)
    {
      const CsSharePlan *share = plan->shares->pdata[i];

      if (!cs_share_plan_applied (share))
        continue;
      outline_chains (outline, share);
      cs_ruleset_add_elements (elements, share, !has_double (plan, share));
    }
  for (guint i = 0; i < elements->len; i++)
    cs_outline_add (outline, CS_OUTLINE_SET, ((CsElement *)elements->pdata[i])->set, 1);
  return outline;
}
