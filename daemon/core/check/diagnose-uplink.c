/* SPDX-License-Identifier: GPL-2.0-or-later */
#include "diagnose-uplink.h"

#include "core/plan/block.h"
#include "core/plan/data-limit.h"
#include "core/plan/ipv6.h"
#include "core/plan/rules.h"
#include "core/plan/uplink.h"

/* What IPv6 requires of every link (RFC 8200, 5), and many servers on the Internet of
 * any. */
#define LEAST_MTU 1280
/* So many packets without any reply are no coincidence. */
#define PACKETS_SURE 20

static char *
remedy_of (const CsWalk *w, const CsBlock *block, const char *refusal)
{
  g_autofree char *remedy = cs_block_remedy (block, w->share);

  if (refusal)
    return g_strdup_printf (
        "do this in the program that owns the table, or stop that program: %s", remedy);
  if (block->firewall == w->snapshot->legacy_filter && !w->snapshot->legacy_tool)
    return g_strdup_printf ("install iptables, which has the program for this: %s",
                            remedy);
  return g_steal_pointer (&remedy);
}

/* What keeps clients from having IPv6. */
static void
check_blocks6 (CsWalk *w)
{
  g_autoptr (GArray) blocks = cs_blocks_find6 (w->share, w->snapshot);

  for (guint i = 0; i < blocks->len; i++)
    {
      const CsBlock *block = &g_array_index (blocks, CsBlock, i);
      g_autofree char *owner = cs_block_owner (block);
      g_autofree char *words = cs_block_describe (block, w->share);
      const char *refusal = cs_block_refusal (block, w->share, w->snapshot);

      if (block->drop.certain)
        cs_walk_add (w, CS_SEVERITY_WARNING, "ipv6-blocked",
                     g_strdup_printf ("clients have no IPv6, because of %s: %s%s%s",
                                      owner, words, refusal ? ". " : "",
                                      refusal ? refusal : ""),
                     remedy_of (w, block, refusal));
    }
}

/* What other packet filters drop although everything that we may open is open. */
void
cs_walk_check_blocks (CsWalk *w)
{
  g_autoptr (GArray) blocks = cs_blocks_find (w->share, w->snapshot, FALSE);

  for (guint i = 0; i < blocks->len; i++)
    {
      const CsBlock *block = &g_array_index (blocks, CsBlock, i);
      g_autofree char *owner = cs_block_owner (block);
      g_autofree char *words = cs_block_describe (block, w->share);
      const char *refusal = cs_block_refusal (block, w->share, w->snapshot);

      cs_walk_add (w, block->drop.certain ? CS_SEVERITY_ERROR : CS_SEVERITY_WARNING,
                   "blocked",
                   refusal ? g_strdup_printf ("%s: %s. %s", owner, words, refusal)
                           : g_strdup_printf ("%s: %s", owner, words),
                   remedy_of (w, block, refusal));
    }
  if (w->snapshot->legacy && !w->snapshot->legacy_filter && !w->snapshot->legacy_tool)
    cs_walk_add (w, CS_SEVERITY_WARNING, "blocked",
                 g_strdup ("iptables-legacy: rules of the older iptables are in the "
                           "kernel and may drop packets; they cannot be read, and the "
                           "program that could open them is not installed"),
                 g_strdup ("install iptables, or restart what made these rules with the "
                           "newer iptables-nft"));
  if (w->share->ipv6.blocked)
    check_blocks6 (w);
  if (w->snapshot->legacy6 && cs_share_plan_has_ipv6 (w->share))
    cs_walk_add (w, CS_SEVERITY_WARNING, "ipv6-blocked",
                 g_strdup ("ip6tables-legacy: rules of the older ip6tables are in the "
                           "kernel and may drop clients' IPv6; this service cannot read "
                           "them"),
                 g_strdup ("restart what made these rules with the newer ip6tables-nft"));
}

