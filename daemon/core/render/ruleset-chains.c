/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-chains.h"

#include "ruleset-chains6.h"
#include "ruleset-elements.h"
#include "ruleset-frame.h"
#include "ruleset-limits.h"

#include "core/plan/ipv6.h"
#include "core/value/ifname.h"

#define LARGEST_MSS (G_MAXUINT16 - CS_TCP_HEADERS)

/* The mark is about the route alone, others need not see it. */
#define UNMARK "meta mark set meta mark & 0xefffffff accept"

char *
cs_ruleset_format_subnets (const GArray *subnets)
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

/* What conntrack calls invalid would go out without masquerading. Packets to a LAN
 * come here because the share's own routes know no LAN except, perhaps, its own; once
 * a flow is established, its packets need not be checked again. The route's MTU is the
 * smaller of both directions here. */
static void
list_out_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  cs_ruleset_add_rule (rules, "ct state invalid drop");
  cs_ruleset_add_rule (rules, "ct state new ip daddr @lan_networks"
                              " reject with icmpx admin-prohibited");
  cs_ruleset_add_rule (rules, CS_OPENS " tcp option maxseg size set rt mtu");
  cs_ruleset_add_pace (rules, share, "paced_sent", "saddr");
  cs_ruleset_add_end (rules, share, "sent");
}

/* In the direction of the LAN "rt mtu" would be the LAN's; the kernel never raises an MSS
 * (nft_exthdr_tcp_set_eval ()), so the uplink's can be set unconditionally. */
static void
add_clamp (GPtrArray *rules, const CsSharePlan *share)
{
  if (cs_ruleset_clamps (share))
    cs_ruleset_add_rule (rules, CS_OPENS " tcp option maxseg size set %u",
                         MIN (share->uplink_mtu - CS_TCP_HEADERS, LARGEST_MSS));
}

static void
list_in_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  cs_ruleset_add_rule (rules, "meta nfproto != ipv4 drop");
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
  g_autofree char *subnets = cs_ruleset_format_subnets (share->subnets);

  if (cs_ruleset_clamps (share))
    cs_ruleset_add_rule (rules, CS_OPENS " return");
  if (share->subnets->len > 0)
    cs_ruleset_add_rule (rules, "ip saddr %s counter name \"sent_%s\" goto sent", subnets,
                         id);
}

/* The same for clients that are known, whose element has counted the packet; a segment
 * that returns from here is counted for the client once more. */
static void
list_short_sent_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (!cs_ruleset_has_short_path (share))
    return;
  cs_ruleset_add_short_sent (rules, cs_ruleset_clamps (share), id);
}

static void
list_short_received_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (!cs_ruleset_has_short_path (share))
    return;
  add_clamp (rules, share);
  cs_ruleset_add_rule (rules, "counter name \"received_%s\" accept", id);
}

/* An error goes only to a source in the LAN: to another, such as that of a network that
 * was left, it would leave by whatever route the host has.
 *
 * Traffic within the LAN is not ours to refuse: with keep-lan it may be behind another
 * router there, and with br_netfilter the clients of a bridge see each other this way. */
static void
list_from_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autofree char *subnets = cs_ruleset_format_subnets (share->subnets);

  cs_ruleset_add_rule (rules, "oifname \"%s\" accept", share->lan);
  if (share->uplink && share->subnets->len > 0)
    cs_ruleset_add_rule (rules, "oifname \"%s\" ip saddr %s goto out_%s", share->uplink,
                         subnets, id);
  if (cs_share_plan_publishes (share))
    cs_ruleset_add_rule (rules, CS_RULESET_PUBLISHED " " UNMARK);
  if (share->subnets->len > 0)
    cs_ruleset_add_rule (rules, "ip saddr %s reject with icmpx %s", subnets,
                         share->uplink ? "admin-prohibited" : "no-route");
  cs_ruleset_add_rule (rules, "drop");
}

static void
list_to_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (share->uplink)
    cs_ruleset_add_rule (rules, "iifname \"%s\" ct state established,related goto in_%s",
                         share->uplink, id);
  if (cs_share_plan_maps (share))
    cs_ruleset_add_rule (rules,
                         "iifname \"%s\" ct state new ct status dnat"
                         " ip daddr . meta l4proto . th dport @" CS_FORWARD_TARGETS
                         " goto in_%s",
                         share->uplink, id);
  if (cs_share_plan_publishes (share))
    cs_ruleset_add_rule (rules, "ct direction reply " CS_RULESET_PUBLISHED " " UNMARK);
  cs_ruleset_add_rule (rules, "drop");
}

/* DHCP requests come from 0.0.0.0. The connections of a client that is blocked are ended,
 * so that all that it sends comes here. */
static void
list_source_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autofree char *not_own = cs_ruleset_format_not_own (share->subnets, "ip", "saddr");

  cs_ruleset_add_blocked (rules, share);
  cs_ruleset_add_rule (rules, "ip saddr != 0.0.0.0%s drop", not_own);
}

static void
list_output_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autofree char *not_own = cs_ruleset_format_not_own (share->subnets, "ip", "daddr");

  cs_ruleset_add_rule (rules, "ip daddr @lan_networks%s drop", not_own);
}

/* A share's chains, those first that others jump to. */
static const CsShareChain chains[] = {
  { "out", list_out_rules },
  { "in", list_in_rules },
  { "flow", list_flow_rules },
  { "from", list_from_rules },
  { "to", list_to_rules },
  { "source", list_source_rules },
  { "output", list_output_rules },
  { CS_SHORT_SENT, list_short_sent_rules },
  { CS_SHORT_RECEIVED, list_short_received_rules },
  { NULL, NULL },
};

/* Those of the chain, ending with NULL. */
static GPtrArray *
list_rules (const CsShareChain *chain, const CsSharePlan *share, const char *id)
{
  GPtrArray *rules = g_ptr_array_new_with_free_func (g_free);

  chain->list_rules (rules, share, id);
  g_ptr_array_add (rules, NULL);
  return rules;
}

static void
add_chains (GString *out,
            const CsShareChain *chain,
            const CsSharePlan *share,
            const char *id)
{
  for (; chain->prefix; chain++)
    {
      g_autoptr (GPtrArray) rules = list_rules (chain, share, id);
      g_autofree char *name = g_strconcat (chain->prefix, "_", id, NULL);

      cs_ruleset_add_chain (out, name, NULL, (const char *const *)rules->pdata);
    }
}

static void
outline_chains (CsOutline *outline, const CsShareChain *chain, const CsSharePlan *share)
{
  g_autofree char *id = cs_ifname_escape (share->lan);

  for (; chain->prefix; chain++)
    {
      g_autoptr (GPtrArray) rules = list_rules (chain, share, id);
      g_autofree char *name = g_strconcat (chain->prefix, "_", id, NULL);

      if (rules->len > 1)
        cs_outline_add (outline, CS_OUTLINE_CHAIN, name, rules->len - 1);
    }
}

void
cs_ruleset_add_share_chains (GString *out, const CsSharePlan *share, const char *id)
{
  add_chains (out, chains, share, id);
  if (cs_share_plan_has_ipv6 (share))
    add_chains (out, cs_ruleset_chains6, share, id);
}

void
cs_ruleset_outline_share_chains (CsOutline *outline, const CsSharePlan *share)
{
  outline_chains (outline, chains, share);
  if (cs_share_plan_has_ipv6 (share))
    outline_chains (outline, cs_ruleset_chains6, share);
}
