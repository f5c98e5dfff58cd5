/* SPDX-License-Identifier: GPL-2.0-or-later */
/* Where a packet of a share ends, accepts are wanted. Without our own accepts, so that
 * the answer does not depend on whether they are there already. */
#include "flow.h"

#include <string.h>

#define FORWARD        "FORWARD"
#define INPUT          "INPUT"
#define DOCKER_USER    "DOCKER-USER"
#define ANSWERS        "INPUT answers"
#define LEGACY         CS_LEGACY_TABLE
#define LEGACY_ANSWERS CS_LEGACY_TABLE " answers"

/* Docker puts the jump to that chain above all of its own, at each of its starts. */
static gboolean
leads_to_docker_user (const CsFilterChain *forward)
{
  for (guint i = 0; i < forward->rules->len; i++)
    {
      const CsFilterRule *rule = forward->rules->pdata[i];

      if (rule->verdict == CS_VERDICT_JUMP && g_str_equal (rule->target, DOCKER_USER))
        return TRUE;
    }
  return FALSE;
}

static void
choose_in_forward (GPtrArray *open,
                   const CsSharePlan *share,
                   const CsFirewall *firewall,
                   const CsFilterChain *base)
{
  gboolean docker = leads_to_docker_user (base)
                    && cs_firewall_find (firewall, CS_OPENING_TABLE, DOCKER_USER) != NULL;
  CsBlock block;

  if (cs_block_find (share, firewall, base, TRUE, CS_FLOW_OUT, CS_FLOW_BACK, &block))
    g_ptr_array_add (open, g_strdup (docker ? DOCKER_USER : FORWARD));
}

static void
choose_in_input (GPtrArray *open,
                 const CsSharePlan *share,
                 const CsFirewall *firewall,
                 const CsFilterChain *base)
{
  CsBlock block;

  if (cs_block_find (share, firewall, base, TRUE, CS_FLOW_DHCP, CS_FLOW_DNS_TCP, &block))
    g_ptr_array_add (open, g_strdup (INPUT));
  if (cs_block_find (share, firewall, base, TRUE, CS_FLOW_ANSWER, CS_FLOW_ANSWER, &block))
    g_ptr_array_add (open, g_strdup (ANSWERS));
}

static int
compare_strings (gconstpointer a, gconstpointer b)
{
  return strcmp (*(const char *const *)a, *(const char *const *)b);
}

static gboolean
any_drops (const CsSharePlan *share,
           const CsFirewall *firewall,
           CsFlow first,
           CsFlow last)
{
  CsBlock block;

  for (guint i = 0; i < firewall->chains->len; i++)
    if (cs_block_find (share, firewall, firewall->chains->pdata[i], TRUE, first, last,
                       &block))
      return TRUE;
  return FALSE;
}

/* What is not known may drop. */
static void
choose_in_legacy (GPtrArray *open, const CsSharePlan *share, const CsFirewall *filter)
{
  if (!filter || any_drops (share, filter, CS_FLOW_OUT, CS_FLOW_DNS_TCP))
    g_ptr_array_add (open, g_strdup (LEGACY));
  if (filter && any_drops (share, filter, CS_FLOW_ANSWER, CS_FLOW_ANSWER))
    g_ptr_array_add (open, g_strdup (LEGACY_ANSWERS));
}

static void
choose_places (CsSharePlan *share, const CsSnapshot *snapshot)
{
  const CsFirewall *firewall = snapshot->firewall;
  GPtrArray *open = g_ptr_array_new ();

  for (guint i = 0; firewall && i < firewall->chains->len; i++)
    {
      const CsFilterChain *base = firewall->chains->pdata[i];

      if (!g_str_equal (base->table, CS_OPENING_TABLE))
        continue;
      if (base->hook == CS_HOOK_FORWARD && g_str_equal (base->name, FORWARD))
        choose_in_forward (open, share, firewall, base);
      else if (base->hook == CS_HOOK_INPUT && g_str_equal (base->name, INPUT))
        choose_in_input (open, share, firewall, base);
    }
  if (snapshot->legacy)
    choose_in_legacy (open, share, snapshot->legacy_filter);
  g_ptr_array_sort (open, compare_strings); /* chains come in any order */
  if (open->len > 0)
    g_ptr_array_add (open, NULL);
  share->open = (char **)g_ptr_array_free (open, FALSE);
}

