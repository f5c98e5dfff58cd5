/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "ruleset-chains6.h"

#include "ruleset-elements.h"
#include "ruleset-limits.h"

#include "core/plan/ipv6.h"

#define LARGEST_MSS (G_MAXUINT16 - CS_TCP_HEADERS6)

static void
add_subnet_rules (GPtrArray *rules,
                  const GArray *networks,
                  const char *before,
                  const char *after)
{
  for (guint i = 0; i < networks->len; i++)
    {
      g_autofree char *network = cs_cidr_to_string (g_array_index (networks, CsCidr, i));

      cs_ruleset_add_rule (rules, "%sip6 saddr %s %s", before, network, after);
    }
}

static void
list_out_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  cs_ruleset_add_rule (rules, "ct state invalid drop");
  cs_ruleset_add_rule (rules,
                       "ct state new " CS_TO_LANS6 " reject with icmpx admin-prohibited");
  cs_ruleset_add_rule (rules, CS_OPENS " tcp option maxseg size set rt mtu");
  cs_ruleset_add_pace6 (rules, share, "paced_sent", "saddr");
  cs_ruleset_add_end6 (rules, share, "sent");
}

static void
add_clamp (GPtrArray *rules, const CsSharePlan *share)
{
  if (cs_ruleset_clamps6 (share))
    cs_ruleset_add_rule (rules, CS_OPENS " tcp option maxseg size set %u",
                         MIN (share->uplink_mtu - CS_TCP_HEADERS6, LARGEST_MSS));
}

static void
list_in_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  add_clamp (rules, share);
  cs_ruleset_add_pace6 (rules, share, "paced_received", "daddr");
  cs_ruleset_add_end6 (rules, share, "received");
}

static void
list_flow_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autoptr (GArray) leaving = cs_ruleset_list_leaving6 (share);
  g_autofree char *end = g_strdup_printf ("counter name \"sent_%s\" goto sent6", id);

  if (cs_ruleset_clamps6 (share))
    cs_ruleset_add_rule (rules, CS_OPENS " return");
  add_subnet_rules (rules, leaving, "", end);
}

static void
list_short_sent_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (!cs_ruleset_has_short_path (share) || !cs_share_plan_forwards_ipv6 (share))
    return;
  cs_ruleset_add_short_sent (rules, cs_ruleset_clamps6 (share), id);
}

static void
list_short_received_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  if (!cs_ruleset_has_short_path (share) || !cs_share_plan_forwards_ipv6 (share))
    return;
  add_clamp (rules, share);
  cs_ruleset_add_rule (rules, "counter name \"received_%s\" accept", id);
}

/* Where the uplink's link has the same network, only clients to whom there is a route may
 * use it: other addresses are somebody else's, or nobody answers for them. */
static void
add_unknown_rule (GPtrArray *rules, const char *by_uplink, CsCidr network)
{
  g_autofree char *text = cs_cidr_to_string (network);

  cs_ruleset_add_rule (rules, "%sip6 saddr %s fib saddr . iif oif missing drop",
                       by_uplink, text);
}

static void
list_from_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autoptr (GArray) networks = cs_share_plan_networks6 (share);
  g_autoptr (GArray) leaving = cs_ruleset_list_leaving6 (share);
  g_autofree char *by_uplink = g_strdup_printf ("oifname \"%s\" ", share->uplink);
  g_autofree char *out = g_strdup_printf ("goto out6_%s", id);

  cs_ruleset_add_rule (rules, "oifname \"%s\" accept", share->lan);
  for (guint i = 0; i < leaving->len; i++)
    if (cs_share_plan_extends (share, g_array_index (leaving, CsCidr, i)))
      add_unknown_rule (rules, by_uplink, g_array_index (leaving, CsCidr, i));
  add_subnet_rules (rules, leaving, by_uplink, out);
  add_subnet_rules (rules, networks, "",
                    leaving->len > 0 ? "reject with icmpx admin-prohibited"
                                     : "reject with icmpx no-route");
  cs_ruleset_add_rule (rules, "drop");
}

static void
list_to_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autoptr (GArray) own = cs_share_plan_own_sources6 (share);

  if (cs_share_plan_forwards_ipv6 (share))
    cs_ruleset_add_rule (rules, "iifname \"%s\" ct state established,related goto in6_%s",
                         share->uplink, id);
  if (cs_share_plan_maps (share) && own->len > 0)
    cs_ruleset_add_rule (rules,
                         "iifname \"%s\" ct state new meta l4proto { tcp, udp }"
                         " ip6 daddr . meta l4proto . th dport @" CS_PINHOLES
                         " goto in6_%s",
                         share->uplink, id);
  for (guint i = 0; i < own->len; i++)
    {
      g_autofree char *network = cs_cidr_to_string (g_array_index (own, CsCidr, i));

      cs_ruleset_add_rule (
          rules,
          "iifname \"%s\" ip6 daddr %s icmpv6 type echo-request ct state new"
          " limit rate 10/second burst 20 packets goto in6_%s",
          share->uplink, network, id);
    }
  cs_ruleset_add_rule (rules, "drop");
}

/* A LAN that is kept may have more networks than clients leave it from; so those reach
 * this computer, as they would without a share. */
static void
list_source_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autoptr (GArray) networks = cs_share_plan_networks6 (share);
  g_autofree char *not_own = cs_ruleset_format_not_own (networks, "ip6", "saddr");
  const char *foreign
      = cs_share_plan_serves_ipv6 (share) ? "" : " fib saddr . iif oif missing";

  cs_ruleset_add_blocked (rules, share);
  cs_ruleset_add_rule (rules, "ip6 daddr ff00::/8 " CS_DISCOVERY6 " accept");
  cs_ruleset_add_rule (rules, "fib daddr type local " CS_DISCOVERY6 " accept");
  cs_ruleset_add_rule (rules, "ip6 saddr != fe80::/10%s%s drop", not_own, foreign);
}

static void
list_output_rules (GPtrArray *rules, const CsSharePlan *share, const char *id)
{
  g_autoptr (GArray) networks = cs_share_plan_networks6 (share);
  g_autofree char *not_own = cs_ruleset_format_not_own (networks, "ip6", "daddr");

  cs_ruleset_add_rule (rules, CS_TO_LANS6 "%s drop", not_own);
}

const CsShareChain cs_ruleset_chains6[] = {
  { "out6", list_out_rules },
  { "in6", list_in_rules },
  { "flow6", list_flow_rules },
  { "from6", list_from_rules },
  { "to6", list_to_rules },
  { "source6", list_source_rules },
  { "output6", list_output_rules },
  { CS_SHORT_SENT6, list_short_sent_rules },
  { CS_SHORT_RECEIVED6, list_short_received_rules },
  { NULL, NULL },
};

const char *const cs_ruleset_prefixes6[]
    = { "from6",   "to6",          "out6",
        "in6",     "flow6",        "source6",
        "output6", CS_SHORT_SENT6, CS_SHORT_RECEIVED6,
        NULL };