static gboolean
is_for_clients (const CsRule *rule, const CsSharePlan *share)
{
  return !rule->ipv6 && !cs_rule_is_ours (rule)
         && (g_str_equal (rule->iif, share->lan)
             || (rule->source.prefix > 0
                 && cs_cidr_overlaps_any (rule->source, share->subnets)));
}

/* In the words of ip-rule(8). */
static char *
describe_rule (const CsRule *rule)
{
  GString *words = g_string_new (NULL);
  g_autofree char *address = cs_address_to_string (rule->source.address);

  if (rule->source.prefix > 0)
    g_string_append_printf (words, "from %s", address);
  if (rule->source.prefix > 0 && !cs_cidr_is_address (rule->source))
    g_string_append_printf (words, "/%u", rule->source.prefix);
  if (rule->iif[0] != '\0')
    g_string_append_printf (words, "%siif %s", words->len > 0 ? " " : "", rule->iif);
  if (rule->table != 0 && rule->skip_to == 0 && !rule->ends)
    g_string_append_printf (words, " lookup %u", rule->table);
  return g_string_free (words, FALSE);
}

/* Rules that somebody has made for clients, or some of them. Ours come first, but where
 * there is no room. One that takes all clients is why the share waits. */
void
cs_walk_check_rules (CsWalk *w)
{
  const CsSharePlan *share = w->share;
  guint32 ours = CS_RULE_PRIORITY - share->displaced;

  if (share->state != CS_STATE_ACTIVE)
    return;
  for (guint i = 0; i < w->snapshot->rules->len; i++)
    {
      const CsRule *rule = &g_array_index (w->snapshot->rules, CsRule, i);
      g_autofree char *words = describe_rule (rule);

      if (!is_for_clients (rule, share))
        continue;
      if (rule->priority < ours)
        cs_walk_add (
            w, CS_SEVERITY_WARNING, "rule-first",
            g_strdup_printf ("the policy rule \"%s\", of priority %u, comes "
                             "before those of the share: what it leads elsewhere "
                             "than to %s is dropped",
                             words, rule->priority, share->uplink),
            g_strdup_printf ("give it a priority above %u", CS_RULE_PRIORITY));
      else
        cs_walk_add (w, CS_SEVERITY_INFO, "rule-overridden",
                     g_strdup_printf ("the policy rule \"%s\", of priority %u, has no "
                                      "effect while %s is shared: all clients use %s",
                                      words, rule->priority, share->lan, share->uplink),
                     g_strdup ("clients that are to take another way need a LAN, and a "
                               "share, of their own"));
    }
}

void
cs_walk_check_mtu (CsWalk *w)
{
  const CsInterface *const both[] = { w->lan, w->uplink };

  for (gsize i = 0; i < G_N_ELEMENTS (both); i++)
    if (both[i] && both[i]->mtu < LEAST_MTU)
      cs_walk_add (w, CS_SEVERITY_WARNING, "small-mtu",
                   g_strdup_printf ("%s only takes packets of up to %u bytes: some "
                                    "servers cannot be reached that way",
                                    both[i]->name, both[i]->mtu),
                   g_strdup_printf ("raise it, if the line allows: ip link set %s mtu %d",
                                    both[i]->name, LEAST_MTU));
}

static gboolean
has_reply (const CsWalk *w, CsDnsReply reply)
{
  for (guint i = 0; i < w->found->upstream->len; i++)
    if (g_array_index (w->found->upstream, CsDnsReply, i) == reply)
      return TRUE;
  return FALSE;
}

/* One that refuses the question of the probe may answer those of clients. That an uplink
 * without IPv6 does not reach servers of IPv6 is no flaw while another answers. */
static gboolean
is_alive (CsDnsReply reply, CsAddress server, gboolean any)
{
  return reply == CS_DNS_REPLY_GOOD || reply == CS_DNS_REPLY_NOT_ASKED
         || reply == CS_DNS_REPLY_REFUSED
         || (any && reply == CS_DNS_REPLY_NO_WAY && server.family == AF_INET6);
}