static gboolean
firewalld_drops (const CsSharePlan *share, const CsFirewall *firewall)
{
  CsBlock block;

  for (guint i = 0; firewall && i < firewall->chains->len; i++)
    {
      const CsFilterChain *base = firewall->chains->pdata[i];

      if (g_str_equal (base->table, CS_FIREWALLD_TABLE)
          && cs_block_find_any (share, firewall, base, &block))
        return TRUE;
    }
  return FALSE;
}

/* Once it is ours it stays so, as in that zone nothing is dropped that would tell. */
static void
choose_zone (CsSharePlan *share, const CsSharePlan *before, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);

  if (!snapshot->firewalld || !lan)
    return;
  if (before && before->zone && before->lan_ifindex == share->lan_ifindex)
    {
      share->zone = g_strdup (before->zone);
      share->found_zone = g_strdup (before->found_zone);
    }
  else if (firewalld_drops (share, snapshot->firewall))
    {
      share->zone = g_strdup (CS_FIREWALLD_ZONE);
      share->found_zone = g_strdup (lan->zone);
    }
}

void
cs_opening_choose (CsSharePlan *share,
                   const CsSharePlan *before,
                   const CsSnapshot *snapshot)
{
  choose_places (share, snapshot);
  choose_zone (share, before, snapshot);
}

gboolean
cs_opening_zone_is_lost (const CsSharePlan *share, const CsSnapshot *snapshot)
{
  const CsInterface *lan = cs_snapshot_find_index (snapshot, share->lan_ifindex);

  return share->zone && snapshot->firewalld && lan
         && g_strcmp0 (lan->zone, share->zone) != 0
         && firewalld_drops (share, snapshot->firewall);
}

gboolean
cs_opening_is_valid (char **places)
{
  static const char *const names[]
      = { FORWARD, INPUT, DOCKER_USER, ANSWERS, LEGACY, LEGACY_ANSWERS, NULL };

  for (; places && *places; places++)
    if (!g_strv_contains (names, *places))
      return FALSE;
  return TRUE;
}

char *
cs_opening_chain (const char *place)
{
  return g_strndup (place, strcspn (place, " "));
}

static gboolean
has_place (const CsSharePlan *share, const char *place)
{
  return share->open && g_strv_contains ((const char *const *)share->open, place);
}

static void
add_forward_rule (GPtrArray *rules, const char *from, const char *to)
{
  g_ptr_array_add (rules,
                   g_strdup_printf ("iifname \"%s\" oifname \"%s\" accept", from, to));
}

static void
add_input_rule (GPtrArray *rules, const char *lan, const char *protocol, guint port)
{
  g_ptr_array_add (
      rules, g_strdup_printf ("iifname \"%s\" %s dport %u accept", lan, protocol, port));
}

static void
add_answer_rules (GPtrArray *rules, const char *uplink, const char *server)
{
  static const char *const protocols[] = { "udp", "tcp" };

  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    g_ptr_array_add (rules,
                     g_strdup_printf ("iifname \"%s\" ip saddr %s %s sport %d accept",
                                      uplink, server, protocols[i], CS_DNS_PORT));
}

char **
cs_opening_rules (const CsSharePlan *share, const char *place)
{
  GPtrArray *rules = g_ptr_array_new ();

  if (g_str_has_prefix (place, LEGACY)
      || (g_str_equal (place, INPUT) && !share->dns_port))
    ;
  else if (g_str_equal (place, INPUT))
    {
      add_input_rule (rules, share->lan, "udp", CS_DHCP_PORT);
      add_input_rule (rules, share->lan, "udp", share->dns_port);
      add_input_rule (rules, share->lan, "tcp", share->dns_port);
    }
  else if (share->uplink && g_str_equal (place, ANSWERS))
    {
      for (char **server = share->dns; server && *server; server++)
        add_answer_rules (rules, share->uplink, *server);
    }
  else if (share->uplink)
    {
      add_forward_rule (rules, share->lan, share->uplink);
      add_forward_rule (rules, share->uplink, share->lan);
    }
  g_ptr_array_add (rules, NULL);
  return (char **)g_ptr_array_free (rules, FALSE);
}

