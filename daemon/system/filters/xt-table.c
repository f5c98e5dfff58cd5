/* SPDX-License-Identifier: GPL-2.0-or-later */
/* The kernel returns a table as one run of entries: the rules of each base chain, the
 * last of which is its policy; then the rules of each user-defined chain, after a head
 * with its name. A jump holds the offset of a chain's first rule, anywhere in the table,
 * so the chains are located before the rules are read. */
#include "xt-table.h"

#include "core/value/place.h"
#include "system/nft/nft-value.h"
#include "system/nft/xt-match.h"

#include <errno.h>
#include <linux/netfilter/nf_tables.h>
#include <linux/netfilter_ipv4.h>
#include <linux/netfilter_ipv4/ip_tables.h>
#include <string.h>
#include <unistd.h>

/* A few thousand rules. */
#define SIZE_LIMIT (1 << 20)
/* How often to try when the table changes during a reading. */
#define ATTEMPTS 3

/* One reading of one table. */
typedef struct
{
  const char *table;               /* as the kernel knows it */
  const char *name;                /* as we do */
  int priority;                    /* of its chains */
  CsFirewall *firewall;            /* unowned */
  GHashTable *chains;              /* (owned) offset of a chain's first rule -> it */
  struct ipt_getinfo info;         /* where the base chains begin and end */
  struct ipt_get_entries *entries; /* (owned) */
} Reading;

/* The base chains, by the kernel's numbers of their hooks. */
static const struct
{
  CsHook hook;
  const char *name;
} hooks[] = {
  [NF_INET_PRE_ROUTING] = { CS_HOOK_PREROUTING, "PREROUTING" },
  [NF_INET_LOCAL_IN] = { CS_HOOK_INPUT, "INPUT" },
  [NF_INET_FORWARD] = { CS_HOOK_FORWARD, "FORWARD" },
  [NF_INET_LOCAL_OUT] = { CS_HOOK_OUTPUT, "OUTPUT" },
  [NF_INET_POST_ROUTING] = { CS_HOOK_POSTROUTING, "POSTROUTING" },
};

/* Those that filter; "filter" is the one in which we open. */
static const struct
{
  const char *table;
  const char *name;
  int priority;
} tables[] = {
  { "filter", CS_LEGACY_TABLE, NF_IP_PRI_FILTER },
  { "raw", CS_LEGACY_TABLE " raw", NF_IP_PRI_RAW },
  { "mangle", CS_LEGACY_TABLE " mangle", NF_IP_PRI_MANGLE },
};

static gboolean
has_hook (const Reading *reading, guint number)
{
  return (reading->info.valid_hooks & (1u << number)) != 0;
}

static const struct ipt_entry *
entry_at (const Reading *reading, guint offset)
{
  return (const void *)((const char *)reading->entries->entrytable + offset);
}

static const struct xt_entry_target *
target_of (const struct ipt_entry *entry)
{
  return (const void *)((const char *)entry + entry->target_offset);
}

/* The name of the user-defined chain whose head is @entry, or NULL. */
static const char *
head_of (const struct ipt_entry *entry)
{
  const struct xt_error_target *head = (const void *)target_of (entry);

  return g_str_equal (head->target.u.user.name, XT_ERROR_TARGET) ? head->errorname : NULL;
}

/* --- Rules ---------------------------------------------------------------------- */

static void
add_masked (CsFilterRule *rule,
            CsMatchKey key,
            const void *data,
            const void *mask,
            gsize length,
            gboolean inverted)
{
  static const guint8 any[CS_MATCH_SIZE];
  CsNftValue value = { .key = key, .length = length };

  if (memcmp (mask, any, length) == 0)
    return;
  cs_nft_value_mask (&value, mask, length);
  g_ptr_array_add (
      rule->matches,
      cs_nft_value_compare (&value, inverted ? NFT_CMP_NEQ : NFT_CMP_EQ, data, length));
}