/* "198.51.100.53 (no answer), 198.51.100.54 (fails)" of those that do not help. */
static char *
list_dead_servers (const CsWalk *w, guint *dead)
{
  static const char *const words[] = { [CS_DNS_REPLY_FAILED] = "fails",
                                       [CS_DNS_REPLY_CLOSED] = "not a name server",
                                       [CS_DNS_REPLY_NO_WAY] = "unreachable",
                                       [CS_DNS_REPLY_NONE] = "no answer" };
  GString *list = g_string_new (NULL);
  gboolean any = has_reply (w, CS_DNS_REPLY_GOOD) || has_reply (w, CS_DNS_REPLY_REFUSED);

  for (guint i = 0; i < w->found->upstream->len; i++)
    {
      CsDnsReply reply = g_array_index (w->found->upstream, CsDnsReply, i);
      CsAddress address = g_array_index (w->share->dns, CsAddress, i);
      g_autofree char *server = cs_address_to_string (address);

      if (is_alive (reply, address, any))
        continue;
      (*dead)++;
      g_string_append_printf (list, "%s%s (%s)", list->len > 0 ? ", " : "", server,
                              words[reply]);
    }
  return g_string_free (list, FALSE);
}

/* A public one that is not among the failing ones. */
static char *
example_server (const CsSharePlan *share)
{
  static const CsAddress servers[]
      = { CS_IPV4 (9, 9, 9, 9), CS_IPV4 (1, 1, 1, 1), CS_IPV4 (8, 8, 8, 8) };
  gsize i = 0;

  while (i < G_N_ELEMENTS (servers) - 1 && cs_addresses_contain (share->dns, servers[i]))
    i++;
  return cs_address_to_string (servers[i]);
}

/* Whether they came with the uplink; otherwise the user has chosen them. */
static gboolean
are_uplinks (const CsWalk *w, gboolean *any)
{
  g_autoptr (GArray) own = cs_addresses_new ();

  cs_uplink_add_dns (w->uplink, w->snapshot, own);
  *any = own->len > 0;
  return cs_addresses_equal (w->share->dns, own);
}

static char *
remedy_of_servers (const CsWalk *w)
{
  const CsSharePlan *share = w->share;
  g_autofree char *example = example_server (share);
  gboolean any;

  if (!are_uplinks (w, &any) && any)
    return g_strdup_printf ("use others, or those of %s: sharectl change %s --dns auto",
                            share->uplink, share->lan);
  if (cs_share_plan_own_server (share))
    return g_strdup_printf ("start it, or use another, such as: sharectl change %s --dns "
                            "%s",
                            share->lan, example);
  return g_strdup_printf (
      "reconnect %s, or use another name server, such as: sharectl change %s --dns %s",
      share->uplink, share->lan, example);
}

static void
add_no_server (CsWalk *w)
{
  const CsSharePlan *share = w->share;
  g_autofree char *example = w->facts->resolver_owner
                                 ? cs_address_to_string (w->facts->resolver)
                                 : example_server (share);

  cs_walk_add (
      w, CS_SEVERITY_ERROR, "dns-none",
      g_strdup_printf ("%s came without name servers, so clients cannot resolve names",
                       share->uplink),
      w->facts->resolver_owner
          ? g_strdup_printf ("%s resolves them on this computer; to have clients use it: "
                             "sharectl change %s --dns %s",
                             w->facts->resolver_owner, share->lan, example)
          : g_strdup_printf ("choose one, such as: sharectl change %s --dns %s",
                             share->lan, example));
}

static void
add_dead_servers (CsWalk *w, const char *list, gboolean all)
{
  char *message;

  if (cs_share_plan_own_server (w->share))
    message = g_strdup_printf (all ? "no name server of the share answers: %s"
                                   : "not all name servers of the share answer: %s",
                               list);
  else
    message = g_strdup_printf (all ? "no name server of %s answers through it: %s"
                                   : "not all name servers of %s answer through it: %s",
                               w->share->uplink, list);
  cs_walk_add (w, all ? CS_SEVERITY_ERROR : CS_SEVERITY_WARNING, "dns-upstream", message,
               remedy_of_servers (w));
}

