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
 * without it, except the known clients of the first.
 *
 * A flow that somebody behind the uplink began, through a port mapping, has the client's
 * replies in conntrack's other direction. It takes the short path by rules of its own,
 * behind those that other flows end with: of IPv4 it is told by its "dnat". "leaving" has
 * nothing to say about what goes from an uplink to its LAN, and finds that by both
 * numbers ("inward").
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
 * can neither make such a translation nor set a mark. Replies have no other way than to a
 * LAN: where that is given away, the host's own routes would lead them anywhere. Other
 * flows pay nothing for that, as "arrivals" lets them pass with its first rule, those of
 * port mappings with its second, and "prerouting" only sees the first of their packets.
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
 * another. It does the same where an uplink has just lost its address, and the kernel has
 * taken another interface's instead.
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

#include "ruleset-chains.h"
#include "ruleset-chains6.h"
#include "ruleset-elements.h"
#include "ruleset-frame.h"
#include "ruleset-limits.h"

#include "core/plan/ipv6.h"
#include "core/value/ifname.h"

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
  cs_ruleset_add_share_chains (out, share, id);
  g_string_append (out, "}\n");
}

/* No packets go out: the LAN is there, but has no uplink, or one with IPv6 alone. */
static gboolean
waits (const CsSharePlan *share)
{
  return share && share->lan_ifindex && !cs_share_plan_has_way_out (share, AF_INET)
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
  g_autofree char *subnets = share ? cs_ruleset_format_subnets (share->subnets) : NULL;
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
  gboolean same_lan;

  from = cs_share_plan_applied (from);
  to = cs_share_plan_applied (to);
  same_lan = from && to && g_str_equal (from->lan, to->lan);
  cs_ruleset_add_elements (old, from, flows);
  cs_ruleset_add_elements (new, to, flows);
  add_elements (out, "delete", old, new);
  if (same_lan)
    add_commands (out, "flush chain", prefixes, from);
  else if (from)
    add_commands (out, "delete chain", prefixes, from);
  if (from && cs_share_plan_has_ipv6 (from))
    add_commands (
        out, same_lan && cs_share_plan_has_ipv6 (to) ? "flush chain" : "delete chain",
        cs_ruleset_prefixes6, from);
  if (from && !same_lan)
    add_commands (out, "delete counter", counters, from);
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
      cs_ruleset_outline_share_chains (outline, share);
      cs_ruleset_add_elements (elements, share, !has_double (plan, share));
    }
  for (guint i = 0; i < elements->len; i++)
    cs_outline_add (outline, CS_OUTLINE_SET, ((CsElement *)elements->pdata[i])->set, 1);
  return outline;
}