#define LEGACY_END "-m comment --comment " CS_OPENING_COMMENT " -j ACCEPT"

static void
add_legacy_input (GPtrArray *rules, const char *lan, const char *protocol, guint port)
{
  g_ptr_array_add (rules,
                   g_strdup_printf ("-A INPUT -i %s -p %s -m %s --dport %u " LEGACY_END,
                                    lan, protocol, protocol, port));
}

static void
add_legacy_answers (GPtrArray *rules, const char *uplink, const char *server)
{
  static const char *const protocols[] = { "udp", "tcp" };

  for (gsize i = 0; i < G_N_ELEMENTS (protocols); i++)
    g_ptr_array_add (
        rules,
        g_strdup_printf ("-A INPUT -s %s/32 -i %s -p %s -m %s --sport %d " LEGACY_END,
                         server, uplink, protocols[i], protocols[i], CS_DNS_PORT));
}

char **
cs_opening_legacy_rules (const CsSharePlan *share)
{
  GPtrArray *rules = g_ptr_array_new ();
  gboolean wanted = has_place (share, LEGACY);

  if (wanted && share->uplink)
    {
      g_ptr_array_add (rules, g_strdup_printf ("-A FORWARD -i %s -o %s " LEGACY_END,
                                               share->lan, share->uplink));
      g_ptr_array_add (rules, g_strdup_printf ("-A FORWARD -i %s -o %s " LEGACY_END,
                                               share->uplink, share->lan));
    }
  if (wanted && share->dns_port != 0)
    {
      add_legacy_input (rules, share->lan, "udp", CS_DHCP_PORT);
      add_legacy_input (rules, share->lan, "udp", share->dns_port);
      add_legacy_input (rules, share->lan, "tcp", share->dns_port);
    }
  if (has_place (share, LEGACY_ANSWERS) && share->uplink)
    for (char **server = share->dns; server && *server; server++)
      add_legacy_answers (rules, share->uplink, *server);
  g_ptr_array_add (rules, NULL);
  return (char **)g_ptr_array_free (rules, FALSE);
}

static gboolean
has_ours (const CsFilterChain *chain, const char *wanted)
{
  for (guint i = 0; i < chain->rules->len; i++)
    {
      const CsFilterRule *rule = chain->rules->pdata[i];
      g_autofree char *text = rule->ours ? cs_filter_rule_to_string (rule) : NULL;

      if (text && g_str_equal (text, wanted))
        return TRUE;
    }
  return FALSE;
}

/* Of those that belong into the chain of @place. */
static char *
find_missing (const CsSharePlan *share,
              const CsFirewall *firewall,
              const char *table,
              const char *place)
{
  g_autofree char *name = cs_opening_chain (place);
  const CsFilterChain *chain = cs_firewall_find (firewall, table, name);
  g_auto (GStrv) rules = cs_opening_rules (share, place);

  for (guint i = 0; chain && rules[i]; i++)
    if (!has_ours (chain, rules[i]))
      return g_strdup_printf ("%s: %s", name, rules[i]);
  return NULL;
}

char *
cs_opening_missing (const CsSharePlan *share,
                    const CsFirewall *firewall,
                    const char *table)
{
  static const char *const legacy[][2]
      = { { LEGACY, FORWARD }, { LEGACY, INPUT }, { LEGACY_ANSWERS, ANSWERS } };
  char *missing = NULL;

  if (!firewall || !share->open)
    return NULL;
  if (g_str_equal (table, CS_LEGACY_TABLE))
    {
      for (gsize i = 0; i < G_N_ELEMENTS (legacy) && !missing; i++)
        if (has_place (share, legacy[i][0]))
          missing = find_missing (share, firewall, table, legacy[i][1]);
      return missing;
    }
  for (char **place = share->open; *place && !missing; place++)
    missing = find_missing (share, firewall, table, *place);
  return missing;
}