void
cs_walk_check_upstream (CsWalk *w)
{
  guint dead = 0;
  g_autofree char *list = list_dead_servers (w, &dead);

  if (!w->uplink || !cs_share_plan_resolves (w->share))
    return;
  if (w->share->dns->len == 0)
    add_no_server (w);
  else if (dead > 0)
    add_dead_servers (w, list, dead == w->found->upstream->len);
  else if (has_reply (w, CS_DNS_REPLY_REFUSED) && !has_reply (w, CS_DNS_REPLY_GOOD))
    cs_walk_add (
        w, CS_SEVERITY_INFO, "dns-refused",
        g_strdup_printf ("the name servers of %s are there, but refuse the question that "
                         "tests them, about the root; most of that kind answer those of "
                         "clients",
                         w->share->uplink),
        g_strdup (""));
}

/* A name server on this computer itself, which clients use, or could use. */
void
cs_walk_check_resolver (CsWalk *w)
{
  const CsSharePlan *share = w->share;
  const CsAddress *server = cs_share_plan_own_server (share);
  g_autofree char *text = cs_address_to_string (server ? *server : w->facts->resolver);
  gboolean any;

  if (!w->uplink || !cs_share_plan_resolves (share))
    return;
  if (server)
    cs_walk_add (w, CS_SEVERITY_INFO, "dns-own",
                 g_strdup_printf (
                     "what clients of %s look up is asked of %s on this computer, and "
                     "leaves it as that program is set up, which need not be through "
                     "%s",
                     share->lan, text, share->uplink),
                 g_strdup (""));
  else if (w->facts->resolver_owner && share->dns->len > 0 && are_uplinks (w, &any))
    cs_walk_add (
        w, CS_SEVERITY_INFO, "dns-unused",
        g_strdup_printf ("%s resolves names for this computer, at %s; clients of %s use "
                         "the name servers of %s instead",
                         w->facts->resolver_owner, text, share->lan, share->uplink),
        g_strdup_printf ("to have clients use it, too: sharectl change %s --dns %s",
                         share->lan, text));
}

void
cs_walk_check_replies (CsWalk *w)
{
  if (!w->uplink || w->found->packets_received > 0
      || w->found->packets_sent < PACKETS_SURE)
    return;
  cs_walk_add (w, CS_SEVERITY_WARNING, "no-replies",
               g_strdup_printf ("clients have sent %" G_GUINT64_FORMAT
                                " packets through %s, but none have come back",
                                w->found->packets_sent, w->share->uplink),
               g_strdup_printf (
                   "check whether %s works for this computer itself: ping -I %s 9.9.9.9",
                   w->share->uplink, w->share->uplink));
}

/* Not a problem: it works, and for how many. */
void
cs_walk_check_clients (CsWalk *w)
{
  guint clients = w->found->clients;
  g_autofree char *words = NULL;

  if (w->share->state != CS_STATE_ACTIVE)
    return;
  if (!cs_share_plan_resolves (w->share))
    words = g_strdup ("its addresses, DHCP and DNS are left to others");
  else if (!cs_share_plan_serves (w->share))
    words = g_strdup ("its addresses are NetworkManager's");
  else if (clients == 0)
    words = g_strdup ("no client has asked for an address yet");
  else
    words = g_strdup_printf ("%u client%s an address", clients,
                             clients == 1 ? " has" : "s have");
  cs_walk_add (w, CS_SEVERITY_INFO, "shared",
               g_strdup_printf ("%s; %s", w->share->message, words), g_strdup (""));
}

/* When all of it is used, the share waits. */
void
cs_walk_check_data_limit (CsWalk *w)
{
  if (w->share->state != CS_STATE_ACTIVE
      || !cs_data_limit_is_near (w->share, w->snapshot))
    return;
  cs_walk_add (w, CS_SEVERITY_WARNING, "data-limit-near",
               cs_data_limit_used_words (w->share, w->snapshot),
               g_strdup_printf ("raise the limit, or drop it: sharectl change %s --limit "
                                "none",
                                w->share->lan));
}