static void
add_header (CsFilterRule *rule, const struct ipt_ip *ip)
{
  guint8 protocol = (guint8)ip->proto;
  CsMatch *match;

  add_masked (rule, CS_MATCH_IIFNAME, ip->iniface, ip->iniface_mask, sizeof ip->iniface,
              (ip->invflags & IPT_INV_VIA_IN) != 0);
  add_masked (rule, CS_MATCH_OIFNAME, ip->outiface, ip->outiface_mask,
              sizeof ip->outiface, (ip->invflags & IPT_INV_VIA_OUT) != 0);
  add_masked (rule, CS_MATCH_SADDR, &ip->src, &ip->smsk, sizeof ip->src,
              (ip->invflags & IPT_INV_SRCIP) != 0);
  add_masked (rule, CS_MATCH_DADDR, &ip->dst, &ip->dmsk, sizeof ip->dst,
              (ip->invflags & IPT_INV_DSTIP) != 0);
  if (ip->proto != 0)
    {
      match = cs_match_new (CS_MATCH_L4PROTO, (ip->invflags & IPT_INV_PROTO) != 0);
      cs_match_add (match, &protocol, &protocol, sizeof protocol);
      g_ptr_array_add (rule->matches, match);
    }
  if ((ip->flags & IPT_F_FRAG) != 0)
    g_ptr_array_add (rule->matches, cs_match_new (CS_MATCH_OTHER, FALSE));
}

static void
add_matches (CsFilterRule *rule, const struct ipt_entry *entry)
{
  guint offset = sizeof *entry;

  while (offset < entry->target_offset)
    {
      const struct xt_entry_match *match = (const void *)((const char *)entry + offset);

      cs_xt_rule_match (rule, match->u.user.name, match->u.user.revision, match->data,
                        match->u.match_size - sizeof *match);
      offset += match->u.match_size;
    }
}

static int
standard_verdict (const struct ipt_entry *entry)
{
  const struct xt_standard_target *target = (const void *)target_of (entry);

  return target->verdict;
}

static void
set_standard (const Reading *reading, CsFilterRule *rule, const struct ipt_entry *entry)
{
  int verdict = standard_verdict (entry);
  const CsFilterChain *chain
      = g_hash_table_lookup (reading->chains, GINT_TO_POINTER (verdict));

  if (verdict >= 0 && chain == NULL)
    return; /* to the next rule */
  rule->target = g_strdup (verdict >= 0 ? chain->name : "");
  if (verdict >= 0)
    rule->verdict
        = (entry->ip.flags & IPT_F_GOTO) != 0 ? CS_VERDICT_GOTO : CS_VERDICT_JUMP;
  else if (verdict == XT_RETURN)
    rule->verdict = CS_VERDICT_RETURN;
  else if (verdict == -NF_ACCEPT - 1)
    rule->verdict = CS_VERDICT_ACCEPT;
  else if (verdict == -NF_DROP - 1)
    rule->verdict = CS_VERDICT_DROP;
  else
    rule->verdict = CS_VERDICT_OTHER;
}

static CsFilterRule *
read_rule (const Reading *reading, const struct ipt_entry *entry)
{
  CsFilterRule *rule = cs_filter_rule_new ();
  const char *target = target_of (entry)->u.user.name;

  add_header (rule, &entry->ip);
  add_matches (rule, entry);
  if (g_str_equal (target, XT_STANDARD_TARGET))
    set_standard (reading, rule, entry);
  else
    cs_xt_rule_target (rule, target, target_of (entry)->data,
                       target_of (entry)->u.target_size - sizeof *target_of (entry));
  rule->ours = rule->ours && rule->verdict == CS_VERDICT_ACCEPT;
  return rule;
}

/* --- Chains --------------------------------------------------------------------- */

static void
add_chain (Reading *reading, guint offset, const char *name, CsHook hook)
{
  CsFilterChain *chain = cs_firewall_add_chain (reading->firewall, reading->name, name);

  chain->hook = hook;
  chain->priority = reading->priority;
  g_hash_table_insert (reading->chains, GUINT_TO_POINTER (offset), chain);
}

static void
find_chains (Reading *reading)
{
  guint next;

  for (guint i = 0; i < G_N_ELEMENTS (hooks); i++)
    if (has_hook (reading, i))
      add_chain (reading, reading->info.hook_entry[i], hooks[i].name, hooks[i].hook);
  /* The last head belongs to no chain. */
  for (guint offset = 0; offset < reading->info.size; offset = next)
    {
      const struct ipt_entry *entry = entry_at (reading, offset);
      const char *name = head_of (entry);

      next = offset + entry->next_offset;
      if (name != NULL && next < reading->info.size)
        add_chain (reading, next, name, CS_HOOK_NONE);
    }
}

static gboolean
is_policy (const Reading *reading, guint offset)
{
  for (guint i = 0; i < G_N_ELEMENTS (hooks); i++)
    if (has_hook (reading, i) && reading->info.underflow[i] == offset)
      return TRUE;
  return FALSE;
}

static void
read_rules (Reading *reading)
{
  CsFilterChain *chain = NULL;
  guint next;

  for (guint offset = 0; offset < reading->info.size; offset = next)
    {
      const struct ipt_entry *entry = entry_at (reading, offset);
      CsFilterChain *begun
          = g_hash_table_lookup (reading->chains, GUINT_TO_POINTER (offset));

      next = offset + entry->next_offset;
      if (begun != NULL)
        chain = begun;
      if (chain == NULL || head_of (entry) != NULL)
        continue;
      if (is_policy (reading, offset))
        chain->drops = standard_verdict (entry) == -NF_DROP - 1;
      else
        g_ptr_array_add (chain->rules, read_rule (reading, entry));
    }
}

/* --- The tables ----------------------------------------------------------------- */

/* Returns 0 or an errno: EAGAIN if the table has changed in between. */
static int
read_entries (int fd, Reading *reading)
{
  socklen_t length = sizeof reading->info;

  memset (&reading->info, 0, sizeof reading->info);
  g_strlcpy (reading->info.name, reading->table, sizeof reading->info.name);
  if (getsockopt (fd, IPPROTO_IP, IPT_SO_GET_INFO, &reading->info, &length) != 0)
    return errno;
  if (reading->info.size > SIZE_LIMIT)
    return EFBIG;
  length = (socklen_t)(sizeof *reading->entries + reading->info.size);
  g_free (reading->entries);
  reading->entries = g_malloc0 (length);
  g_strlcpy (reading->entries->name, reading->table, sizeof reading->entries->name);
  reading->entries->size = reading->info.size;
  return getsockopt (fd, IPPROTO_IP, IPT_SO_GET_ENTRIES, reading->entries, &length) == 0
             ? 0
             : errno;
}

static gboolean
read_table (int fd, Reading *reading)
{
  g_autoptr (GHashTable) chains = g_hash_table_new (NULL, NULL);
  int failure = EAGAIN;

  reading->chains = chains;
  for (int i = 0; failure == EAGAIN && i < ATTEMPTS; i++)
    failure = read_entries (fd, reading);
  if (failure == 0)
    {
      find_chains (reading);
      read_rules (reading);
    }
  else
    g_debug ("cannot read the table %s of the older iptables: %s", reading->table,
             g_strerror (failure));
  g_free (reading->entries);
  return failure == 0;
}

CsFirewall *
cs_xt_tables_read (const char *const *names)
{
  g_autoptr (CsFirewall) firewall = cs_firewall_new ();
  int fd = socket (AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  gboolean done = fd >= 0;

  for (gsize i = 0; done && i < G_N_ELEMENTS (tables); i++)
    {
      Reading reading = { .table = tables[i].table,
                          .name = tables[i].name,
                          .priority = tables[i].priority,
                          .firewall = firewall };

      if (g_strv_contains (names, tables[i].table))
        done = read_table (fd, &reading);
    }
  firewall->translates = g_strv_contains (names, "nat");
  if (fd >= 0)
    close (fd);
  return done ? g_steal_pointer (&firewall) : NULL;
}
